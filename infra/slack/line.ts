import type { Patience } from '../../engine/people.ts';
import type { Clock } from '../../engine/ports.ts';
import { Limited } from './failures.ts';

/** Whoever only presses a button leaves the question that comes free to an execution, here or in another process. */
const YIELD_MS = 1_000;

interface Waiter {
  readonly nth: number;
  readonly goesFirst: boolean;
  readonly enter: (leave: () => void) => void;
}

export interface Line {
  /** Resolves when a question may be asked, with what to call when it was; throws `Limited` where that takes too long. */
  turn(patience: Patience, nth: number): Promise<() => void>;
  /** Slack takes no more questions for so long. */
  close(limited: Limited): void;
}

/**
 * Who wants to ask one method of Slack's. As long as it sets no limit nobody waits. Then one asks at a time, when Slack
 * said, and who was longest in the line comes first.
 */
export function lineOf(clock: Clock): Line {
  const waiting = new Set<Waiter>();
  let opensAtMs = 0;
  let because: Limited | undefined;
  let busy = false;
  let timer: NodeJS.Timeout | undefined;

  const nowMs = () => clock.now().getTime();
  const opensFor = ({ goesFirst = false }: Pick<Patience, 'goesFirst'>) => opensAtMs + (goesFirst ? 0 : YIELD_MS);

  function limited(): Limited {
    const leftMs = Math.max(1_000, opensAtMs - nowMs());
    return new Limited(because?.method ?? '', leftMs, because);
  }

  function next(): Waiter | undefined {
    return [...waiting].sort((a, b) => Number(b.goesFirst) - Number(a.goesFirst) || a.nth - b.nth)[0];
  }

  function pump(): void {
    clearTimeout(timer);
    const first = next();
    if (busy || !first) return;
    const inMs = opensFor(first) - nowMs();
    if (inMs > 0) {
      timer = setTimeout(pump, inMs);
      return;
    }
    waiting.delete(first);
    busy = true;
    first.enter(() => {
      busy = false;
      pump();
    });
  }

  return {
    async turn(patience, nth) {
      const untilMs = patience.until.getTime();
      if (!because) return () => undefined;
      if (nowMs() >= opensFor({}) && !busy && waiting.size === 0) {
        because = undefined;
        return () => undefined;
      }
      if (opensFor(patience) > untilMs || patience.stopping?.aborted) throw limited();
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting.delete(waiter);
          done();
          reject(limited());
          pump();
        };
        const lastChance = setTimeout(giveUp, untilMs - nowMs());
        patience.stopping?.addEventListener('abort', giveUp, { once: true });
        const done = () => {
          clearTimeout(lastChance);
          patience.stopping?.removeEventListener('abort', giveUp);
        };
        const enter = (leave: () => void) => {
          done();
          resolve(leave);
        };
        const waiter: Waiter = { nth, goesFirst: patience.goesFirst ?? false, enter };
        waiting.add(waiter);
        pump();
      });
    },
    close(limit) {
      because = limit;
      opensAtMs = Math.max(opensAtMs, nowMs() + limit.retryAfterMs);
    },
  };
}
