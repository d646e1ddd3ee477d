import { evaluateInstant } from '../promql/evaluate.ts';
import type { Sample } from '../promql/value.ts';
import type { SeriesIndex } from '../promql/vectors/select.ts';

/** As `/api/v1/targets` tells it. */
export interface ActiveTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down';
  readonly lastError: string;
  readonly lastScrape: string;
}

const INTERVAL_SECONDS = 15;
/** A port where nobody listens refuses well within a second; what hangs takes until the time-out, which is longer. */
const HANGING_SECONDS = 1;

/** What is scraped and how its last scrape ended, in the words of Go's HTTP client. */
export function activeTargets(index: SeriesIndex, now: number): readonly ActiveTarget[] {
  const durations = new Map(samplesOf('scrape_duration_seconds', index, now).map((one) => [keyOf(one), one.value]));
  const lastScrape = new Date(Math.floor(now / INTERVAL_SECONDS) * INTERVAL_SECONDS * 1_000).toISOString();
  return samplesOf('up', index, now).map((sample) => {
    const { __name__: _, ...labels } = sample.labels;
    const scrapeUrl = `http://${labels.instance}/metrics`;
    const isUp = sample.value === 1;
    const error =
      (durations.get(keyOf(sample)) ?? 0) < HANGING_SECONDS
        ? `dial tcp ${labels.instance}: connect: connection refused`
        : 'context deadline exceeded';
    return {
      labels,
      scrapePool: `serviceMonitor/monitoring/${labels.service ?? labels.job}/0`,
      scrapeUrl,
      health: isUp ? 'up' : 'down',
      lastError: isUp ? '' : `Get "${scrapeUrl}": ${error}`,
      lastScrape,
    };
  });
}

function samplesOf(promql: string, index: SeriesIndex, now: number): readonly Sample[] {
  const value = evaluateInstant(promql, index, now);
  return value.type === 'vector' ? value.samples : [];
}

function keyOf({ labels: { job, instance } }: Sample): string {
  return `${job} ${instance}`;
}
