import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

// Below the kernel's ephemeral range (from 32768 on Linux), so that no outgoing connection takes a port between its
// choice here and the moment the program listens on it, nor while a stopped member waits to be started again.
const lowest = 20_000;
const highest = 32_000;

/** Ports of 127.0.0.1 on which nothing listens now, all different, for programs that cannot choose their own. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: { readonly port: number; readonly server: Server }[] = [];
  while (held.length < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    const server = await tryListen(port);
    if (server) held.push({ port, server });
  }
  for (const { server } of held) server.close();
  return held.map(({ port }) => port);
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('no free port');
  return port;
}

async function tryListen(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}
