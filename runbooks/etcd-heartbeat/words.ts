import { grouped } from '../../engine/words.ts';

/** `0.42 ms`, `7.9 ms`, `250 ms`, `1.2 s`, `65 s`: exact enough to be compared with a limit by eye. */
export function duration(seconds: number): string {
  if (seconds >= 1) return `${trimmed(seconds, seconds < 10 ? 1 : 0)} s`;
  const ms = seconds * 1_000;
  if (ms === 0) return '0 ms';
  return `${trimmed(ms, ms < 1 ? 2 : ms < 100 ? 1 : 0)} ms`;
}

/** `41 %`; one decimal below ten. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  return `${trimmed(share * 100, Math.abs(share) < 0.1 ? 1 : 0)} %`;
}

/** `16 MiB`, `1.9 GiB`. */
export function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = size < 1 ? 0 : Math.min(Math.floor(Math.log2(size) / 10), units.length - 1);
  const amount = size / 2 ** (power * 10);
  return `${trimmed(amount, amount < 10 ? 1 : 0)} ${units[power]}`;
}

/** `increase()` extrapolates, so that three events may read as 3.04: whole numbers for people. */
export function whole(amount: number): string {
  return grouped(amount);
}

/** `1 late heartbeat`, `12 late heartbeats`. */
export function counted(amount: number, noun: string): string {
  const plural = noun.endsWith('ly') ? noun.replace(/y$/, 'ies') : `${noun}s`;
  return `${whole(amount)} ${Math.round(amount) === 1 ? noun : plural}`;
}

/** `the only member answers`, `all 3 members answer`. */
export function allMembers(count: number, singular: string, plural: string): string {
  return count === 1 ? `the only member ${singular}` : `all ${count} members ${plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function trimmed(amount: number, decimals: number): string {
  return amount.toFixed(decimals).replace(/\.0+$/, '');
}
