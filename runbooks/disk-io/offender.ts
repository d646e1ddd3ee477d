import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import type { MovablePod } from '../evidence/movable-pod.ts';
import { clockTime } from '../evidence/node-words.ts';
import { type Course, Courses, overTime } from '../evidence/over-time.ts';
import { PodsHere, podsOf } from '../evidence/pods-here.ts';
import { kubeletTarget } from '../evidence/scrape-targets.ts';
import { growthOf, loudestOf } from './growth.ts';
import { logFigures } from './queries.ts';

const REVISION = 'deployment.kubernetes.io/revision';

const ReplicaSet = z
  .object({
    metadata: z.object({
      creationTimestamp: z.string(),
      annotations: z.record(z.string(), z.string()).default({}),
      ownerReferences: z
        .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() }))
        .default([]),
    }),
  })
  .nullable();

const Schema = z
  .object({ namespace: z.string(), pod: z.string(), set: ReplicaSet })
  .nullable()
  .transform((found) => {
    const deployment = found?.set?.metadata.ownerReferences.find(
      ({ kind, controller }) => controller && kind === 'Deployment',
    );
    if (!found?.set || !deployment) return null;
    const { creationTimestamp: madeAt, annotations } = found.set.metadata;
    const { namespace, pod } = found;
    return { namespace, pod, deployment: deployment.name, madeAt, revision: Number(annotations[REVISION] ?? 1) };
  });
/** The Deployment of the pod whose log grew most, and since when its present revision exists. `null`: it has none. */
export type Offender = z.infer<typeof Schema>;

export const offender: Evidence<Offender, NodeTarget> = {
  title: 'Who deploys the pod whose log grew most',
  schema: Schema,
  reads: ['list Pod', 'get ReplicaSet'],
  read: async ({ kube, metrics }, { name }, { now }) => {
    const [pods, logs] = await Promise.all([
      kube.list('Pod', podsOf(name)).then((list) => PodsHere.parse(list)),
      readLogs(metrics, name, now).then((read) => Courses.parse(read)),
    ]);
    const pod = podOfLoudest(pods, logs);
    if (pod?.owner?.kind !== 'ReplicaSet') return null;
    const { namespace, name: podName, owner } = pod;
    return { namespace, pod: podName, set: await kube.find('ReplicaSet', owner.name, { namespace }) };
  },
  show: (found) =>
    found === null
      ? 'no log grew, or its pod belongs to no Deployment'
      : `Deployment ${found.namespace}/${found.deployment}, revision ${found.revision} made at ${clockTime(found.madeAt)}`,
};

export async function readLogs(metrics: Readers['metrics'], node: string, now: Date) {
  const target = await kubeletTarget(metrics, node, '/metrics');
  return overTime(
    metrics,
    logFigures(target),
    now,
    "of this kubelet's logs: they come only while its /metrics answers",
  );
}

function podOfLoudest(pods: readonly MovablePod[], logs: readonly Course[]): MovablePod | undefined {
  const loudest = loudestOf(growthOf(logs));
  return pods.find(({ namespace, name }) => namespace === loudest?.namespace && name === loudest.pod);
}
