import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../../engine/acting/limits.ts';
import { poolsOf, withoutThem } from '../../../engine/acting/pools.ts';
import type { Change } from '../../../engine/change.ts';
import { edited, type Fields, type Thing } from '../changes/fake-cluster.ts';
import { type PodLike, pod } from '../changes/recorded.ts';
import { type NodeLike, nodesIn } from './nodes-in.ts';

const drain: Change = { verb: 'drain', node: 'gpu-1' };
const cordon: Change = { verb: 'cordon', node: 'gpu-1' };
/** Two nodes of one kind, the second of which is down, and eight of another. */
function world(gpu: Partial<NodeLike>, general: Partial<NodeLike>): readonly NodeLike[] {
  return [
    { ...gpu, name: 'gpu-1' },
    { ...gpu, name: 'gpu-2', status: 'NotReady' },
    ...Array.from({ length: 8 }, (_, index) => ({ ...general, name: `general-${index}` })),
  ];
}
const judged = async (nodes: readonly NodeLike[], change: Change, pods: readonly Thing[] = []) =>
  withoutThem(await poolsOf(nodesIn(nodes, pods), [change]), defaultLimits);

const asking = (spec: Fields, like: PodLike = {}) => {
  const one = pod('train-0', { node: 'gpu-1', owner: 'StatefulSet train', ...like });
  // The recorded one is bound to its node.
  return edited(one, {
    spec: { ...spec, nodeSelector: { 'kubernetes.io/hostname': null, ...(spec.nodeSelector ?? {}) } },
  });
};

describe('the last node of its pool that works', () => {
  test.each([
    'karpenter.sh/nodepool',
    'karpenter.sh/provisioner-name',
    'eks.amazonaws.com/nodegroup',
    'alpha.eksctl.io/nodegroup-name',
    'cloud.google.com/gke-nodepool',
    'kubernetes.azure.com/agentpool',
    'kops.k8s.io/instancegroup',
    'doks.digitalocean.com/node-pool',
    'lke.linode.com/pool-id',
    'k8s.scaleway.com/pool-name',
    'ibm-cloud.kubernetes.io/worker-pool-name',
    'alibabacloud.com/nodepool-id',
    'vke.vultr.com/node-pool',
    'worker.gardener.cloud/pool',
    'hypershift.openshift.io/nodePool',
    'node.kubernetes.io/pool',
  ])('is kept where %s names the pool, however many others there are', async (label) => {
    const nodes = world({ labels: { [label]: 'gpu' } }, { labels: { [label]: 'general' } });
    expect(await judged(nodes, drain)).toMatchObject([
      { holds: false, breakable: false, value: '0 of 2 would be left ready and schedulable; at least 1 must' },
    ]);
  });

  const owned = (name: string) => ({
    annotations: { 'cluster.x-k8s.io/owner-kind': 'MachineSet', 'cluster.x-k8s.io/owner-name': name },
  });
  const machine = (set: string) => ({
    annotations: { 'machine.openshift.io/machine': `openshift-machine-api/${set}` },
  });
  test.each<[string, Partial<NodeLike>, Partial<NodeLike>, string]>([
    ['Cluster API', owned('md-gpu-58d9b'), owned('md-general-7c6f5'), 'MachineSet md-gpu-58d9b'],
    ['OpenShift', machine('prod-gpu-a-8kq2v'), machine('prod-worker-a-x2v9p'), 'machine set prod-gpu-a'],
  ])('is kept where %s names in an annotation what made it', async (_who, gpu, general, name) => {
    expect(await judged(world(gpu, general), drain)).toMatchObject([
      {
        title: `Enough healthy nodes among the ${name}`,
        holds: false,
        value: '0 of 2 would be left ready and schedulable; at least 1 must',
      },
    ]);
  });
});

describe('where nothing names the pool', () => {
  const card = { 'nvidia.com/gpu': '1' };
  const terms = (operator: string, values: readonly string[]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator, values }] }],
        },
      },
    },
  });

  test.each<[string, Partial<NodeLike>, Fields, string]>([
    ['a label', { labels: { disk: 'fast' } }, { nodeSelector: { disk: 'fast' } }, 'disk=fast'],
    ['an affinity', { labels: { disk: 'fast' } }, terms('In', ['fast', 'faster']), 'disk=fast|faster'],
    ['more than a number', { labels: { disk: '9' } }, terms('Gt', ['5']), 'disk Gt'],
    [
      'a device',
      { allocatable: { 'nvidia.com/gpu': '8' } },
      { containers: [{ name: 'train', resources: { limits: card } }] },
      'nvidia.com/gpu',
    ],
  ])('those count that have what a pod asks for: %s', async (_what, gpu, spec, name) => {
    for (const change of [drain, cordon]) {
      expect(await judged(world(gpu, {}), change, [asking(spec)])).toMatchObject([
        { title: 'Enough healthy nodes among the worker nodes', holds: true },
        { title: `Enough healthy nodes among the worker nodes with ${name}`, holds: false, breakable: false },
      ]);
    }
  });

  test('a pod that is bound to this very node says nothing of a pool', async () => {
    const labels = { 'kubernetes.io/hostname': 'gpu-1' };
    const nodes = world({}, {}).map((one) => ({ ...one, labels: { 'kubernetes.io/hostname': one.name } }));
    expect(await judged(nodes, drain, [asking({ nodeSelector: labels })])).toHaveLength(1);
  });

  test('and no pod asks for anything, the workers are taken together, and it is said that this is a guess', async () => {
    expect(await judged(world({}, {}), drain, [asking({})])).toMatchObject([
      {
        holds: true,
        value: '8 of 10 would be left ready and schedulable; at least 7 must; no label says which of them are one pool',
      },
    ]);
  });

  test('in a cluster too large to read, it is said that taints were not looked at', async () => {
    const many = Array.from({ length: 501 }, (_, index) => ({ name: `gpu-${index}` }));
    const [one] = await judged(many, drain, [asking({ nodeSelector: { disk: 'fast' } })]);
    expect(one?.value).toContain('; they are too many to read their taints; no label says which of them are one pool');
  });
});

describe('a node that a taint keeps free', () => {
  const labels = { 'cloud.google.com/gke-nodepool': 'all' };
  const leaving = { key: 'ToBeDeletedByClusterAutoscaler', value: '1763800000', effect: 'NoSchedule' };
  const nodes = (count: number, taints: readonly (typeof leaving)[], from = 1): readonly NodeLike[] =>
    Array.from({ length: count }, (_, index) => ({ name: `gpu-${index + from}`, labels, taints }));

  test('takes over from none: the last one without is not cordoned', async () => {
    expect(await judged([...nodes(1, []), ...nodes(8, [leaving], 2)], cordon)).toMatchObject([
      {
        holds: false,
        value:
          '0 of 9 would be left ready and schedulable; at least 6 must; 8 are kept free by a taint that not all have: ToBeDeletedByClusterAutoscaler:NoSchedule',
      },
    ]);
  });

  test('is out already: it can be cordoned as well', async () => {
    expect(await judged([...nodes(8, [leaving]), ...nodes(1, [], 9)], cordon)).toMatchObject([{ holds: true }]);
  });

  test.each([
    ['NoSchedule', true],
    ['NoExecute', true],
    ['PreferNoSchedule', false],
  ])('is one with %s: %s', async (effect, isFree) => {
    const mark = { key: 'maintenance', value: 'true', effect };
    const [one] = await judged([...nodes(1, []), ...nodes(8, [mark], 2)], cordon);
    expect(one?.holds).toBe(!isFree);
  });

  test('is not one of a pool that is dedicated by it: all of it carries the taint, and its pods tolerate that', async () => {
    const dedicated = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
    expect(await judged(nodes(9, [dedicated]), cordon)).toMatchObject([
      { holds: true, value: '8 of 9 would be left ready and schedulable; at least 6 must' },
    ]);
  });

  test('is each of a pool that an autoscaler takes away as a whole', async () => {
    const [one] = await judged(nodes(9, [leaving]), drain);
    expect(one).toMatchObject({ holds: false, value: expect.stringContaining('0 of 9 would be left') });
  });

  test('takes the pods that tolerate it, where these say which nodes are one pool', async () => {
    const mark = { key: 'gpu', value: '', effect: 'NoSchedule' };
    const gpu = { labels: { disk: 'fast' }, taints: [mark] };
    const all = [...world({}, {}).slice(2), ...['gpu-1', 'gpu-2', 'gpu-3'].map((name) => ({ ...gpu, name }))];
    const train = asking({ nodeSelector: { disk: 'fast' } }, { tolerations: [{ key: 'gpu', operator: 'Exists' }] });
    expect((await judged(all, drain, [train])).at(-1)).toMatchObject({
      holds: true,
      value: '2 of 3 would be left ready and schedulable; at least 2 must',
    });
  });
});
