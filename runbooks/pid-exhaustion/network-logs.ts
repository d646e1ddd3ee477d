import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { clockTime } from '../evidence/node-words.ts';
import { type Refusal, refusalIn } from '../evidence/refusals.ts';
import { limits } from './limits.ts';
import { nameOf, type PodHere, PodsHere, podsOf } from './pods.ts';
import { listed } from './words.ts';

/** kube-proxy and CNI plug-ins: they call iptables all the time. */
const MOST_PODS = 3;
const LINES = 200;
const KEPT = 3;

/** What the network's pods on this node wrote about refused forks and locks, the latest few of each pod and kind, oldest first. */
export interface NetworkLogs {
  /** Whose logs were read; empty: none of a known name runs here. */
  readonly of: readonly string[];
  /** Pods of the network that were not asked, or have no log yet. */
  readonly unread: number;
  readonly refusals: readonly NetworkRefusal[];
}
export type NetworkRefusal = Refusal & { readonly pod: string };

const Schema = z
  .object({
    readAt: z.date(),
    found: z.number(),
    logs: z.array(z.object({ pod: z.string(), text: z.string().nullable() })),
  })
  .transform(({ readAt, found, logs }): NetworkLogs => {
    const read = logs.filter(({ text }) => text !== null);
    // Of each pod by itself: an agent that wrote three such lines days ago, or by a clock ahead, hides no other one's.
    const refusals = read.flatMap(({ pod, text }) => latestOf((text ?? '').split('\n'), pod, readAt));
    return {
      of: read.map(({ pod }) => pod),
      unread: found - read.length,
      refusals: refusals.toSorted((a, b) => a.kind.localeCompare(b.kind) || writtenAt(a) - writtenAt(b)),
    };
  });

function latestOf(lines: readonly string[], pod: string, readAt: Date): readonly NetworkRefusal[] {
  const refusals = lines.flatMap((line): NetworkRefusal[] => {
    const refusal = refusalIn(line, readAt);
    return refusal ? [{ pod, ...refusal }] : [];
  });
  return [...Map.groupBy(refusals, ({ kind }) => kind).values()].flatMap((all) => all.slice(-KEPT));
}

/** A line without a time stands before all others: it proves least. */
function writtenAt({ at }: NetworkRefusal): number {
  return at === undefined ? 0 : Date.parse(at);
}

/** The API server asks the kubelet for a file: nothing is forked for it, unlike exec, or a query of the journal. */
export const networkLogs: Evidence<NetworkLogs, NodeTarget> = {
  title: "Logs of the network's pods on the node",
  schema: Schema,
  reads: ['list Pod', 'logs Pod'],
  read: async ({ kube }, { name }, { now }) => {
    const all = PodsHere.parse(await kube.list('Pod', podsOf(name))).filter(isOfNetwork);
    const pods = all.toSorted((a, b) => Number(isProxy(b)) - Number(isProxy(a))).slice(0, MOST_PODS);
    const logs = await Promise.all(pods.map(async (pod) => ({ pod: nameOf(pod), text: await logOf(kube, pod) })));
    return { readAt: now, found: all.length, logs };
  },
  show: ({ of, refusals }) => {
    if (of.length === 0) return 'no pod of the network was found here (kube-proxy, a CNI plug-in of a known name)';
    const words = refusals.map(({ pod, line, at }) => `${pod}${at ? ` at ${clockTime(at)}` : ''}: ${line}`);
    return words.join('; ') || `${listed(of)}: no fork refused, no lock waited for`;
  },
  threshold: `${limits.lockLines} lines about the lock of iptables within ${limits.lockMinutes} minutes; a refused fork within ${limits.signMinutes} minutes`,
  thresholdSource: 'our own: one or two such lines are made up for by the next pass of kube-proxy, every 5 to 30 s',
};

/** `null`: it is gone, or has not started. */
async function logOf(kube: Readers['kube'], { namespace, name, networkContainer }: PodHere): Promise<string | null> {
  try {
    return await kube.logs(name, {
      namespace,
      lines: LINES,
      ...(networkContainer ? { container: networkContainer } : {}),
    });
  } catch (thrown) {
    if (thrown instanceof ReadFailure && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}

function isOfNetwork({ networkContainer, phase, isEnding }: PodHere): boolean {
  return networkContainer !== undefined && phase === 'Running' && !isEnding;
}

function isProxy({ networkContainer }: PodHere): boolean {
  return networkContainer === 'kube-proxy';
}
