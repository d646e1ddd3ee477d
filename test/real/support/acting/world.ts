import * as z from 'zod';
import type { Change } from '../../../../engine/change.ts';
import { type ControlPlane, startControlPlane } from '../../../harness/control-plane.ts';
import { mergePatch, strategicPatch } from '../../../harness/kube-client.ts';
import { runScheduler } from '../../../harness/scheduler.ts';
import { until } from '../../../harness/until.ts';
import { TROUBLE } from './runbook.ts';

export const namespace = 'shop';
const apps = `/apis/apps/v1/namespaces/${namespace}`;
const budgets = `/apis/policy/v1beta1/namespaces/${namespace}/poddisruptionbudgets`;
export const path = {
  node: (name: string) => `/api/v1/nodes/${name}`,
  pod: (name: string) => `/api/v1/namespaces/${namespace}/pods/${name}`,
  deployment: (name: string) => `${apps}/deployments/${name}`,
};
const deployment = (name: string) => ({ kind: 'Deployment', namespace, name }) as const;

/** Whom the incident is about; whom the drain empties, with this many pods to evict, three of them under a budget. */
export const TARGET = 'worker-6';
export const FULL = 'worker-2';
export const CROWD = 12;
export const GUARDED = 3;
export const BUDGET = 'guard';

/** One for every verb a person can ask for; what takes a change back has no entry of its own unless it is also one. */
export const fixes = {
  cordon: [{ verb: 'cordon', node: 'worker-1' }],
  uncordon: [{ verb: 'uncordon', node: 'worker-3' }],
  drain: [{ verb: 'drain', node: FULL }],
  evict: [{ verb: 'evict', namespace, pod: 'db-0' }],
  'delete-pod': [{ verb: 'delete-pod', namespace, pod: 'db-1' }],
  restart: [{ verb: 'restart', workload: deployment('web') }],
  undo: [{ verb: 'undo', workload: deployment('rolled') }],
  pause: [{ verb: 'pause', workload: deployment('web') }],
  resume: [{ verb: 'resume', workload: deployment('frozen') }],
  scale: [{ verb: 'scale', workload: deployment('web'), replicas: 3 }],
  'set-resources': [
    {
      verb: 'set-resources',
      workload: deployment('web'),
      container: 'main',
      requests: { cpu: '25m' },
      limits: { cpu: '1' },
    },
  ],
  taint: [{ verb: 'taint', node: 'worker-1', taint: { key: 'lab', value: 'yes', effect: 'NoSchedule' } }],
  untaint: [{ verb: 'untaint', node: 'worker-4', taint: { key: 'former', effect: 'PreferNoSchedule' } }],
  isolate: [
    {
      verb: 'isolate-flow',
      flow: 'noisy',
      subject: { kind: 'ServiceAccount', namespace: 'default', name: 'noisy' },
      shares: 1,
    },
  ],
  annotate: [
    { verb: 'annotate', object: { kind: 'Node', name: 'worker-1' }, key: 'nightshift.dev/note', value: 'seen' },
  ],
} as const satisfies Readonly<Record<string, readonly Change[]>>;
export type Fix = keyof typeof fixes;

const Status = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ replicas: z.number().default(1) }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      readyReplicas: z.number().default(0),
    })
    .prefault({}),
});
const BudgetStatus = z.object({
  metadata: z.object({ generation: z.number() }),
  status: z.object({ observedGeneration: z.number().default(0), expectedPods: z.number().default(0) }).prefault({}),
});
const Version = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const PodList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string(), deletionTimestamp: z.string().optional() }),
    }),
  ),
});

export type ActingWorld = Awaited<ReturnType<typeof startWorld>>;

/**
 * A real control plane with six played nodes and workloads whose pods run, so that each of the fixes above is possible.
 * Pods of `FULL` fit nowhere else: once they are evicted their replacements wait.
 */
export async function startWorld() {
  await using stack = new AsyncDisposableStack();
  const plane: ControlPlane = stack.use(await startControlPlane());
  const { kube } = plane;
  await plane.runKubelets(await plane.createNodes(6, 0));
  stack.use(runScheduler(kube));

  const onFull = { 'kubernetes.io/hostname': FULL };
  const elsewhere = { 'kubernetes.io/hostname': 'worker-5' };
  const get = (what: string) => kube.must('GET', what);
  const merge = (what: string, body: object) => kube.must('PATCH', what, body, mergePatch);
  const make = async (plural: string, name: string, spec: object, nodeSelector: object = elsewhere) => {
    const labels = { app: name };
    const containers = [{ name: 'main', image: `registry.example/${name}:v1` }];
    const template = { metadata: { labels }, spec: { containers, terminationGracePeriodSeconds: 1, nodeSelector } };
    const whole = { selector: { matchLabels: labels }, template, ...spec };
    await kube.must('POST', `${apps}/${plural}`, { metadata: { name }, spec: whole });
  };
  /** Every replica has the present template and is ready. */
  const settled = (name: string, plural = 'deployments') =>
    until(`${name} to be rolled out`, async () => {
      const { metadata, spec, status } = Status.parse(await get(`${apps}/${plural}/${name}`));
      const all = [status.replicas, status.readyReplicas, status.updatedReplicas].every((n) => n === spec.replicas);
      return status.observedGeneration >= metadata.generation && all;
    });
  /** Nobody writes to it: from one look to the next its version stood still. */
  const quiet = async (what: string) => {
    let last = '';
    await until(
      `${what} to be left alone`,
      async () => {
        const before = last;
        last = Version.parse(await get(what)).metadata.resourceVersion;
        return last === before;
      },
      { everyMs: 300 },
    );
  };
  /** Worked out by the controller manager. */
  const setBudget = async (name: string, minAvailable: number, app: string) => {
    const spec = { minAvailable, selector: { matchLabels: { app } } };
    const made = await kube.call('POST', budgets, { metadata: { name }, spec });
    if (made.status === 409) await merge(`${budgets}/${name}`, { spec });
    // Of an absolute minimum it counts pods that are going as well: a moment later it counts fewer.
    await until('the budget to be worked out', async () => {
      const { metadata, status } = BudgetStatus.parse(await get(`${budgets}/${name}`));
      const pods = await podsOf(`labelSelector=app%3D${app}`);
      const staying = pods.every(({ deletionTimestamp }) => deletionTimestamp === undefined);
      return status.observedGeneration >= metadata.generation && staying && status.expectedPods === pods.length;
    });
  };
  const podsOf = async (selector: string) =>
    PodList.parse(await get(`/api/v1/namespaces/${namespace}/pods?${selector}`)).items.map(({ metadata }) => metadata);
  /** Those that a drain evicts. */
  const onFullNode = async () =>
    (await podsOf(`fieldSelector=spec.nodeName%3D${FULL}`)).filter(
      ({ name, deletionTimestamp }) => !name.startsWith('agent-') && deletionTimestamp === undefined,
    );
  /** Uncordoned, all its pods back, and the budget at what it was. */
  const fill = async () => {
    await merge(path.node(FULL), { spec: { unschedulable: null } });
    await settled('crowd');
    await settled('guarded');
    await setBudget(BUDGET, GUARDED - 1, 'guarded');
    await until('all pods to be there', async () => (await onFullNode()).length === CROWD + GUARDED);
  };
  const setTrouble = (value: string | null) => merge(path.node(TARGET), { metadata: { labels: { [TROUBLE]: value } } });

  await setTrouble('yes');
  await merge(path.node('worker-3'), { spec: { unschedulable: true } });
  await merge(path.node('worker-4'), { spec: { taints: [{ key: 'former', effect: 'PreferNoSchedule' }] } });
  await make('deployments', 'web', { replicas: 2 });
  await make('deployments', 'frozen', { replicas: 1, paused: true });
  await make('deployments', 'rolled', { replicas: 1 });
  await make('statefulsets', 'db', { replicas: 2, serviceName: 'db' });
  await make('deployments', 'crowd', { replicas: CROWD }, onFull);
  await make('deployments', 'guarded', { replicas: GUARDED }, onFull);
  await make('daemonsets', 'agent', {}, onFull);
  await settled('rolled');
  const image = { containers: [{ name: 'main', image: 'registry.example/rolled:v2' }] };
  await kube.must('PATCH', path.deployment('rolled'), { spec: { template: { spec: image } } }, strategicPatch);
  for (const name of ['rolled', 'web']) await settled(name);
  await settled('db', 'statefulsets');
  // It allows even while a pod has just been replaced, which the controller manager takes a moment to count.
  await setBudget('db', 0, 'db');
  await fill();

  const owned = stack.move();
  return {
    ...{ plane, kube, get, merge, settled, quiet, setBudget, podsOf, onFullNode, fill, setTrouble },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
