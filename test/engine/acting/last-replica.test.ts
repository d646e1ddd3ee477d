import { describe, expect, test } from 'vitest';
import { closedOf } from '../../../engine/acting/present-interlocks.ts';
import type { Change } from '../../../engine/change.ts';
import type { Plan } from '../../../engine/plan.ts';
import { lab } from './lab.ts';

/** Two workloads of one replica each run there, and no budget watches over them. */
const NODE = 'worker-2';
const drain = { verb: 'drain', node: NODE, allow: ['local-storage'] } as const;
const alone =
  /^none would be ready until others have started: ReplicaSet monitoring\/\S+, StatefulSet monitoring\/\S+$/;
const ofPlan = ({ interlocks }: Plan) => interlocks.filter(({ id }) => id === 'last-replica');

describe('the last ready replica', () => {
  test('is counted over all changes of a plan: three deletions of three leave none', async () => {
    await using it = await lab(
      [0, 1, 2].map((n): Change => ({ verb: 'delete-pod', namespace: 'shop', pod: `orders-db-${n}` })),
    );
    const plan = await it.opened();
    expect(ofPlan(plan)).toMatchObject([
      { holds: false, value: 'none would be ready until others have started: StatefulSet shop/orders-db' },
    ]);
  });

  test('two deletions of three leave one', async () => {
    await using it = await lab(
      [0, 1].map((n): Change => ({ verb: 'delete-pod', namespace: 'shop', pod: `orders-db-${n}` })),
    );
    expect(ofPlan(await it.opened())).toMatchObject([
      { holds: true, value: 'StatefulSet shop/orders-db keeps 1 of 3 ready' },
    ]);
  });

  test.each<[string, Change]>([
    ['a drain', drain],
    ['a NoExecute taint', { verb: 'taint', node: NODE, taint: { key: 'x', effect: 'NoExecute' } }],
  ])('is told before %s as it is before an eviction, by the name of the workload', async (_what, change) => {
    await using it = await lab([change]);
    expect(ofPlan(await it.opened())).toMatchObject([
      { holds: false, breakable: true, value: expect.stringMatching(alone) },
    ]);
  });

  test('of an eviction alike', async () => {
    await using it = await lab([
      { verb: 'evict', namespace: 'monitoring', pod: 'alertmanager-kube-prometheus-stack-alertmanager-0' },
    ]);
    expect(ofPlan(await it.opened())).toMatchObject([{ holds: false, breakable: true }]);
  });

  test('is not counted where a disruption budget watches over it', async () => {
    await using it = await lab([{ verb: 'drain', node: 'worker-3', allow: ['local-storage'] }]);
    expect(ofPlan(await it.opened())[0]?.value).not.toContain('orders-db');
  });

  test('nobody can answer for a workload that is scaled to nothing', async () => {
    const workload = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
    await using it = await lab([{ verb: 'scale', workload, replicas: 0 }]);
    expect(ofPlan(await it.opened())).toMatchObject([
      { holds: false, breakable: false, value: 'Deployment shop/web would have 0 replicas' },
    ]);
  });

  test('goes only by a broken glass', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    expect(await it.approved(id)).toMatchObject({ state: 'requested' });
    expect(it.sent).toEqual([]);

    expect((await it.breakGlass(id)).breakGlass).toMatchObject({ by: 'U0BOSS', interlocks: ['last-replica'] });
    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  });

  test('which opens for the workloads that were named then, and for no other', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const { breakGlass } = await it.breakGlass(id);
    if (!breakGlass) throw new Error('the glass is whole');
    const { interlocks } = await it.plan(id);
    const [named] = ofPlan(await it.plan(id));
    const [last = ''] = named?.value.split(', ').slice(-1) ?? [];
    const fewer = named?.value.replace(`, ${last}`, '') ?? '';
    expect(closedOf({ breakGlass }, interlocks)).toEqual([]);
    expect(closedOf({ breakGlass: { ...breakGlass, although: [fewer] } }, interlocks)).toEqual([named]);
  });
});

test('two nodes of one pool go together: neither stands in for the other', async () => {
  await using it = await lab([
    { verb: 'cordon', node: 'worker-1' },
    { verb: 'cordon', node: 'worker-2' },
  ]);
  const { interlocks } = await it.opened();
  expect(interlocks.filter(({ id }) => id === 'healthy-nodes')).toMatchObject([
    { holds: false, value: '1 of 3 would be left ready and schedulable; at least 2 must' },
  ]);
});
