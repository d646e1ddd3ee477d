import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { type FakeNode, kubeletPort } from './node-objects.ts';
import type { Credentials } from './pki.ts';

/** `open`: answers; `hanging`: accepts and stays silent, as a frozen process; `closed`: refuses connections. */
export type PortState = 'open' | 'hanging' | 'closed';

/** Port 10250 of one node, with TLS, on the node's own address. */
export interface KubeletPort extends AsyncDisposable {
  set(state: PortState): Promise<void>;
}

/** Answers "ok", and /metrics with the one line every kubelet has; for `up{job="kubelet"}` and the API server's proxy. */
export async function openKubeletPort(node: FakeNode, serving: Credentials): Promise<KubeletPort> {
  let state: PortState = 'closed';
  const sockets = new Set<Socket>();
  const certificate = { cert: await readFile(serving.cert), key: await readFile(serving.key) };
  const kubelet = createHttpsServer(certificate, (request, response) => {
    if (state === 'hanging') return;
    response.end(request.url === '/metrics' ? `kubelet_node_name{node="${node.name}"} 1\n` : 'ok');
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (state === 'open') kubelet.emit('connection', socket); // a frozen process does not even shake hands
  });
  const set: KubeletPort['set'] = async (next) => {
    const listened = state !== 'closed';
    state = next;
    if (next === 'closed' && listened) {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    }
    if (next !== 'closed' && !listened) {
      server.listen(kubeletPort, node.address);
      await once(server, 'listening');
    }
  };
  await set('open');
  return { set, [Symbol.asyncDispose]: () => set('closed') };
}
