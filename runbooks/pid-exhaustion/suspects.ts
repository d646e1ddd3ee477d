import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { EventsByPod, eventsByPod } from '../evidence/event.ts';
import { clockTime, plural } from '../evidence/node-words.ts';
import { type Course, Courses, overTime } from '../evidence/over-time.ts';
import { refusalIn } from '../evidence/refusals.ts';
import { RolledOut } from '../evidence/rolled-out.ts';
import { kubeletTarget } from '../evidence/scrape-targets.ts';
import { limits } from './limits.ts';
import { PodsHere, podsOf } from './pods.ts';
import { podFigures } from './queries.ts';
import { nearestOf, type PodUse, podsIn, tallestOf } from './threads.ts';

/** What the kubelet says of a pod whose forks are refused: a probe that cannot fork, a sandbox that cannot be made. */
export interface PodRefusal {
  readonly pod: string;
  readonly line: string;
  readonly at: string;
  readonly count: number;
}
export interface PodRefusals {
  readonly asked: readonly string[];
  readonly said: readonly PodRefusal[];
}

const Refusals = EventsByPod.transform(
  (all): PodRefusals => ({
    asked: all.map(({ pod }) => pod),
    said: all.flatMap(({ pod, events }) =>
      events.items
        .flatMap(({ message, count, lastSeen: at }) => {
          const refusal = refusalIn(message);
          return refusal?.kind === 'fork' ? [{ pod, line: refusal.line, at, count }] : [];
        })
        .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)),
    ),
  }),
);

/** Events have no watch cache: only of the pods that hold most, each by its name. */
export const refusals: Evidence<PodRefusals, NodeTarget> = {
  title: 'Refused forks of the pods that hold most',
  schema: Refusals,
  reads: ['list Event'],
  read: async ({ kube, metrics }, { name: node }, { now }) => {
    const suspects = suspectsIn(await courses(metrics, node, now));
    return eventsByPod(
      kube,
      suspects.map(({ namespace, pod: name }) => ({ namespace, name })),
    );
  },
  show: ({ asked, said }) =>
    said.length === 0
      ? `${plural(asked.length, 'pod')} asked, no event of a refused fork`
      : said.map(({ pod, at, count, line }) => `${pod}, ${clockTime(at)} x${count}: ${line}`).join('; '),
  threshold: `said within ${limits.signMinutes} minutes`,
  thresholdSource: 'our own: the window that figures are read over',
};

const OneDeployed = z.object({ namespace: z.string(), pod: z.string(), set: RolledOut });
/** The Deployment of a pod that holds most, and since when its present revision exists. */
export interface Deployed {
  readonly namespace: string;
  readonly pod: string;
  readonly deployment: string;
  readonly madeAt: string;
  readonly revision: number;
}

export const deployed: Evidence<readonly Deployed[], NodeTarget> = {
  title: 'Who deploys the pods that hold most',
  schema: z
    .array(OneDeployed)
    .transform((all) => all.flatMap(({ namespace, pod, set }) => (set ? [{ namespace, pod, ...set }] : []))),
  reads: ['list Pod', 'get ReplicaSet'],
  read: async ({ kube, metrics }, { name }, { now }) => {
    const [pods, use] = await Promise.all([
      kube.list('Pod', podsOf(name)).then((list) => PodsHere.parse(list)),
      courses(metrics, name, now),
    ]);
    const owned = suspectsIn(use).flatMap(({ namespace, pod }) => {
      const owner = pods.find((one) => one.namespace === namespace && one.name === pod)?.owner;
      return owner?.kind === 'ReplicaSet' ? [{ namespace, pod, set: owner.name }] : [];
    });
    return Promise.all(
      owned.map(async ({ namespace, pod, set }) => ({
        namespace,
        pod,
        set: await kube.find('ReplicaSet', set, { namespace }),
      })),
    );
  },
  show: (all) =>
    all.length === 0
      ? 'they belong to no Deployment'
      : all
          .map(
            ({ namespace, deployment, revision, madeAt }) =>
              `Deployment ${namespace}/${deployment}, revision ${revision} made at ${clockTime(madeAt)}`,
          )
          .join('; '),
};

/** Threads and limits of the node's pods, as `Courses` takes them. */
export async function readThreads(metrics: Readers['metrics'], node: string, now: Date) {
  const target = await kubeletTarget(metrics, node, '/metrics/cadvisor');
  return overTime(metrics, podFigures(target), now, 'of container_threads of this node');
}

async function courses(metrics: Readers['metrics'], node: string, now: Date): Promise<readonly Course[]> {
  return Courses.parse(await readThreads(metrics, node, now));
}

/** The one nearest to its limit and the one with most threads: one pod, or two. */
function suspectsIn(use: readonly Course[]): readonly PodUse[] {
  const pods = podsIn(use);
  return [...new Set([nearestOf(pods), tallestOf(pods)])].filter((pod) => pod !== undefined);
}
