import { grouped } from '../../engine/words.ts';

/** Seconds; worth a word: in health a kubelet answers in milliseconds, on a saturated disk after 11 and 22 s were seen. */
export const SLOW_ANSWER_SECONDS = 5;

/** `59 MB/s`, `0.3 MB/s`: what disks are sold and throttled by, in powers of ten. */
export function rate(bytesPerSecond: number): string {
  return `${amount(bytesPerSecond / 1e6)} MB/s`;
}

/** `399 MB`, `12 GB`. */
export function size(bytes: number): string {
  return bytes >= 1e10 ? `${amount(bytes / 1e9)} GB` : `${amount(bytes / 1e6)} MB`;
}

export function percent(share: number): string {
  return `${amount(share * 100)} %`;
}

/** One decimal below ten: `0.3`, `41`, `2,900`. */
export function amount(value: number): string {
  return Math.abs(value) < 9.95 ? String(Math.round(value * 10) / 10) : grouped(value);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** The moment so many minutes before now, as `08:24`. */
export function clockMinute(now: Date, minutesAgo: number): string {
  return new Date(now.getTime() - minutesAgo * 60_000).toISOString().slice(11, 16);
}
