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
/** Each endpoint of a ServiceMonitor is a scrape pool of its own. */
const ENDPOINTS = ['/metrics', '/metrics/cadvisor', '/metrics/probes'];
/** A port where nobody listens refuses well within a second; what hangs takes until the time-out, which is longer. */
const HANGING_SECONDS = 1;

/** The status of an answer that turns the scrape of this instance away, where it gave one. */
type StatusOf = (labels: ActiveTarget['labels']) => string | undefined;

/** What is scraped and how its last scrape ended, in the words of Go's HTTP client. */
export function activeTargets(
  index: SeriesIndex,
  now: number,
  statusOf: StatusOf = () => undefined,
): readonly ActiveTarget[] {
  const durations = new Map(samplesOf('scrape_duration_seconds', index, now).map((one) => [keyOf(one), one.value]));
  const lastScrape = new Date(Math.floor(now / INTERVAL_SECONDS) * INTERVAL_SECONDS * 1_000).toISOString();
  return samplesOf('up', index, now).map((sample) => {
    const { __name__: _, ...labels } = sample.labels;
    const scrapeUrl = `${labels.endpoint === 'https-metrics' ? 'https' : 'http'}://${labels.instance}${labels.metrics_path ?? '/metrics'}`;
    const isUp = sample.value === 1;
    const status = statusOf(labels);
    const end =
      (durations.get(keyOf(sample)) ?? 0) < HANGING_SECONDS
        ? `dial tcp ${labels.instance}: connect: connection refused`
        : 'context deadline exceeded';
    const error = status === undefined ? `Get "${scrapeUrl}": ${end}` : `server returned HTTP status ${status}`;
    return {
      labels,
      scrapePool: `serviceMonitor/monitoring/${labels.service ?? labels.job}/${Math.max(0, ENDPOINTS.indexOf(labels.metrics_path ?? ''))}`,
      scrapeUrl,
      health: isUp ? 'up' : 'down',
      lastError: isUp ? '' : error,
      lastScrape,
    };
  });
}

function samplesOf(promql: string, index: SeriesIndex, now: number): readonly Sample[] {
  const value = evaluateInstant(promql, index, now);
  return value.type === 'vector' ? value.samples : [];
}

function keyOf({ labels: { job, instance, metrics_path: path } }: Sample): string {
  return `${job} ${instance} ${path}`;
}
