import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { agreedOf } from '../../../engine/acting/agreed.ts';
import { blueprintOf, kubeOf } from '../../../engine/acting/compile.ts';
import { defaultLimits } from '../../../engine/acting/limits.ts';
import type { Change } from '../../../engine/change.ts';
import type { Plan } from '../../../engine/plan.ts';
import { CLUSTER } from '../../real/support/crash/stage.ts';
import { lab } from './lab.ts';

const Pods = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), spec: z.object({ nodeName: z.string() }) })),
});
const limits = { memory: '768Mi' };
const dns = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' } as const;
const proxy = { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' } as const;
const db = { kind: 'StatefulSet', namespace: 'shop', name: 'orders-db' } as const;
const changes = {
  'a restart of the Deployment': { verb: 'restart', workload: dns },
  'new limits of the DaemonSet': { verb: 'set-resources', workload: proxy, container: 'kube-proxy', limits },
  'a restart of the StatefulSet': { verb: 'restart', workload: db },
  'a restart of another Deployment': {
    verb: 'restart',
    workload: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  },
  'a drain of their node': { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] },
} as const satisfies Readonly<Record<string, Change>>;

const places = {
  'a pod of the Deployment': ['coredns-', 'worker-3'],
  'another pod of the Deployment': ['coredns-', 'worker-1'],
  'a pod of the DaemonSet': ['kube-proxy-', 'worker-3'],
  'its pod on another node': ['kube-proxy-', 'worker-1'],
  'a pod of the StatefulSet': ['orders-db-0', 'worker-3'],
} as const;
type What = keyof typeof changes | keyof typeof places;

describe('of a workload and its pods', () => {
  let it: Awaited<ReturnType<typeof lab>>;
  beforeAll(async () => {
    it = await lab([]);
  });
  afterAll(() => it[Symbol.asyncDispose]());

  async function changeOf(what: What): Promise<Change> {
    if (what in changes) return changes[what as keyof typeof changes];
    const [prefix, node] = places[what as keyof typeof places];
    const namespace = prefix.startsWith('orders') ? 'shop' : 'kube-system';
    const { items } = Pods.parse(await kubeOf(it.cluster).list('Pod', { namespace }));
    const pod = items.find(({ metadata, spec }) => metadata.name.startsWith(prefix) && spec.nodeName === node);
    if (!pod) throw new Error(`no pod ${prefix}… is on ${node}`);
    return {
      verb: what.includes('DaemonSet') || what.startsWith('its') ? 'delete-pod' : 'evict',
      namespace,
      pod: pod.metadata.name,
    };
  }

  async function planOf(what: What): Promise<Plan> {
    const change = await changeOf(what);
    const at = it.acting.clock.now().toISOString();
    const basis = { incident: 'i', remedy: 'r', restsOn: 'c', changes: [change], at, plan: what };
    const { diff, touches, moves, clusterUid, blocked } = await blueprintOf(it.cluster, basis);
    expect(blocked).toEqual([]);
    // Of incidents that have nothing to do with each other.
    const place = { cluster: CLUSTER, clusterUid, target: `component/${what}` };
    return { id: what, title: what, ...place, changes: [change], diff, touches, moves } as unknown as Plan;
  }

  /** What the second has to wait for, after the first: until it has cooled down, or until it is over. */
  async function waits(first: What, second: What, state: Plan['state']) {
    const at = it.acting.clock.now().toISOString();
    const plan = { ...(await planOf(first)), state, executedAt: at, endedAt: at };
    await it.store.put({ collection: 'plans', id: plan.id, value: plan, expect: 'any' });
    const { changes: own, ...subject } = await planOf(second);
    const checked = { ...it.acting, kube: kubeOf(it.cluster), limits: defaultLimits };
    const all = await agreedOf(checked, subject, own);
    await it.store.put({
      collection: 'plans',
      id: plan.id,
      value: { ...plan, state: 'shown', executedAt: undefined },
      expect: 'any',
    });
    return all.find(({ id }) => id === (state === 'applied' ? 'cool-down' : 'one-at-a-time'));
  }

  test.each<[What, What, string]>([
    ['a pod of the Deployment', 'a restart of the Deployment', 'a pod of ReplicaSet kube-system/coredns'],
    ['a restart of the Deployment', 'a pod of the Deployment', 'deployment/kube-system/coredns'],
    ['a pod of the Deployment', 'another pod of the Deployment', 'a pod of ReplicaSet kube-system/coredns'],
    ['a pod of the DaemonSet', 'new limits of the DaemonSet', 'a pod of DaemonSet kube-system/kube-proxy on worker-3'],
    ['new limits of the DaemonSet', 'a pod of the DaemonSet', 'daemonset/kube-system/kube-proxy'],
    ['a pod of the StatefulSet', 'a restart of the StatefulSet', 'a pod of StatefulSet shop/orders-db'],
    ['a restart of the StatefulSet', 'a pod of the StatefulSet', 'statefulset/shop/orders-db'],
    ['a drain of their node', 'a restart of the Deployment', 'a pod of ReplicaSet kube-system/coredns'],
  ])(
    'after %s, %s waits until it has cooled down, and while nobody knows whether that was done',
    async (first, second, shared) => {
      expect(await waits(first, second, 'applied')).toMatchObject({
        holds: false,
        breakable: true,
        value: `${shared} was changed 0 min ago (${first}): 10 min to wait`,
      });
      expect(await waits(first, second, 'unknown')).toMatchObject({
        holds: false,
        breakable: false,
        value: expect.stringContaining(`"${first}" was applied to ${shared}:`),
      });
      expect(await waits(first, second, 'executing')).toMatchObject({ holds: false, breakable: false });
    },
  );

  test.each<[What, What]>([
    ['a pod of the Deployment', 'a restart of another Deployment'],
    ['a restart of another Deployment', 'a pod of the Deployment'],
    ['a pod of the DaemonSet', 'its pod on another node'],
    ['new limits of the DaemonSet', 'a drain of their node'],
  ])('after %s, %s need not wait', async (first, second) => {
    expect(await waits(first, second, 'applied')).toMatchObject({ holds: true });
    expect(await waits(first, second, 'unknown')).toMatchObject({ holds: true });
  });

  test('a drain waits while nobody knows whether a workload that it would end pods of was changed, and not afterwards', async () => {
    const [first, second] = ['a restart of the Deployment', 'a drain of their node'] as const;
    expect(await waits(first, second, 'unknown')).toMatchObject({ holds: false });
    expect(await waits(first, second, 'applied')).toMatchObject({ holds: true });
  });
});
