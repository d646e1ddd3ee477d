import { describe, expect, test } from 'vitest';
import { interlocksOf } from '../../../engine/acting/check.ts';
import { defaultLimits } from '../../../engine/acting/limits.ts';
import { poolsOf, withoutThem } from '../../../engine/acting/pools.ts';
import type { Change } from '../../../engine/change.ts';
import { isBroken } from '../../../engine/interlocks.ts';
import type { Store } from '../../../engine/ports.ts';
import type { Readers } from '../../../engine/readers.ts';
import { nodesIn } from './nodes-in.ts';

const store = { list: async () => [], get: async () => undefined } as unknown as Store;
const clock = { now: () => new Date('2026-11-21T07:30:00Z') };

/** What is read of a node group with these nodes. */
function groupOf(statuses: readonly string[]): Readers['kube'] {
  const labels = { 'eks.amazonaws.com/nodegroup': 'gpu' };
  return nodesIn(statuses.map((status, index) => ({ name: `gpu-${index}`, status, labels })));
}

/** Cordoning the first of these nodes, which are all of a node group. */
async function cordoning(statuses: readonly string[], readyNodesPercent = defaultLimits.readyNodesPercent) {
  const kube = groupOf(statuses);
  const checked = { store, clock, kube, limits: { ...defaultLimits, readyNodesPercent } };
  const subject = { id: 'p', cluster: 'c', target: 'node/gpu-0' };
  const all = await interlocksOf(checked, subject, [{ verb: 'cordon', node: 'gpu-0' }]);
  return all.find(({ id }) => id === 'healthy-nodes');
}

describe('a pool with one node', () => {
  test('that takes no pods anyway has none to lose', async () => {
    for (const status of ['NotReady', 'Ready,SchedulingDisabled']) {
      expect(await cordoning([status])).toMatchObject({
        holds: true,
        value: 'gpu-0 takes no new pods anyway: 0 of 1 are ready and schedulable before and after',
      });
    }
  });

  test('has pods to lose when those that run there would end', async () => {
    const taint = { key: 'nightshift.dev/out', effect: 'NoExecute' } as const;
    const emptying: readonly Change[] = [
      { verb: 'drain', node: 'gpu-0' },
      { verb: 'taint', node: 'gpu-0', taint },
    ];
    for (const change of emptying) {
      const pools = await poolsOf(groupOf(['Ready,SchedulingDisabled']), [change]);
      expect(withoutThem(pools, defaultLimits)).toMatchObject([{ holds: false, breakable: true }]);
    }
  });

  test('that works goes by a broken glass', async () => {
    const interlock = await cordoning(['Ready']);
    expect(interlock).toMatchObject({
      holds: false,
      breakable: true,
      value: 'gpu-0 is the only one: none would be left ready and schedulable',
    });
    if (!interlock) throw new Error('there is no such interlock');
    expect(isBroken(interlock, [interlock])).toBe(true);
  });

  test('stays where the team says that all have to', async () => {
    expect(await cordoning(['NotReady'], 100)).toMatchObject({ holds: false, breakable: false });
  });
});

test('of two nodes the last one that works stays', async () => {
  expect(await cordoning(['Ready', 'NotReady'])).toMatchObject({ holds: false, breakable: false });
  expect(await cordoning(['NotReady', 'Ready'])).toMatchObject({ holds: true });
});

describe('a pool where too many nodes are away', () => {
  const away = ['NotReady', 'NotReady', 'Ready'];

  test('loses nothing by the cordon of one that is not ready, on the very night that it is wanted', async () => {
    expect(await cordoning(away)).toMatchObject({
      holds: true,
      value: 'gpu-0 takes no new pods anyway: 1 of 3 are ready and schedulable before and after',
    });
    expect(await cordoning(away, 100)).toMatchObject({ holds: false, breakable: false });
  });

  test('keeps those that work', async () => {
    expect(await cordoning(['Ready', 'NotReady', 'NotReady', 'Ready'])).toMatchObject({
      holds: false,
      breakable: false,
      value: '1 of 4 would be left ready and schedulable; at least 3 must',
    });
  });

  test('keeps the pods of those that are not ready as well', async () => {
    const pools = await poolsOf(groupOf(away), [{ verb: 'drain', node: 'gpu-0' }]);
    expect(withoutThem(pools, defaultLimits)).toMatchObject([{ holds: false, breakable: false }]);
  });
});

describe('the control plane', () => {
  type Role = 'control-plane' | 'controlplane' | 'etcd' | 'master';
  /** Nodes of these roles beside nine workers; what is done to the first of them. */
  async function judged(change: Change, roles: readonly Role[], statuses: readonly string[]) {
    const labels = Object.fromEntries(roles.map((role) => [`node-role.kubernetes.io/${role}`, 'true']));
    const plane = statuses.map((status, index) => ({ name: `cp-${index}`, status, roles: roles.join(','), labels }));
    const workers = Array.from({ length: 9 }, (_, index) => ({ name: `w-${index}` }));
    return withoutThem(await poolsOf(nodesIn([...plane, ...workers]), [change]), defaultLimits);
  }
  const cordon = { verb: 'cordon', node: 'cp-0' } as const;
  const drain = { verb: 'drain', node: 'cp-0' } as const;

  test.each<[string, readonly Role[], string]>([
    ['kubeadm', ['control-plane'], 'control-plane nodes'],
    ['RKE2 and K3s, with etcd on nodes of their own', ['etcd'], 'etcd nodes'],
    ['RKE2 and K3s', ['control-plane', 'etcd', 'master'], 'etcd nodes'],
    ['RKE', ['controlplane'], 'control-plane nodes'],
    ['RKE, with etcd', ['controlplane', 'etcd'], 'etcd nodes'],
  ])('of %s is known by its roles: with one of three away no second one is emptied', async (_what, roles, name) => {
    expect(await judged(drain, roles, ['Ready', 'NotReady', 'Ready'])).toMatchObject([
      { id: 'healthy-nodes', holds: false, title: `Enough healthy nodes among the ${name}` },
      {
        id: 'control-plane-quorum',
        holds: false,
        breakable: false,
        value: `1 of 3 ${name} are ready besides cp-0; 2 are a quorum`,
      },
    ]);
    const workers = await judged({ verb: 'cordon', node: 'w-0' }, roles, ['Ready', 'NotReady', 'Ready']);
    expect(workers).toMatchObject([
      {
        value: '8 of 9 would be left ready and schedulable; at least 6 must; no label says which of them are one pool',
      },
    ]);
  });

  test('of one node: its cordon goes by a broken glass, since its member of etcd stays; its drain never', async () => {
    const both = [
      { id: 'healthy-nodes', holds: false, breakable: true },
      { id: 'control-plane-quorum', holds: false, breakable: true, occasions: ['the only node cp-0'] },
    ];
    expect(await judged(cordon, ['control-plane'], ['Ready'])).toMatchObject(both);
    expect(await judged(drain, ['control-plane'], ['Ready'])).toMatchObject([{}, { holds: false, breakable: false }]);
    expect(await judged(cordon, ['control-plane'], ['NotReady'])).toMatchObject([{ holds: true }, { holds: true }]);
  });

  test('loses nothing of its quorum by the cordon of a node that is not ready', async () => {
    expect(await judged(cordon, ['etcd'], ['NotReady', 'NotReady', 'Ready'])).toMatchObject([
      { holds: true },
      { holds: true, value: 'cp-0 is not ready anyway' },
    ]);
    expect(await judged(drain, ['etcd'], ['NotReady', 'NotReady', 'Ready'])).toMatchObject([{}, { holds: false }]);
  });
});
