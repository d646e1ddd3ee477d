/** The value below which this share (0 to 1) of the values lies. NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (rank - Math.floor(rank));
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** `18 to 42 of 21`: how far the repetitions lie apart, for judging how noisy a figure is. */
export function spread(values: readonly number[], unit: string): string {
  const round = (value: number) => (Math.abs(value) < 10 ? Number(value.toPrecision(2)) : Math.round(value));
  return `${round(Math.min(...values))} to ${round(Math.max(...values))} ${unit} in ${values.length}`;
}
