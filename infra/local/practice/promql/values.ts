/** What queries work on: labelled series of samples, whoever holds them. Times are milliseconds since the epoch. */
import type { Matcher } from './ast.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Point {
  readonly t: number;
  readonly v: number;
}

/** One series with its name in the label `__name__`. */
export interface Series {
  readonly labels: Labels;
  /** Samples with `fromMs <= t <= toMs`, oldest first, without stale markers. */
  between(fromMs: number, toMs: number): readonly Point[];
  /** The newest sample in that time; `undefined` also when a stale marker came after it. */
  newest(fromMs: number, toMs: number): Point | undefined;
}

export interface SeriesSource {
  /** Every series that all matchers admit, each label set once. */
  select(matchers: readonly Matcher[]): readonly Series[];
}

/** One element of an instant vector. `t` is when it was sampled, which only `timestamp()` asks. */
export interface Sample extends Point {
  readonly labels: Labels;
}

/** One element of a range vector, with the range it was cut from. */
export interface Stretch {
  readonly labels: Labels;
  readonly points: readonly Point[];
  readonly fromMs: number;
  readonly toMs: number;
}

export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly samples: readonly Sample[] }
  | { readonly type: 'matrix'; readonly stretches: readonly Stretch[] };
