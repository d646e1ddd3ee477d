import type { Facts } from '../facts.ts';
import { type Distribution, histogram, type PracticeSeries, type Reading } from '../promql/series.ts';
import type { Wanted } from './wanted.ts';

/** All series of one metric name that could be wanted, made when they are asked for. */
export type Family = (facts: Facts, wanted: Wanted) => Iterable<PracticeSeries>;
export type Families = Readonly<Record<string, Family>>;
export type Labels = Readonly<Record<string, string>>;

/** What is scraped under one job: how its targets are found, named, and whether they answer. */
export interface Job<Target> {
  readonly name: string;
  /** Only those that could be wanted, by name or address. */
  readonly targets: (facts: Facts, wanted: Wanted) => Iterable<Target>;
  /** With `job`; not the labels that single metrics add. */
  readonly labels: (target: Target, facts: Facts) => Labels;
  /** Whether a scrape fails at that moment. What the target tells of itself is stale while it does. */
  readonly isSilent?: (target: Target, at: number) => boolean;
  /** When its process was started anew: its counters began again at zero. */
  readonly restartedAt?: (target: Target) => number | undefined;
}

/** One series of a metric, besides the labels of its target. */
export interface Line {
  readonly labels?: Labels;
  readonly at: Reading;
}

/** A metric that every target of the job exposes, in one or more lines. */
export function metric<Target>(
  job: Job<Target>,
  name: string,
  lines: (target: Target, facts: Facts, wanted: Wanted) => readonly Line[],
): Families {
  return { [name]: (facts, wanted) => ofJob(job, name, lines, facts, wanted) };
}

/** A metric without labels of its own. */
export function plain<Target>(job: Job<Target>, name: string, at: (target: Target, facts: Facts) => Reading): Families {
  return metric(job, name, (target, facts) => [{ at: at(target, facts) }]);
}

/** What Prometheus notes about each scrape itself; a failed scrape shows here and nowhere else. */
export function scrapes<Target>(
  job: Job<Target>,
  {
    answeredIn,
    failedIn,
  }: { readonly answeredIn: number; readonly failedIn: number | ((target: Target, at: number) => number) },
): Families {
  const { isSilent: _, restartedAt: __, ...noted } = job;
  const told = (target: Target, well: number, failed: typeof failedIn) => (at: number) => {
    if (!job.isSilent?.(target, at)) return well;
    return typeof failed === 'number' ? failed : failed(target, at);
  };
  return {
    ...plain(noted, 'up', (target) => told(target, 1, 0)),
    ...plain(noted, 'scrape_duration_seconds', (target) => told(target, answeredIn, failedIn)),
    ...plain(noted, 'scrape_samples_scraped', (target) => told(target, 1_800, 0)),
  };
}

/** A classic histogram on every target; `labels` tell several of one name apart. */
export function histogramOf<Target>(
  job: Job<Target>,
  name: string,
  distributions: (target: Target, facts: Facts) => readonly (Distribution & { readonly labels?: Labels })[],
): Families {
  const suffixes = ['_bucket', '_sum', '_count'];
  return Object.fromEntries(
    suffixes.map((suffix): [string, Family] => {
      const lines = (target: Target, facts: Facts): Line[] =>
        distributions(target, facts).flatMap(({ labels = {}, ...distribution }) =>
          histogram(name, labels, distribution)
            .filter((series) => series.labels.__name__ === name + suffix)
            .map(({ labels: { __name__: _name, ...own }, at }) => ({ labels: own, at })),
        );
      return [name + suffix, (facts, wanted) => ofJob(job, name + suffix, lines, facts, wanted)];
    }),
  );
}

function* ofJob<Target>(
  job: Job<Target>,
  name: string,
  lines: (target: Target, facts: Facts, wanted: Wanted) => readonly Line[],
  facts: Facts,
  wanted: Wanted,
): Generator<PracticeSeries> {
  if (!wanted.admits('job', job.name)) return;
  for (const target of job.targets(facts, wanted)) {
    const shared = { __name__: name, ...job.labels(target, facts) };
    const restartedAt = COUNTER.test(name) ? job.restartedAt?.(target) : undefined;
    for (const { labels, at } of lines(target, facts, wanted)) {
      const counted = restartedAt === undefined ? at : fromZero(restartedAt, at);
      yield {
        labels: labels ? { ...shared, ...labels } : shared,
        at: job.isSilent ? (moment) => (job.isSilent?.(target, moment) ? undefined : counted(moment)) : counted,
      };
    }
  }
}

const COUNTER = /_(total|bucket|count|sum)$/;

function fromZero(restartedAt: number, reading: Reading): Reading {
  return (at) => {
    const value = reading(at);
    return at < restartedAt || value === undefined ? value : value - (reading(restartedAt) ?? 0);
  };
}

/** Joins families; several jobs may contribute to one metric name (`up`). */
export function merged(...parts: readonly Families[]): Families {
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      function* all(facts: Facts, wanted: Wanted) {
        for (const part of parts) yield* part[name]?.(facts, wanted) ?? [];
      },
    ]),
  );
}
