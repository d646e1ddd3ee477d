import { describe, expect, it } from 'vitest';
import { arrived } from '../../../engine/acting/arrival.ts';
import type { Change, Taint } from '../../../engine/change.ts';
import type { Step } from '../../../engine/plan.ts';
import { edited, type FakeCluster, type Fields } from '../changes/fake-cluster.ts';
import { compiled, like, must, node, plan, pod, shop, stepsOf, web } from '../changes/recorded.ts';

/** The only step of a change, and what the cluster has of its object at this moment. */
async function stepFor(cluster: FakeCluster, change: Change) {
  const [step] = stepsOf(await compiled(cluster, change));
  return must(step);
}
const now = (cluster: FakeCluster, { object }: Step) =>
  object ? (cluster.find(object.kind, object.name) ?? null) : null;
const busybox = { key: 'a', value: 'yes', effect: 'NoSchedule' } as const satisfies Taint;
const other = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' } as const satisfies Taint;

describe('whether the request of a step arrived is judged by its object alone', () => {
  const cluster = () => shop({ Node: [node('worker-1', {})] });
  const cordon = { verb: 'cordon', node: 'worker-1' } as const;
  const taint = { verb: 'taint', node: 'worker-1', taint: busybox } as const;

  it.each<[string, Change, Fields | null, string]>([
    ['the field is as meant', cordon, { spec: { unschedulable: true } }, 'yes'],
    ['the field is as before', cordon, { spec: {} }, 'no'],
    ['others changed the object, not the field', cordon, { spec: { taints: [other] } }, 'no'],
    ['the object is gone', cordon, null, 'cannot-tell'],
    ['the taint is there, and others beside it', taint, { spec: { taints: [other, busybox] } }, 'yes'],
    ['there are other taints only', taint, { spec: { taints: [other] } }, 'no'],
    ['the taint has another value', taint, { spec: { taints: [{ ...busybox, value: 'no' }] } }, 'cannot-tell'],
  ])('of a patch: %s', async (_case, change, found, verdict) => {
    const step = await stepFor(cluster(), change);
    const object = found && edited(node('worker-1', {}), found);
    expect(arrived(step, plan, object)).toBe(verdict);
  });

  it('another object of the same name says nothing', async () => {
    const step = await stepFor(cluster(), cordon);
    const another = edited(node('worker-1', {}), { metadata: { uid: 'another' }, spec: { unschedulable: true } });
    expect(arrived(step, plan, another)).toBe('cannot-tell');
    expect(arrived(step, plan, 'oops')).toBe('cannot-tell');
  });

  it('a restart that was never sent is not there, whether or not one could be sent now', async () => {
    const things = shop();
    const step = await stepFor(things, { verb: 'restart', workload: web });
    const paused = edited(must(things.find('Deployment', 'web')), { spec: { paused: true } });
    expect(arrived(step, plan, paused)).toBe('no');
  });

  it('a restart after which somebody else restarted it cannot be told', async () => {
    const things = shop();
    const step = await stepFor(things, { verb: 'restart', workload: web });
    const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T09:00:00Z' };
    const later = edited(must(things.find('Deployment', 'web')), { spec: { template: { metadata: { annotations } } } });
    expect(arrived(step, plan, later)).toBe('cannot-tell');
  });

  it.each(['evict', 'delete-pod'] as const)('a pod to %s is there, gone, going, or another one', async (verb) => {
    const things = shop({
      Pod: [pod('web-1', { owner: 'ReplicaSet web' }), pod('web-2', { owner: 'ReplicaSet web', node: 'worker-1' })],
      PodDisruptionBudget: [],
    });
    const step = await stepFor(things, { verb, namespace: 'shop', pod: 'web-1' });
    const there = must(now(things, step) ?? undefined);
    expect(arrived(step, plan, there)).toBe('no');
    expect(arrived(step, plan, null)).toBe('yes');
    expect(arrived(step, plan, edited(there, { metadata: { deletionTimestamp: '2026-11-21T09:00:00Z' } }))).toBe('yes');
    expect(arrived(step, plan, edited(there, { metadata: { uid: 'of another' } }))).toBe('yes');
    expect(arrived(step, plan, { metadata: { name: 'x' } })).toBe('cannot-tell');
  });

  it('something created is there only with the mark of this plan', async () => {
    const things = shop({ FlowSchema: [], PriorityLevelConfiguration: [] });
    const subject = { kind: 'User', name: 'crawler' } as const;
    const step = await stepFor(things, { verb: 'isolate-flow', flow: 'crawler', subject, shares: 3 });
    const marked = (by: string) =>
      like('Deployment', 'web', { metadata: { annotations: { 'nightshift.dev/plan': by } } });
    expect(arrived(step, plan, null)).toBe('no');
    expect(arrived(step, plan, marked(plan))).toBe('yes');
    expect(arrived(step, plan, marked('another'))).toBe('no');
  });

  it('an amount that the API server writes otherwise is the same amount', async () => {
    const things = shop();
    const limits = { memory: '1Gi' };
    const change = { verb: 'set-resources', workload: web, container: 'httpd', limits } as const;
    const deployment = must(things.find('Deployment', 'web'));
    const [container] = must((deployment as { spec?: { template: { spec: { containers: { name: string }[] } } } }).spec)
      .template.spec.containers;
    const { name } = must(container);
    const step = await stepFor(things, { ...change, container: name });
    const spec = { template: { spec: { containers: [{ name, resources: { limits: { memory: '1024Mi' } } }] } } };
    expect(arrived(step, plan, edited(deployment, { spec }, true))).toBe('yes');
  });
});
