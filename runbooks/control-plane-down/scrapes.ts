import type { Evidence } from '../../engine/runbook.ts';
import { counted } from '../../engine/words.ts';
import { figureTable, type Row, someOf } from '../evidence/figures.ts';
import { duration } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import { queryOf } from './queries.ts';
import type { ControlPlaneTarget } from './target.ts';

type Figure = 'up' | 'scrapeSeconds' | 'wasUp' | 'answeredAgo' | 'targets';
export type Scrape = Row<'instance' | 'pod', Figure>;

/** The component's targets. The row without an instance says how many targets Prometheus has of any job. */
export interface Scrapes {
  readonly all: number;
  readonly now: readonly Scrape[];
  /** Known within a day, and not discovered any more. */
  readonly gone: readonly Scrape[];
  /** Scraped, and whether they answered is not there. */
  readonly untold: readonly Scrape[];
}

const Schema = figureTable(['instance', 'pod'], ['up', 'scrapeSeconds', 'wasUp', 'answeredAgo', 'targets']).transform(
  (rows): Scrapes => {
    const own = rows.filter(({ instance }) => instance !== '');
    return {
      all: rows.find(({ targets }) => targets !== undefined)?.targets ?? 0,
      now: own.filter(({ up }) => up !== undefined),
      gone: own.filter(({ up, wasUp }) => up === undefined && wasUp !== undefined),
      untold: own.filter(({ up, scrapeSeconds }) => up === undefined && scrapeSeconds !== undefined),
    };
  },
);

export const scrapes: Evidence<Scrapes, ControlPlaneTarget> = {
  title: 'Its scrape targets',
  schema: Schema,
  read: async ({ metrics }, target) =>
    someOf(await metrics.query(queryOf.scrapes(target)), 'it has no targets at all, so it tells nothing'),
  show: ({ now, gone }) => {
    const known = now.map(scrapeWords);
    const lost = gone.length > 0 ? [`${gone.map(({ instance }) => instance).join(', ')}: not discovered any more`] : [];
    return [...known, ...lost].join('; ') || 'none, now or within a day';
  },
  windowSeconds: 86_400,
  threshold: 'a scrape of 4 s and more ran into its time-out',
  thresholdSource: 'measured: a port that refuses takes a millisecond',
};

/** Somebody accepts, or nobody refuses: it ran into its time-out. */
export function isHanging({ up, scrapeSeconds = 0 }: Scrape): boolean {
  return up === 0 && scrapeSeconds >= limits.hangingSeconds;
}

function scrapeWords({ instance, up, scrapeSeconds, answeredAgo }: Scrape): string {
  if (up === 1) return `${instance} answers`;
  const took = scrapeSeconds === undefined ? '' : ` (after ${duration(scrapeSeconds)})`;
  return `${instance} does not answer${took}${answeredAgo === undefined ? '' : `, the last time ${duration(answeredAgo)} ago`}`;
}

const WORK = [
  'unbound',
  'behind',
  'unanswered',
  'unansweredBefore',
  'leaseMoves',
  'apiUp',
  'apiAll',
  'apiAnsweredAgo',
  'apiMachinesSilent',
  'machinesUp',
] as const;
export type Work = Row<never, (typeof WORK)[number]>;

const WorkSchema = figureTable([], WORK).transform(([row = {}]): Work => row);

export const work: Evidence<Work, ControlPlaneTarget> = {
  title: 'What others see of its work',
  schema: WorkSchema,
  read: async ({ metrics }, target) =>
    someOf(
      await metrics.query(queryOf.work(target)),
      'kube-state-metrics, or rest_client_requests_total of any client',
    ),
  show: ({ unbound, behind, unanswered, leaseMoves, apiUp, apiAll, apiAnsweredAgo }) =>
    [
      ...(unbound === undefined ? [] : [`${counted(unbound, 'pod')} without a node`]),
      ...(behind === undefined ? [] : [`${counted(behind, 'Deployment')} not brought up to date`]),
      ...(leaseMoves === undefined ? [] : [`its lease changed ${counted(leaseMoves, 'time')} in 5 minutes`]),
      ...(unanswered === undefined
        ? []
        : [`${(unanswered * 100).toFixed(0)} % of requests to the API server unanswered`]),
      ...(apiUp === undefined || apiAll === undefined
        ? []
        : [
            `${apiUp} of ${apiAll} API servers answer Prometheus${apiAnsweredAgo === undefined ? '' : `, the last time ${duration(apiAnsweredAgo)} ago`}`,
          ]),
    ].join(', '),
  windowSeconds: 300,
};
