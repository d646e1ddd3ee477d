import * as z from 'zod';
import { pathOf } from '../evidence/scrape-targets.ts';

/** NaN and the infinities are answers of Prometheus too, which `z.number()` would refuse. */
const Value = z.custom<number>((value) => typeof value === 'number', 'expected a number');
const Samples = z.array(z.object({ labels: z.record(z.string(), z.string()), value: Value }));

/** One scrape endpoint at its last scrape. */
export interface Scrape {
  readonly job: string;
  readonly instance: string;
  /** `/metrics` unless the labels say otherwise. */
  readonly path: string;
  readonly up: boolean;
  /** How long the scrape took; a failed one: until it was refused or given up. Absent when Prometheus did not say. */
  readonly seconds?: number;
  /** How long ago it was made. */
  readonly ageSeconds?: number;
  /** Several Prometheus scrape it, and one is answered while another is not: then `up` is false and proves nothing. */
  readonly disagree?: true;
}

/** A closed port refuses in under 1 ms, a 401 takes 2 to 22 ms (measured); a silent port holds a scrape to its time-out. */
export const REFUSED_WITHIN_SECONDS = 0.5;

type Labels = Readonly<Record<string, string>>;
type Witness = Pick<Scrape, 'seconds' | 'ageSeconds'> & { readonly labels: Labels; readonly up?: boolean };

/** What one Prometheus says of one target: its samples share all labels but the name of the metric. */
function witnessOf(samples: z.infer<typeof Samples>): Witness {
  const figure = (wanted: (labels: Labels) => boolean) => samples.find(({ labels }) => wanted(labels))?.value;
  const up = figure(({ __name__ }) => __name__ === 'up');
  const seconds = figure(({ __name__ }) => __name__ === 'scrape_duration_seconds');
  const ageSeconds = figure((labels) => labels.figure === 'ageSeconds');
  return {
    labels: samples[0]?.labels ?? {},
    ...(up === undefined || Number.isNaN(up) ? {} : { up: up === 1 }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(ageSeconds === undefined ? {} : { ageSeconds }),
  };
}

/** Replicas of Prometheus whose series nobody deduplicates each have their own word. */
export const Scrapes = Samples.transform((samples): readonly Scrape[] => {
  const witnesses = [...Map.groupBy(samples, seriesOf).values()].map(witnessOf).filter(({ up }) => up !== undefined);
  return [...Map.groupBy(witnesses, ({ labels }) => keyOf(targetOf(labels))).values()].flatMap(together);
});

function together(witnesses: readonly Witness[]): readonly Scrape[] {
  const [first] = witnesses;
  if (first === undefined) return [];
  const { labels, up = false, ...rest } = first;
  const target = targetOf(labels);
  if (witnesses.length === 1) return [{ ...target, up, ...rest }];
  const longest = (of: 'seconds' | 'ageSeconds') => {
    const values = witnesses.flatMap((witness) => witness[of] ?? []);
    return values.length === 0 ? {} : { [of]: Math.max(...values) };
  };
  const isQuick = ({ seconds }: Witness) => seconds === undefined || seconds <= REFUSED_WITHIN_SECONDS;
  const agree = witnesses.every((one) => one.up === up && (up || isQuick(one) === isQuick(first)));
  if (!agree) return [{ ...target, up: false, ...longest('ageSeconds'), disagree: true }];
  return [{ ...target, up, ...longest('seconds'), ...longest('ageSeconds') }];
}

function seriesOf({ labels }: { readonly labels: Labels }): string {
  const own = Object.entries(labels).filter(([name]) => name !== '__name__' && name !== 'figure');
  return JSON.stringify(own.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function targetOf(labels: Labels) {
  return { job: labels.job ?? '', instance: labels.instance ?? '', path: pathOf(labels) };
}

function keyOf({ job, instance, path }: { job: string; instance: string; path: string }): string {
  return `${job} ${instance} ${path}`;
}

/** The numbers of a `figures` query by name. A figure without a series, or that is no number, is absent, never zero. */
export function Figures<Name extends string>(names: readonly Name[]): z.ZodType<Partial<Record<Name, number>>> {
  return Samples.transform((samples) => {
    const found: Partial<Record<Name, number>> = {};
    for (const { labels, value } of samples) {
      const name = names.find((candidate) => candidate === labels.figure);
      if (name !== undefined && Number.isFinite(value)) found[name] = value;
    }
    return found;
  });
}

export const KubeletFigures = Figures([
  'plegAgeSeconds',
  'plegMoves',
  'slowRelists',
  'runtimeCallsPerSecond',
  'runtimeErrorsPerSecond',
  'restarts',
]);

export const ApiCalls = Figures([
  'all',
  'refused',
  'refusedPerSecond',
  'succeededPerSecond',
  'unansweredPerSecond',
  'refusedAtLast',
  'succeededAtLast',
  'brokenPerSecond',
  'certificateEndsAt',
]);

export const ExpiredCertificates = Figures(['perSecond']);

export const NodeHistory = Figures([
  'leaseAgeSeconds',
  'leaseMoves',
  'leaseOldestSeconds',
  'leaseNewestSeconds',
  'ready',
  'unknown',
  'readinessChanges',
]);

export const Fleet = Figures([
  'nodes',
  'notReady',
  'fellWithinHour',
  'sinceUnseen',
  'ageSeconds',
  'kubelets',
  'kubeletsDown',
  'unhealthyByController',
]);

export const MachineFigures = Figures([
  'bootedAt',
  'clockOffsetSeconds',
  'ioStalledShare',
  'memoryAvailableShare',
  'memoryAvailableAtLast',
  'memoryStalledAtLast',
  'memoryToldSecondsAgo',
  'diskAvailableShare',
  'systemdAnswers',
  'systemdAnswered',
  'systemdVersion',
]);
