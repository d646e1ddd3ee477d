import type { Logger } from 'pino';
import type { Clock } from '../engine/ports.ts';

const ANEW_AFTER_MS = 60_000;

/**
 * Logs that the store failed: each reason at once, then once a minute with how often it was. On a full disk every worker
 * meets it at each turn, eight times a second, and the log may lie on that disk.
 */
export function storeTrouble(log: Pick<Logger, 'error'>, clock: Clock): (failure: Error) => void {
  const told = new Map<string, { readonly atMs: number; unsaid: number }>();
  return ({ message: reason }) => {
    const nowMs = clock.now().getTime();
    const before = told.get(reason);
    if (before && nowMs - before.atMs < ANEW_AFTER_MS) {
      before.unsaid += 1;
      return;
    }
    told.set(reason, { atMs: nowMs, unsaid: 0 });
    log.error({ reason, ...(before?.unsaid ? { meanwhile: before.unsaid } : {}) }, 'the store failed');
  };
}
