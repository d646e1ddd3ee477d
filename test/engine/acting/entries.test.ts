import { describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { execute } from '../../../engine/acting/execute.ts';
import { openPlan } from '../../../engine/acting/open.ts';
import { WriteFailure } from '../../../engine/action.ts';
import { deed } from './deed.ts';
import { lab } from './lab.ts';

const cordon = { verb: 'cordon', node: 'worker-3' } as const;
const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;

describe('the ledger says', () => {
  test('of every request what was sent and what came back', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const { steps } = await it.approved(id);
    const [patched, evicted] = (await it.ledger(id))
      .filter(({ kind }) => kind === 'applied')
      .map(({ details }) => details);
    expect(patched).toMatchObject({
      asked: expect.stringMatching(/^PATCH \/api\/v1\/nodes\/worker-3\b/),
      request: { verb: 'patch', body: { spec: { unschedulable: true } } },
      answer: { status: 200, kind: 'Node', uid: steps[0]?.uid, resourceVersion: expect.stringMatching(/^\d+$/) },
    });
    expect(evicted).toMatchObject({
      request: { verb: 'evict', uid: steps[1]?.uid },
      answer: { status: 201, kind: 'Status' },
    });
  });

  test('what was refused, with the kind of the answer', async () => {
    await using it = await lab([cordon]);
    it.faults.before = () => new WriteFailure('forbidden', 'may not patch nodes', false);
    const { id } = await it.requested();
    await it.approved(id);
    expect((await it.ledger(id)).at(-1)).toMatchObject({
      kind: 'failed',
      details: { step: '1 of 1', answer: 'forbidden', because: 'may not patch nodes' },
    });
  });

  test('that it was rehearsed, before it says that it is executed', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    const plan = await it.approved(id);
    const [rehearsed, executing] = (await it.ledger(id)).slice(3);
    expect(rehearsed).toMatchObject({ kind: 'rehearsed', details: { requests: 1, answer: 'as meant' } });
    expect(executing).toMatchObject({ kind: 'executing', details: { approvedBy: ['U0LEAD'] } });
    expect(plan.rehearsedAt).toBe(rehearsed?.at);
    expect(Date.parse(plan.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(plan.executedAt ?? ''));
  });

  test('that a drain ended where its process died, between two steps', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    await approve(it.acting, id, { user: 'U0LEAD', channel: 'C0CRASH' });
    const dying: typeof it.acting.store = {
      ...it.acting.store,
      put: async (write) => {
        const { steps = [] } = write.value as { readonly steps?: readonly { readonly state: string }[] };
        const done = steps.filter(({ state }) => state === 'done').length;
        if (done === 2 && steps.some(({ state }) => state === 'started')) throw new Error('killed');
        return it.acting.store.put(write);
      },
    };
    await expect(execute({ ...it.acting, store: dying }, id)).rejects.toThrow('killed');
    await it.pass(60);
    expect(await it.plan(id)).toMatchObject({ state: 'partly-applied' });
    expect((await it.ledger(id)).at(-1)).toMatchObject({
      kind: 'partly-applied',
      details: { done: 2, of: 4, because: expect.stringContaining('nothing is in doubt') },
    });
  });

  test('nothing more once its end was cut off: nobody can have anything done, and whoever opens a fix is told why', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    await approve(it.acting, id, { user: 'U0LEAD', channel: 'C0CRASH' });
    await it.store.delete('ledger', '3'.padStart(12, '0'));
    await expect(execute(it.acting, id)).rejects.toThrow('it ends at entry 2, and had 3');
    expect(it.sent).toEqual([]);
    expect(await it.plan(id)).toMatchObject({ state: 'approved' });
    const views: unknown[] = [];
    const chat = { ...it.acting.chat, showPlan: async (_view: string, content: unknown) => views.push(content) > 0 };
    await openPlan({ ...it.acting, chat }, { incident: it.incident, remedy: 'fix', by: 'U0ASKER', view: 'V1' });
    expect(views).toEqual([{ problem: expect.stringContaining('Nothing is changed in any cluster until') }]);
  });

  test('that nobody needs it any more when the problem is gone at the last moment', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.cluster.setReady('worker-1', true);
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('moot');
    expect((await it.ledger()).at(-1)).toMatchObject({
      kind: 'withdrawn',
      details: { because: expect.stringContaining('the problem is gone') },
    });
  });
});
