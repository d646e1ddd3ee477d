import { expect, test } from 'vitest';
import type { Acting } from '../../../engine/acting/desk.ts';
import { drainsNow } from '../../../engine/acting/drained.ts';
import type { Plan } from '../../../engine/plan.ts';
import { lab } from './lab.ts';
import { smallCluster } from './small-cluster.ts';

test.each(['evict', 'delete-pod'] as const)(
  '%s is applied, and says that its pod is still ending until it is gone',
  async (verb) => {
    await using it = await lab([{ verb, namespace: 'shop', pod: 'orders-db-0' }]);
    const { id, interlocks } = await it.requested();
    if (interlocks.some(({ holds }) => !holds)) await it.breakGlass(id);
    expect(await it.approved(id)).toMatchObject({ state: 'applied', ending: 'pod shop/orders-db-0 still ending' });
    await it.passEverywhere(60);
    expect(await it.plan(id)).not.toHaveProperty('ending');
  },
);

test('what holds a pod that does not end is named', async () => {
  const { source, put } = smallCluster([]);
  const metadata = { name: 'db-0', namespace: 'shop', uid: 'p', deletionTimestamp: '2026-11-21T03:00:00Z' };
  put('Pod', { metadata: { ...metadata, finalizers: ['example.com/hold'] }, spec: {}, status: {} } as never);
  const object = { kind: 'Pod', namespace: 'shop', name: 'db-0' };
  const plan = {
    cluster: 'lab',
    changes: [{ verb: 'evict', namespace: 'shop', pod: 'db-0' }],
    steps: [{ state: 'done', uid: 'p', changes: [0], object }],
  } as unknown as Plan;
  expect(await drainsNow({ clusters: [{ name: 'lab', source }] } as unknown as Acting, plan)).toMatchObject({
    ending:
      'pod shop/db-0 still ending: it stays Terminating until whoever set example.com/hold (finalizer) takes that away',
  });
});
