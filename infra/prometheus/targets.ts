import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { ScrapeTarget } from '../../engine/readers.ts';
import type { Reply } from '../kubernetes/http.ts';

/** What one GET below `/api/v1/` answered. */
export type Get = (path: string) => Promise<Reply>;

export interface Found {
  readonly body: readonly ScrapeTarget[];
  readonly bytes: number;
  /** The path that answered last. */
  readonly asked: string;
}

const Pools = z.object({ status: z.literal('success'), data: z.object({ scrapePools: z.array(z.string()) }) });
const Targets = z.object({
  status: z.literal('success'),
  data: z.object({
    activeTargets: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        health: z.enum(['up', 'down', 'unknown']),
        lastError: z.string(),
      }),
    ),
  }),
});

/** More pools than this are asked for at once: one answer is less work then than many. */
const MOST_POOLS = 4;

/**
 * The active targets of a job (HTTP API, "Targets"). A server of many clusters has thousands: since 2.42 it tells its
 * scrape pools, which are named after the `job_name` or `serviceMonitor/NAMESPACE/NAME/N`, and what is in one. Elsewhere,
 * or where no pool is named like the job, all are asked for. Throws `ZodError` for an answer that is none.
 */
export async function targetsOf(job: string, get: Get, parse: Parse): Promise<Found> {
  const whole = 'targets?state=active';
  const pools = await poolsLike(job, get, parse);
  const paths = pools.map((pool) => `${whole}&scrapePool=${encodeURIComponent(pool)}`);
  const found = await all(paths, job, get, parse);
  return found.body.length > 0 ? found : all([whole], job, get, parse);
}

/** Parses the text of an answer, or throws the `ReadFailure` that says what is wrong with it. */
type Parse = <T>(reply: Reply, parse: (answer: unknown) => T) => T;

async function all(paths: readonly string[], job: string, get: Get, parse: Parse): Promise<Found> {
  const isOfJob = matcherOf(job);
  const replies = await Promise.all(paths.map(get));
  for (const reply of replies) if (isUnserved(reply)) throw unserved(reply.status);
  const body = replies.flatMap((reply) => {
    const { data } = parse(reply, (answer) => Targets.parse(answer));
    return data.activeTargets.filter(({ labels }) => isOfJob(labels.job ?? ''));
  });
  return {
    body: body.map(({ labels, lastError, health }) => ({
      instance: labels.instance ?? '',
      health,
      lastError: withoutParameters(lastError),
    })),
    bytes: replies.reduce((sum, { bytes }) => sum + bytes, 0),
    asked: paths.map((path) => `/api/v1/${path}`).join(' and '),
  };
}

/** None: it does not tell (before 2.42, Thanos), or no pool, or too many, could have targets of this job. */
async function poolsLike(job: string, get: Get, parse: Parse): Promise<readonly string[]> {
  const reply = await get('scrape_pools');
  if (isUnserved(reply)) return [];
  const words = job.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && !/^(kube|k8s|prometheus)$/.test(word));
  const { data } = parse(reply, (answer) => Pools.parse(answer));
  const like = data.scrapePools.filter((pool) => pool === job || words.some((word) => pool.includes(word)));
  return like.length > MOST_POOLS ? [] : like;
}

/** What speaks PromQL and scrapes nothing says so in many ways: Mimir 404, VictoriaMetrics 400, others 501. */
export function isUnserved({ status }: Reply): boolean {
  return [400, 404, 405, 501].includes(status);
}

function unserved(status: number): ReadFailure {
  return new ReadFailure('not-served', `it does not tell what it scrapes (${status} for /api/v1/targets)`, {
    remedy: 'Name the Prometheus that scrapes in clusters[].prometheus.url: Mimir and Thanos only store.',
  });
}

function matcherOf(job: string): (label: string) => boolean {
  const pattern = job.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const whole = new RegExp(`^${pattern.join('.*')}$`, 's');
  return (label) => whole.test(label);
}

/** A scrape's URL may carry a token. */
function withoutParameters(error: string): string {
  return error.replace(/\?[^"\s]*/g, '');
}
