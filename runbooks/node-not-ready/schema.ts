import * as z from 'zod';

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
}

/** `up` and `scrape_duration_seconds` of the same targets, joined. */
export const Scrapes = Samples.transform((samples): readonly Scrape[] => {
  const targets = new Map<string, Scrape>();
  for (const { labels, value } of samples) {
    if (labels.__name__ !== 'up') continue;
    const scrape = { ...targetOf(labels), up: value === 1 };
    targets.set(keyOf(scrape), scrape);
  }
  for (const { labels, value } of samples) {
    const scrape = targets.get(keyOf(targetOf(labels)));
    if (scrape && labels.__name__ === 'scrape_duration_seconds')
      targets.set(keyOf(scrape), { ...scrape, seconds: value });
  }
  return [...targets.values()];
});

function targetOf(labels: Readonly<Record<string, string>>) {
  const job = labels.job ?? '';
  const path = labels.metrics_path ?? (job.includes('cadvisor') ? '/metrics/cadvisor' : '/metrics');
  return { job, instance: labels.instance ?? '', path };
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
  'brokenPerSecond',
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
  'kubelets',
  'kubeletsDown',
  'unhealthyByController',
]);

export const MachineFigures = Figures([
  'bootedAt',
  'clockOffsetSeconds',
  'ioStalledShare',
  'memoryAvailableShare',
  'diskAvailableShare',
]);
