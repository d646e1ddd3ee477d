import { describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { execute } from '../../../engine/acting/execute.ts';
import { WriteFailure } from '../../../engine/action.ts';
import type { Change, Workload } from '../../../engine/change.ts';
import { CLUSTER } from '../../real/support/crash/stage.ts';
import { lab } from './lab.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const satisfies Workload;
const evict = { verb: 'evict', namespace: 'shop', pod: 'orders-db-0' } as const;
const restart = { verb: 'restart', workload: web } as const;
const lead = { user: 'U0LEAD', channel: 'C0CRASH' };

/** Approved, and the process dies after it has stored that it begins and before the request leaves it. */
async function neverSent(it: Awaited<ReturnType<typeof lab>>): Promise<string> {
  const { id } = await it.requested();
  await approve(it.acting, id, lead);
  const { rehearse } = it.acting.writers.get(CLUSTER) ?? { rehearse: undefined };
  if (!rehearse) throw new Error('no writer');
  const writers = new Map([[CLUSTER, { rehearse, apply: () => new Promise<never>(() => {}) }]]);
  void execute({ ...it.acting, writers }, id);
  while ((await it.plan(id)).steps[0]?.state !== 'started') await new Promise((turn) => setImmediate(turn));
  return id;
}

describe('a request of which nobody knows whether it was sent', () => {
  test('an eviction that another one has left no budget for since: the pod is still there', async () => {
    await using it = await lab([evict]);
    const id = await neverSent(it);
    await it.behindOurBack({ ...evict, pod: 'orders-db-1' });
    await it.pass(60);
    expect(await it.plan(id)).toMatchObject({
      state: 'unknown',
      because: expect.stringMatching(/was under way\. Looked in the cluster: the change is not there$/),
    });
  });

  test('a restart of what somebody has paused since: it was not restarted', async () => {
    await using it = await lab([restart]);
    const id = await neverSent(it);
    await it.behindOurBack({ verb: 'pause', workload: web });
    await it.pass(60);
    expect((await it.plan(id)).because).toMatch(/Looked in the cluster: the change is not there$/);
  });

  test('a restart of what somebody else has restarted since: it cannot be told', async () => {
    await using it = await lab([restart]);
    const id = await neverSent(it);
    await it.behindOurBack(restart);
    await it.pass(60);
    expect((await it.plan(id)).because).toMatch(/whether the change was made cannot be told from the object$/);
  });

  test.each<[string, Change]>([
    ['eviction', evict],
    ['restart', restart],
    ['cordon', { verb: 'cordon', node: 'worker-3' }],
  ])('%s: done, and the answer lost: the change is there', async (_what, change) => {
    await using it = await lab([change]);
    const { writer } = { writer: it.acting.writers.get(CLUSTER) };
    if (!writer) throw new Error('no writer');
    const lost = new Map([
      [
        CLUSTER,
        {
          rehearse: writer.rehearse,
          apply: async (...asked: Parameters<typeof writer.apply>) => {
            await writer.apply(...asked);
            throw new WriteFailure('timed-out', 'no answer within 15 s', true);
          },
        },
      ],
    ]);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    await execute({ ...it.acting, writers: lost }, id);
    expect(await it.plan(id)).toMatchObject({
      state: 'unknown',
      because: expect.stringMatching(/Looked in the cluster: the change is there$/),
    });
  });

  test('is still in doubt when the process dies before it could say so, and is not sent again', async () => {
    await using it = await lab([restart]);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    it.faults.before = () => new WriteFailure('timed-out', 'no answer within 15 s', true);
    const dying: typeof it.acting.store = {
      ...it.acting.store,
      put: async (write) => {
        if ((write.value as { readonly state?: string }).state === 'unknown') throw new Error('killed');
        return it.acting.store.put(write);
      },
    };
    await expect(execute({ ...it.acting, store: dying }, id)).rejects.toThrow('killed');
    delete it.faults.before;
    await it.pass(60);
    expect(await it.plan(id)).toMatchObject({ state: 'unknown' });
    expect(it.sent).toHaveLength(1);
  });
});
