import { grouped } from '../../engine/words.ts';

/** `41 %`, `4.2 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(Math.abs(share) < 0.095 ? 1 : 0).replace(/\.0$/, '')} %`;
}

/** `31,204 threads`, `1 thread`. */
export function count(value: number, noun: string): string {
  return `${amount(value)} ${noun}${Math.round(value) === 1 ? '' : noun.endsWith('s') ? 'es' : 's'}`;
}

/** `31,204`. */
export function amount(value: number): string {
  return grouped(value);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** The moment so many minutes before now, as `08:24`. */
export function clockMinute(now: Date, minutesAgo: number): string {
  return new Date(now.getTime() - minutesAgo * 60_000).toISOString().slice(11, 16);
}

/** A figure so young counts as now: it holds the most of two minutes. */
export const FRESH_MINUTES = 2;
