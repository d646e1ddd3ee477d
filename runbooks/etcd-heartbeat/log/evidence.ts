import * as z from 'zod';
import { ReadFailure } from '../../../engine/errors.ts';
import type { Readers } from '../../../engine/readers.ts';
import type { Evidence } from '../../../engine/runbook.ts';
import { type EtcdPod, EtcdPods, etcdPodSelection } from '../../evidence/etcd-pods.ts';
import { windowSeconds } from '../queries.ts';
import { type Entry, entriesIn } from './entries.ts';
import { lineOf } from './line.ts';
import { shownOf } from './words.ts';

/** What the log of one member tells. */
export interface MemberLog {
  readonly pod: string;
  /** The time of the earliest line that was read; absent: no line tells one. */
  readonly from?: string | undefined;
  /** In the order they were written in. Equal lines are sampled by etcd (zap): it happened at least as often. */
  readonly entries: readonly Entry[];
}

/** `unread`: pods whose log could not be had, with the reason, or was not asked for. Nothing is concluded from those. */
export interface LogView {
  readonly logs: readonly MemberLog[];
  readonly unread: readonly { readonly pod: string; readonly why: string }[];
}

/** Half an hour, so that one sees when it began; what is older than ten minutes is past all the same. */
const SINCE_SECONDS = 1_800;
const LINES = 500;
const KEPT = 20;
/** With nine members other evidence needs up to 21 of the 25 calls of a run. */
const [MOST_LOGS, MOST_OF_MANY, MANY] = [5, 3, 7];

const Schema = z
  .object({
    logs: z.array(z.object({ pod: z.string(), text: z.string() })),
    unread: z.array(z.object({ pod: z.string(), why: z.string() })),
  })
  .transform(
    ({ logs, unread }): LogView => ({
      logs: logs.map(({ pod, text }) => ({ pod, from: firstTimeIn(text), entries: fewOf(entriesIn(text)) })),
      unread,
    }),
  );

/** Often the only witness: kubeadm lets etcd offer its metrics on the loopback address alone. */
export const log: Evidence<LogView, unknown> = {
  title: 'What the members wrote in their logs',
  schema: Schema,
  reads: ['list Pod in kube-system', 'logs Pod in kube-system'],
  read: async ({ kube }) => {
    const pods = EtcdPods.parse(await kube.list('Pod', etcdPodSelection));
    const most = pods.length > MANY ? MOST_OF_MANY : MOST_LOGS;
    const asked = pods.toSorted((a, b) => Number(a.ready) - Number(b.ready)).slice(0, most);
    const all = await Promise.all(asked.map((pod) => readOne(kube, pod)));
    const failures = all.flatMap((one) => ('failure' in one ? [one] : []));
    const [first] = failures;
    // Where none could be read, why is what a person has to mend: a right that is missing, a kubelet nobody reaches.
    if (first !== undefined && failures.length === all.length) throw first.failure;
    const rest = pods.filter((pod) => !asked.includes(pod)).map(({ name }) => ({ pod: name, why: 'not asked' }));
    return {
      logs: all.flatMap((one) => ('text' in one ? [one] : [])),
      unread: [...failures.map(({ pod, failure }) => ({ pod, why: failure.kind })), ...rest],
    };
  },
  show: shownOf,
  windowSeconds,
  threshold: 'a heartbeat after twice its interval, a sync of the log after 1 s, an apply after 100 ms',
  thresholdSource: 'etcd writes no line before (server/etcdserver/raft.go, server/storage/wal, txn/util.go)',
};

/** Of each kind the latest, and the longest: a member in trouble writes hundreds of lines, and a report is kept. */
function fewOf(entries: readonly Entry[]): readonly Entry[] {
  const kept = new Set(
    [...Map.groupBy(entries, ({ kind }) => kind).values()].flatMap((all) => [
      ...thinned(all).slice(-KEPT),
      all.reduce((a, b) => (secondsIn(b) > secondsIn(a) ? b : a)),
    ]),
  );
  return entries.filter((entry) => kept.has(entry));
}

/** Of tries to connect, of which two fail every five seconds, the first and last of each minute: how long it has been so is what tells. */
function thinned(all: readonly Entry[]): readonly Entry[] {
  const byMinute = Map.groupBy(all, (entry) =>
    entry.kind === 'unreached' ? `${entry.address} ${entry.at?.slice(0, 16)}` : entry,
  );
  const ends = new Set([...byMinute.values()].flatMap((some) => [some[0], some.at(-1)]));
  return all.filter((entry) => ends.has(entry));
}

function secondsIn(entry: Entry): number {
  if (entry.kind === 'late') return entry.gapSeconds;
  return 'tookSeconds' in entry ? entry.tookSeconds : 0;
}

type Read = { readonly pod: string } & ({ readonly text: string } | { readonly failure: ReadFailure });

/** The API server fetches it from the kubelet: none comes from a machine that is away, while the others tell. */
async function readOne(kube: Readers['kube'], { name: pod, container }: EtcdPod): Promise<Read> {
  const which = container === undefined ? {} : { container };
  const options = { namespace: 'kube-system', ...which, sinceSeconds: SINCE_SECONDS, lines: LINES };
  try {
    return { pod, text: await kube.logs(pod, options) };
  } catch (thrown) {
    if (thrown instanceof ReadFailure) return { pod, failure: thrown };
    throw thrown;
  }
}

function firstTimeIn(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const at = lineOf(line.trimEnd())?.at;
    if (at !== undefined) return at;
  }
  return undefined;
}
