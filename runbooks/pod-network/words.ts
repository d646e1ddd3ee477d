/** `41 %`, `4.2 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(Math.abs(share) < 0.095 ? 1 : 0).replace(/\.0$/, '')} %`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
