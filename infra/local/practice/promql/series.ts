/**
 * The series of a practice world: functions of Unix time (seconds), so that any stretch of history exists without being
 * stored. The evaluator asks them for samples only at the moments of a scrape.
 */
export interface PracticeSeries {
  /** Contains `__name__`. No value may be empty: an empty label is no label. */
  readonly labels: Readonly<Record<string, string>>;
  /** What a scrape at that moment sees; `undefined`: that scrape found nothing. */
  readonly at: Reading;
  /** The scrape interval; samples exist at its multiples. Default 15. */
  readonly stepSeconds?: number;
  /**
   * What a scrape without a reading leaves behind. `stale` (default): the target failed or no longer shows the series,
   * and Prometheus marks it, so that an instant query stops answering at once. `missing`: nothing was written, as when
   * Prometheus itself was down, and an instant query still finds the last sample for five minutes.
   */
  readonly gaps?: 'stale' | 'missing';
}

export type Reading = (unixSeconds: number) => number | undefined;

/** The same value at every scrape. */
export function constant(value: number): Reading {
  return () => value;
}

/** One reading before the moment `unixSeconds`, another from then on; `undefined` is a series that is not there. */
export function since(
  unixSeconds: number,
  before: number | Reading | undefined,
  after: number | Reading | undefined,
): Reading {
  const read = (reading: number | Reading | undefined, at: number) =>
    typeof reading === 'function' ? reading(at) : reading;
  return (at) => read(at < unixSeconds ? before : after, at);
}

export interface CounterChange {
  /** Unix seconds from which the rate holds. */
  readonly at: number;
  readonly perSecond: number;
  /** The process started anew: the counter begins again at zero. */
  readonly reset?: boolean;
}

export interface Counting {
  readonly perSecond: number;
  /** Unix seconds at which the counter was zero; before them the series does not exist. Default 0. */
  readonly from?: number;
  /** In order of time. */
  readonly changes?: readonly CounterChange[];
}

/** A counter: the integral of its rate. It never falls unless a change resets it. */
export function counter({ perSecond, from = 0, changes = [] }: Counting): Reading {
  const stretches: { at: number; base: number; perSecond: number }[] = [{ at: from, base: 0, perSecond }];
  for (const change of changes) {
    const last = stretches[stretches.length - 1];
    if (last === undefined || change.at < last.at)
      throw new Error('The changes of a counter must be in order of time.');
    const base = change.reset ? 0 : last.base + last.perSecond * (change.at - last.at);
    stretches.push({ at: change.at, base, perSecond: change.perSecond });
  }
  return (at) => {
    const current = stretches.findLast((stretch) => stretch.at <= at);
    return current && current.base + current.perSecond * (at - current.at);
  };
}

export interface Observations {
  readonly observationsPerSecond: number;
  /** How the observed values are spread; the shares add up to 1. */
  readonly values: readonly { readonly value: number; readonly share: number }[];
}

export interface Distribution extends Observations {
  /** Upper bounds, rising, without `+Inf`. */
  readonly buckets: readonly number[];
  /** As in `Counting`. */
  readonly from?: number;
  readonly changes?: readonly (Observations & { readonly at: number; readonly reset?: boolean })[];
  readonly stepSeconds?: number;
}

/** A classic histogram: `_bucket` for every bound and `+Inf`, `_sum`, and `_count`. */
export function histogram(
  name: string,
  labels: Readonly<Record<string, string>>,
  { buckets, from, changes = [], stepSeconds, ...first }: Distribution,
): PracticeSeries[] {
  const counting = (rate: (observations: Observations) => number): Reading =>
    counter({
      perSecond: rate(first),
      ...(from === undefined ? {} : { from }),
      changes: changes.map((change) => ({ at: change.at, perSecond: rate(change), reset: change.reset ?? false })),
    });
  const weighted = (observations: Observations, weight: (value: number) => number) =>
    observations.values.reduce((sum, { value, share }) => sum + share * weight(value), 0) *
    observations.observationsPerSecond;
  const one = (suffix: string, at: Reading, extra: Readonly<Record<string, string>> = {}): PracticeSeries => ({
    labels: { __name__: name + suffix, ...labels, ...extra },
    at,
    ...(stepSeconds === undefined ? {} : { stepSeconds }),
  });
  const all = counting((observations) => observations.observationsPerSecond);
  return [
    ...buckets.map((bound) =>
      one(
        '_bucket',
        counting((seen) => weighted(seen, (value) => (value <= bound ? 1 : 0))),
        { le: String(bound) },
      ),
    ),
    one('_bucket', all, { le: '+Inf' }),
    one(
      '_sum',
      counting((seen) => weighted(seen, (value) => value)),
    ),
    one('_count', all),
  ];
}
