import { duration } from '../evidence/node-words.ts';

/** `41 s`, `2.5 s`, `15 min`: whole seconds without a decimal. */
export function span(seconds: number): string {
  return duration(seconds).replace(/\.0 (m?s)$/, ' $1');
}

/** `shop/web-1, shop/web-2 and 4 more`. */
export function few(names: readonly string[], most = 3): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
