import { executionError } from '../errors.ts';
import type { Matcher, Selector, Shift } from '../language/syntax.ts';
import type { PracticeSeries } from '../series.ts';
import type { Point } from '../value.ts';
import { labelOf } from './labels.ts';

/** All series of one metric name, or every series there is; those that the matchers exclude may be left out. */
export type SeriesIndex = (name: string | undefined, matchers: readonly Matcher[]) => Iterable<PracticeSeries>;

/** Prometheus' default `--query.lookback-delta`. */
const lookbackMs = 300_000;
/** Of one series within one range. Prometheus' limit is 50 million for a whole query; a practice world needs far less. */
const mostSteps = 1_000_000;

/** What an expression is evaluated against. `startMs` and `endMs` are those of the whole query. */
export interface Moment {
  readonly atMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly find: (selector: Selector) => readonly PracticeSeries[];
}

/** Finds each selector's series once: within one query they stay the same. */
export function finder(index: SeriesIndex): Moment['find'] {
  const found = new Map<Selector, readonly PracticeSeries[]>();
  return (selector) => {
    const known = found.get(selector);
    if (known) return known;
    const matching = [...index(selector.name, selector.matchers)].filter(({ labels }) =>
      selector.matchers.every((matcher) => matcher.matches(labelOf(labels, matcher.label))),
    );
    found.set(selector, matching);
    return matching;
  };
}

/** The moment a selector or a subquery looks from. */
export function shifted(moment: Moment, { at, offsetMs }: Shift): number {
  if (at === undefined) return moment.atMs - offsetMs;
  return (at === 'start' ? moment.startMs : at === 'end' ? moment.endMs : at) - offsetMs;
}

/** The latest sample not older than five minutes, unless the series was marked stale after it. */
export function latest(series: PracticeSeries, atMs: number): Point | undefined {
  const stepMs = stepOf(series);
  for (let tick = Math.floor(atMs / stepMs) * stepMs; tick >= atMs - lookbackMs; tick -= stepMs) {
    const value = series.at(tick / 1000);
    if (value !== undefined) return { atMs: tick, value };
    if (series.gaps !== 'missing') return undefined;
  }
  return undefined;
}

/** All samples from `fromMs` to `toMs`, both included. */
export function within(series: PracticeSeries, fromMs: number, toMs: number): Point[] {
  const stepMs = stepOf(series);
  refuseTooMany((toMs - fromMs) / stepMs);
  const points: Point[] = [];
  for (let tick = Math.ceil(fromMs / stepMs) * stepMs; tick <= toMs; tick += stepMs) {
    const value = series.at(tick / 1000);
    if (value !== undefined) points.push({ atMs: tick, value });
  }
  return points;
}

/** Throws `execution` rather than computing for minutes. */
export function refuseTooMany(steps: number): void {
  if (steps > mostSteps)
    throw executionError('query processing would load too many samples into memory in query execution');
}

function stepOf({ stepSeconds = 15 }: PracticeSeries): number {
  return Math.max(1, Math.round(stepSeconds * 1000));
}
