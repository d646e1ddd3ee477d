import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

// Below the kernel's ephemeral range (from 32768 on Linux), so that no outgoing connection takes a port between its
// choice here and the moment the program listens on it, nor while a stopped member waits to be started again.
// Test files that run side by side choose from ranges of their own.
const perWorker = 3_000;
const lowest = 20_000 + ((Number(process.env.VITEST_POOL_ID) || 0) % 4) * perWorker;

/** Nobody listens on a port at once: two that choose at the same time would both find it free. */
const given = new Set<number>();

/** Ports of 127.0.0.1 on which nothing listens now, none given twice, for programs that cannot choose their own. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: { readonly port: number; readonly server: Server }[] = [];
  while (held.length < count) {
    if (given.size === perWorker) throw new Error(`all ${perWorker} ports from ${lowest} on are given away`);
    const port = lowest + Math.floor(Math.random() * perWorker);
    if (given.has(port)) continue;
    given.add(port);
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
