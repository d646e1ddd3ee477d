import { duration, plural } from '../evidence/node-words.ts';

/** `41 s`, `2.5 s`, `15 min`: whole seconds without a decimal. */
export function span(seconds: number): string {
  return duration(seconds).replace(/\.0 (m?s)$/, ' $1');
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value.toFixed(value > 0 && value < 9.95 ? 1 : 0)} %`;
}

/** `a`, `a and b`, `a, b and 4 more`. */
export function few(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `2026-11-21 02:43`, in UTC: what may lie weeks back. */
export function dateTime(at: string): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

/** `1 of 2 pods`. */
export function some(part: number, all: number): string {
  return `${part} of ${plural(all, 'pod')}`;
}
