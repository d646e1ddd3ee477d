import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { LogOptions, Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { timeOf } from '../evidence/log-time.ts';
import { clockTime, plural, secondsSince } from '../evidence/node-words.ts';
import { type Agent, type AgentContainer, failingIn, nameOf, PodsOnNode, podsOf } from './agents.ts';
import { type Complaint, complaintIn, lastWords } from './complaints.ts';
import { limits } from './limits.ts';

/** Those that are not ready first. Of one that was started again and runs, also the log of the run before is read. */
const MOST_AGENTS = 3;
const LINES = 200;
/** Whoever ends says why in these (it writes little after that), and within so many seconds (judgement). */
const LAST_LINES = 5;
const LAST_SECONDS = 60;
/** It never ran, so that there is no log of it: what keeps it is its image. */
const NO_IMAGE = /ErrImage|ImagePull|InvalidImageName|ImageInspectError|RegistryUnavailable/;

/** One container's log, of its present run and, if it was started again, of the one before. */
export interface AgentLog {
  readonly pod: string;
  readonly container: string;
  /** The time of the earliest line that was read; absent: no line tells one. */
  readonly from?: string | undefined;
  /** Nothing that matters was left out: all its runs were read, or all of the one that ended. */
  readonly isWhole: boolean;
  /** What it wrote last, of the run that ended if it does not run. */
  readonly last?: string | undefined;
}
/** `isLast`: among the last words of its run, so that it may be why that run ended, or does not get on. */
export type Written = Complaint & { readonly pod: string; readonly isLast: boolean };
export interface LogsView {
  readonly logs: readonly AgentLog[];
  /** Agents whose log was not read, or who have none. */
  readonly unread: number;
  /** In the order they were written in. */
  readonly complaints: readonly Written[];
}

const Log = z.object({
  pod: z.string(),
  container: z.string(),
  restarts: z.number(),
  runs: z.boolean(),
  present: z.string().nullable(),
  before: z.string().nullable(),
});

const Schema = z
  .object({ readAt: z.date(), found: z.number(), logs: z.array(Log) })
  .transform(({ readAt, found, logs }): LogsView => {
    const read = logs.filter(({ present, before }) => present !== null || before !== null);
    return {
      logs: read.map((log) => ({ pod: log.pod, container: log.container, ...extentOf(log, readAt) })),
      unread: found - read.length,
      complaints: read.flatMap(({ pod, present, before }) =>
        [before, present].flatMap((run) => complaintsIn(linesOf(run), readAt)).map((one) => ({ pod, ...one })),
      ),
    };
  });

function extentOf({ present, before, restarts, runs }: z.infer<typeof Log>, readAt: Date) {
  const lines = linesOf(before, present);
  const isShort = (text: string | null) => linesOf(text).length < LINES;
  const runsRead = (present === null ? 0 : 1) + (before === null ? 0 : 1);
  return {
    from: lines.map((line) => timeOf(line, readAt)).find((at) => at !== undefined),
    isWhole: isShort(present) && isShort(before) && (runsRead > restarts || !runs),
    last: lines.at(-1) && lastWords(lines.at(-1) ?? ''),
  };
}

/** What one run complained of. */
function complaintsIn(lines: readonly string[], readAt: Date): readonly Omit<Written, 'pod'>[] {
  const end = lines.map((line) => timeOf(line, readAt)).findLast((at) => at !== undefined);
  return lines.flatMap((line, index) => {
    const complaint = complaintIn(line, readAt);
    if (!complaint) return [];
    const { at } = complaint;
    const before = at && end ? secondsSince(at, new Date(end)) : 0;
    return [{ ...complaint, isLast: lines.length - index <= LAST_LINES && before <= LAST_SECONDS }];
  });
}

function linesOf(...texts: readonly (string | null)[]): readonly string[] {
  return texts.flatMap((text) => (text ?? '').split('\n')).filter((line) => line.trim() !== '');
}

export const logs: Evidence<LogsView, NodeTarget> = {
  title: "Logs of the network's pods",
  schema: Schema,
  reads: ['list Pod', 'logs Pod'],
  read: async ({ kube }, { name }, { now }) => {
    const { agents } = PodsOnNode.parse({ readAt: now.toISOString(), list: await kube.list('Pod', podsOf(name)) });
    const asked = agents.toSorted((a, b) => Number(a.ready) - Number(b.ready)).slice(0, MOST_AGENTS);
    return {
      readAt: now,
      found: agents.length,
      logs: await Promise.all(asked.flatMap((agent) => readOne(kube, agent) ?? [])),
    };
  },
  show: ({ logs: all, unread, complaints }) => {
    const words = complaints
      .slice(-MOST_AGENTS)
      .map(({ pod, at, line }) => `${pod}${at ? ` at ${clockTime(at)}` : ''}: ${line}`);
    const quiet = all.length === 0 ? 'none' : `${all.map(({ pod }) => pod).join(', ')}: no complaint that is known`;
    return `${words.join('; ') || quiet}${unread > 0 ? `; ${plural(unread, 'log')} not read` : ''}`;
  },
  threshold: `written within ${limits.latelyMinutes} minutes, it is of now; of the lock of iptables ${limits.lockLines} lines in that time`,
  thresholdSource: 'our own: as long as events count, and fewer lines are made up for by the next pass',
};

/** Of the container that fails; of a pod that is well, of its first one. */
async function readOne(kube: Readers['kube'], agent: Agent) {
  const container = failingIn(agent) ?? agent.containers.find(({ isInit }) => !isInit);
  if (!container) return { pod: nameOf(agent), container: '', restarts: 0, runs: false, present: null, before: null };
  const { name, restarts } = container;
  const runs = container.state === 'running';
  const options = { namespace: agent.namespace, container: name, lines: LINES };
  const [present, before] = await Promise.all([
    hasRun(container) ? logOf(kube, agent.name, options) : hasNoImage(container) ? '' : null,
    runs && restarts > 0 ? logOf(kube, agent.name, { ...options, previous: true }) : null,
  ]);
  return { pod: nameOf(agent), container: name, restarts, runs, present, before };
}

/** In CrashLoopBackOff the log is that of the run that ended, and `previous` the same; before the first run there is none. */
function hasRun({ state, restarts, ended }: AgentContainer): boolean {
  return state === 'running' || restarts > 0 || ended !== undefined;
}

export function hasNoImage(container: AgentContainer): boolean {
  return !hasRun(container) && NO_IMAGE.test(container.state);
}

/** `null`: it is gone, or has not started. */
async function logOf(kube: Readers['kube'], pod: string, options: LogOptions): Promise<string | null> {
  try {
    return await kube.logs(pod, options);
  } catch (thrown) {
    if (thrown instanceof ReadFailure && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}
