/** `41 %`, `4.2 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0).replace(/\.0$/, '')} %`;
}

/** `512 MiB`, `1.9 GiB`. */
export function bytes(size: number): string {
  const power = size < 1 ? 0 : Math.min(Math.floor(Math.log2(size) / 10), 4);
  const amount = size / 2 ** (power * 10);
  return `${amount.toFixed(amount < 10 ? 1 : 0).replace(/\.0$/, '')} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

/** `0.2/s`, `62/s`. */
export function perSecond(rate: number): string {
  if (rate > 0 && rate < 0.05) return '< 0.1/s';
  return `${rate.toFixed(rate < 10 ? 1 : 0).replace(/\.0$/, '')}/s`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** The first few, and how many more there are. */
export function few<T>(items: readonly T[], words: (item: T) => string, most = 5): string {
  const more = items.length > most ? [`${items.length - most} more`] : [];
  return listed([...items.slice(0, most).map(words), ...more]);
}

/** One of them in words, and how many are like it: members and machines are mostly in one boat. */
export function likewise<T>(items: readonly T[], words: (item: T) => string): string {
  const [first, ...more] = items;
  if (first === undefined) return '';
  return more.length === 0
    ? words(first)
    : `${words(first)} (and ${more.length} ${more.length === 1 ? 'other' : 'others'} likewise)`;
}
