import type { Queue, Received } from '../../../engine/ports.ts';
import type { Line } from './line.ts';
import type { Wire } from './wire.ts';

type Options = Parameters<Queue['receive']>[1];

/**
 * Messages for somebody who asks for them (Lambda hands them to functions by itself). One at a time: of several, SQS
 * gives as many of one group as there are. Who stops waiting leaves a request behind that SQS may yet answer with a
 * message; that one is handed back.
 */
export async function receive(wire: Wire, line: Line, options: Options): Promise<readonly Received[]> {
  const { max, leaseMs, waitMs, signal } = options;
  const deadline = performance.now() + waitMs;
  const found: Received[] = [];
  using stop = stopping(signal);

  /** `false`: there is no more. */
  async function next(): Promise<boolean> {
    const leftMs = found.length > 0 ? 0 : deadline - performance.now();
    const asked = wire.receive({ max: 1, leaseMs, waitMs: leftMs });
    const deliveries = await Promise.race([asked, stop.asked]);
    if (!deliveries) {
      asked.then((late) => Promise.all(late.map(line.handBack))).catch(() => {});
      return false;
    }
    const [delivery] = deliveries;
    if (!delivery) return found.length === 0 && performance.now() < deadline;
    const taken = await line.take(delivery);
    if (typeof taken === 'object') found.push(taken);
    return true;
  }

  try {
    while (found.length < max && !signal?.aborted && (await next()));
  } catch (failure) {
    // What was received is leased: it is worked on, whatever is the matter with the next one.
    if (found.length === 0) throw failure;
  }
  return found;
}

/** Resolves with nothing when the signal comes; disposing takes the listener off it. */
function stopping(signal: AbortSignal | undefined): Disposable & { readonly asked: Promise<undefined> } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const listener = () => resolve(undefined);
  signal?.addEventListener('abort', listener);
  return { asked: promise, [Symbol.dispose]: () => signal?.removeEventListener('abort', listener) };
}
