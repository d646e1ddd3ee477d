import { describe, expect, test } from 'vitest';
import { interlocksOf } from '../../../engine/acting/check.ts';
import { defaultLimits } from '../../../engine/acting/limits.ts';
import { poolsOf, withoutThem } from '../../../engine/acting/pools.ts';
import type { Change } from '../../../engine/change.ts';
import { isBroken } from '../../../engine/interlocks.ts';
import type { Store } from '../../../engine/ports.ts';
import type { Readers } from '../../../engine/readers.ts';

const store = { list: async () => [], get: async () => undefined } as unknown as Store;
const clock = { now: () => new Date('2026-11-21T07:30:00Z') };

/** What is read of a node group with these nodes. */
function groupOf(statuses: readonly string[]): Readers['kube'] {
  const rows = statuses.map((status, index) => ({ cells: [`gpu-${index}`, status, '<none>'] }));
  return {
    get: async () => ({ metadata: { name: 'gpu-0', labels: { 'eks.amazonaws.com/nodegroup': 'gpu' } }, spec: {} }),
    list: async () => ({ columnDefinitions: ['Name', 'Status', 'Roles'].map((name) => ({ name })), rows }),
    find: async () => null,
  } as unknown as Readers['kube'];
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
        value: 'gpu-0 is the only one, and takes no new pods as it is',
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
