import type { Facts } from '../facts.ts';
import type { PracticeSeries, Reading } from '../promql/series.ts';

/** All series of one metric name, made when they are asked for. */
export type Family = (facts: Facts) => Iterable<PracticeSeries>;
export type Families = Readonly<Record<string, Family>>;

type Labels = Readonly<Record<string, string>>;

/** A family with one series per target. */
export function perTarget<T>(
  name: string,
  targetsOf: (facts: Facts) => readonly T[],
  labelsOf: (target: T, facts: Facts) => Labels,
  readingOf: (target: T, facts: Facts) => Reading,
): Families {
  return {
    *[name](facts: Facts) {
      for (const target of targetsOf(facts)) {
        yield { labels: { __name__: name, ...labelsOf(target, facts) }, at: readingOf(target, facts) };
      }
    },
  };
}

/** The families of a histogram, from a function that makes all its series for one target. */
export function histogramFamilies<T>(
  name: string,
  targetsOf: (facts: Facts) => readonly T[],
  seriesOf: (target: T, facts: Facts) => readonly PracticeSeries[],
): Families {
  const suffixed = (suffix: string): Family =>
    function* family(facts) {
      for (const target of targetsOf(facts))
        yield* seriesOf(target, facts).filter(({ labels }) => labels.__name__ === name + suffix);
    };
  return {
    [`${name}_bucket`]: suffixed('_bucket'),
    [`${name}_sum`]: suffixed('_sum'),
    [`${name}_count`]: suffixed('_count'),
  };
}

/** Joins families; several may contribute to one metric name (`up` of every job). */
export function merged(...parts: readonly Families[]): Families {
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      function* all(facts: Facts) {
        for (const part of parts) yield* part[name]?.(facts) ?? [];
      },
    ]),
  );
}
