import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { type FakeNode, kubeletPort } from './node-objects.ts';

/** A kubelet's own port, without TLS, on the node's address. */
export interface KubeletPort extends AsyncDisposable {
  /** `open`: it answers; `hanging`: it accepts and stays silent, as a frozen kubelet; `closed`: refused. */
  set(state: 'open' | 'hanging' | 'closed'): Promise<void>;
}

/** Answers /healthz, and /metrics with the one line every kubelet has; for `up{job="kubelet"}`. */
export async function openKubeletPort(node: FakeNode): Promise<KubeletPort> {
  let state: 'open' | 'hanging' | 'closed' = 'closed';
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    if (state === 'hanging') return;
    response.end(request.url === '/metrics' ? `kubelet_node_name{node="${node.name}"} 1\n` : 'ok');
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
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
