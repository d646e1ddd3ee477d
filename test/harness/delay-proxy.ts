import { once } from 'node:events';
import { createServer, connect as open, type Socket } from 'node:net';

export interface DelayProxy extends AsyncDisposable {
  readonly port: number;
  /** From now on every chunk, in both directions, waits this long; a round trip takes twice as much longer. */
  setDelayMs(delayMs: number): void;
}

export interface DelayProxyOptions {
  readonly port: number;
  readonly targetPort: number;
  readonly delayMs: number;
}

/** A slow network: a TCP proxy on 127.0.0.1 that hands every chunk on after a delay, in order, and loses nothing. */
export async function startDelayProxy(options: DelayProxyOptions): Promise<DelayProxy> {
  let delayMs = options.delayMs;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = open({ port: options.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined); // close follows, and takes the other side with it
    }
    near.on('close', () => sockets.delete(near) && far.destroy());
    far.on('close', () => sockets.delete(far) && near.destroy());
    relay(near, far, () => delayMs);
    relay(far, near, () => delayMs);
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: options.port,
    setDelayMs: (ms) => {
      delayMs = ms;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function relay(from: Socket, to: Socket, delayMs: () => number): void {
  // A queue, not one timer per chunk: when the delay shrinks, a later chunk must not overtake an earlier one.
  const waiting: { readonly due: number; readonly act: () => void }[] = [];
  const later = (act: () => void): void => {
    waiting.push({ due: performance.now() + delayMs(), act });
    if (waiting.length === 1) wake();
  };
  const wake = (): void => {
    const next = waiting[0];
    if (next !== undefined) setTimeout(handOn, Math.max(0, next.due - performance.now()));
  };
  const handOn = (): void => {
    do waiting.shift()?.act();
    while (waiting[0] !== undefined && waiting[0].due <= performance.now());
    wake();
  };
  from.on('data', (chunk) => later(() => to.writable && to.write(chunk)));
  from.on('end', () => later(() => to.end()));
}
