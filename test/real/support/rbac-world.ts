import * as z from 'zod';
import { defaultBudget } from '../../../engine/budget.ts';
import type { Change } from '../../../engine/change.ts';
import { compile } from '../../../engine/changes/catalog.ts';
import { runScope } from '../../../engine/scope.ts';
import { clusterFrom } from '../../../infra/kubernetes/client.ts';
import type { ControlPlane } from '../../harness/control-plane.ts';
import { strategicPatch } from '../../harness/kube-client.ts';
import { until } from '../../harness/until.ts';

const namespace = 'shop';
const apps = `/apis/apps/v1/namespaces/${namespace}`;
const pods = `/api/v1/namespaces/${namespace}/pods`;

const Observed = z.object({
  status: z.object({ observedGeneration: z.int().default(0) }).default({ observedGeneration: 0 }),
});
const PodList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ nodeName: z.string().optional() }),
      status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
    }),
  ),
});

/** Something to do for every verb, on a cluster of three nodes where each of these changes is possible. */
export async function prepareForEveryVerb(plane: ControlPlane): Promise<readonly Change[]> {
  const { kube } = plane;
  await plane.runKubelets(await plane.createNodes(3, 6));
  await kube.must('PATCH', '/api/v1/nodes/worker-2', { spec: { unschedulable: true } }, strategicPatch);
  // Not of the cordoned node: whose taint for that the controller manager writes with a list it read a moment before.
  const former = { key: 'former', value: 'yes', effect: 'NoSchedule' } as const;
  await kube.must('PATCH', '/api/v1/nodes/worker-1', { spec: { taints: [former] } }, strategicPatch);
  await makeWorkload(plane, 'deployments', 'web', { replicas: 2 });
  await makeWorkload(plane, 'deployments', 'frozen', { replicas: 0, paused: true });
  await makeWorkload(plane, 'deployments', 'rolled', { replicas: 0 });
  await makeWorkload(plane, 'statefulsets', 'db', { replicas: 0, serviceName: 'db' });
  await makeWorkload(plane, 'statefulsets', 'queue', { replicas: 1, serviceName: 'queue' });
  await makeWorkload(plane, 'daemonsets', 'agent', {}, { nodeSelector: { no: 'node' } });
  const image = {
    spec: { template: { spec: { containers: [{ name: 'main', image: 'registry.example/rolled:v2' }] } } },
  };
  await kube.must('PATCH', `${apps}/deployments/rolled`, image, strategicPatch);
  const [pod = '', other = ''] = await runPods(plane, 'web', 2);
  await runPods(plane, 'queue', 1);
  await makeWorkload(plane, 'statefulsets', 'cellar', { replicas: 1, serviceName: 'cellar' });
  await runPods(plane, 'cellar', 1, 'worker-3');
  await isolate(plane, 'former');

  const deployment = (name: string) => ({ kind: 'Deployment', namespace, name }) as const;
  const db = { kind: 'StatefulSet', namespace, name: 'db' } as const;
  const agent = { kind: 'DaemonSet', namespace, name: 'agent' } as const;
  const web = deployment('web');
  const amounts = { container: 'main', requests: { cpu: '25m' } };
  const key = 'nightshift.dev/note';
  const flow = 'nightshift-former';
  const annotated = [
    { kind: 'Node', name: 'worker-1' },
    { kind: 'Pod', namespace, name: 'app-0-0' },
    ...[web, db, agent],
    { kind: 'FlowSchema', name: flow },
    { kind: 'PriorityLevelConfiguration', name: flow },
  ] as const;
  return [
    { verb: 'cordon', node: 'worker-1' },
    { verb: 'uncordon', node: 'worker-2' },
    { verb: 'drain', node: 'worker-3', allow: ['bare-pods', 'local-storage'] },
    { verb: 'taint', node: 'worker-1', taint: { key: 'dedicated', value: 'new', effect: 'NoSchedule' } },
    { verb: 'untaint', node: 'worker-1', taint: former },
    ...['app-0-0', other, 'queue-0'].map((pod) => ({ verb: 'evict', namespace, pod }) as const),
    { verb: 'delete-pod', namespace, pod },
    ...[web, db, agent].map((workload) => ({ verb: 'restart', workload }) as const),
    { verb: 'undo', workload: deployment('rolled') },
    { verb: 'pause', workload: web },
    { verb: 'resume', workload: deployment('frozen') },
    { verb: 'scale', workload: web, replicas: 3 },
    { verb: 'scale', workload: db, replicas: 1 },
    ...[web, db, agent].map((workload) => ({ verb: 'set-resources', workload, ...amounts }) as const),
    { verb: 'isolate-flow', flow: 'noisy', subject: { kind: 'User', name: 'noisy' }, shares: 5 },
    { verb: 'restore-flow', flow: 'former' },
    ...annotated.map((object) => ({ verb: 'annotate', object, key, value: 'seen' }) as const),
  ];
}

/** What a diagnosis finds in kube-system where kubeadm has made the control plane. */
export async function makeControlPlaneObjects({ kube }: ControlPlane): Promise<void> {
  const labels = { component: 'etcd', tier: 'control-plane' };
  const containers = [{ name: 'etcd', image: 'registry.example/etcd:v3' }];
  const spec = { nodeName: 'worker-1', automountServiceAccountToken: false, containers };
  await kube.must('POST', '/api/v1/namespaces/kube-system/pods', { metadata: { name: 'etcd-worker-1', labels }, spec });
  await kube.must('POST', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases', {
    metadata: { name: 'kube-scheduler' },
    spec: { holderIdentity: 'worker-1', renewTime: new Date().toISOString().replace('Z', '000Z') },
  });
}

type Plural = 'deployments' | 'statefulsets' | 'daemonsets';

async function makeWorkload({ kube }: ControlPlane, plural: Plural, name: string, spec: object, podSpec: object = {}) {
  const labels = { app: name };
  const containers = [{ name: 'main', image: `registry.example/${name}:v1` }];
  const template = { metadata: { labels }, spec: { containers, ...podSpec } };
  await kube.must('POST', `${apps}/${plural}`, {
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template, ...spec },
  });
  await until(`the controller to have seen ${name}`, async () => {
    const { status } = Observed.parse(await kube.must('GET', `${apps}/${plural}/${name}`));
    return status.observedGeneration > 0;
  });
}

/** There is no scheduler: the pods of a workload are bound by hand, and the played kubelets run them. */
async function runPods(
  { kube }: ControlPlane,
  app: string,
  count: number,
  node = 'worker-1',
): Promise<readonly string[]> {
  const find = async () => PodList.parse(await kube.must('GET', `${pods}?labelSelector=app%3D${app}`)).items;
  const made = await until(`the pods of ${app}`, async () => {
    const all = await find();
    return all.length === count && all;
  });
  for (const { metadata } of made) {
    const target = { kind: 'Node', name: node };
    await kube.must('POST', `${pods}/${metadata.name}/binding`, { metadata: { name: metadata.name }, target });
  }
  await until('all of them to be ready', async () =>
    (await find()).every(({ status }) =>
      status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    ),
  );
  return made.map(({ metadata }) => metadata.name);
}

/** A flow of its own, made as a plan would make it. */
async function isolate(plane: ControlPlane, flow: string): Promise<void> {
  const admin = await clusterFrom({ kubeconfig: plane.kubeconfig, version: '1.2.3' });
  const scope = runScope(admin.source, defaultBudget, AbortSignal.timeout(30_000));
  const { kube } = scope.readersFor([], 10_000);
  const change = { verb: 'isolate-flow', flow, subject: { kind: 'User', name: flow }, shares: 5 } as const;
  const { actions } = await compile(change, { kube, at: new Date().toISOString(), plan: 'earlier' });
  for (const action of actions) await admin.writer.apply(action, { deadlineMs: 10_000 });
  await admin.close();
}
