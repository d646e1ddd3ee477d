import type { Clock } from '../../../engine/ports.ts';

/**
 * Message timestamps as Slack makes them: seconds, a dot, six digits. Unique and increasing even when the clock stands
 * still or goes back; `latest` is the newest one already used.
 */
export function createTimestamps(clock: Clock, latest: string | undefined): () => string {
  let previous = latest === undefined ? 0n : BigInt(latest.replace('.', ''));
  return () => {
    const now = BigInt(clock.now().getTime()) * 1000n;
    previous = now > previous ? now : previous + 1n;
    const digits = previous.toString().padStart(16, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  };
}

export function toMs(ts: string): number {
  return Number(ts) * 1000;
}
