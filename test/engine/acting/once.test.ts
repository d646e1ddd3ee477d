import { describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { execute } from '../../../engine/acting/execute.ts';
import { WriteFailure } from '../../../engine/action.ts';
import { deed, rule } from './deed.ts';

const from = (user: string) => ({ user, channel: 'C1' });

describe('once', () => {
  test('fifty clicks at the same moment approve once and apply once', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await Promise.all(Array.from({ length: 50 }, () => approve(it.acting, plan, from('U-LEAD'))));
    await it.settle();
    expect((await it.plan(plan))?.approvals).toHaveLength(1);
    expect(it.cluster.applied).toHaveLength(1);
  });

  test('two approvers at the same moment, where one is enough: one counts, and it is applied once', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await Promise.all([approve(it.acting, plan, from('U-LEAD')), approve(it.acting, plan, from('U-SECOND'))]);
    await it.settle();
    expect((await it.plan(plan))?.approvals).toHaveLength(1);
    expect(it.cluster.applied).toHaveLength(1);
  });

  test('a yes and a no at the same moment: one of them holds', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, approvals: 2 }];
    await it.trouble();
    const plan = await it.requested();
    await Promise.all([it.press(plan, 'approve', 'U-LEAD'), it.press(plan, 'refuse', 'U-SECOND')]);
    await it.press(plan, 'approve', 'U-SECOND');
    expect(await it.state(plan)).toBe('refused');
    expect(it.cluster.applied).toEqual([]);
  });

  test('ten workers with the same message: one applies it', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await approve(it.acting, plan, from('U-LEAD'));
    await Promise.allSettled(Array.from({ length: 10 }, () => execute(it.acting, plan)));
    await it.settle();
    expect(await it.state(plan)).toBe('applied');
    expect(it.cluster.applied).toHaveLength(1);
  });

  test('every message delivered again, in the reverse order: nothing changes', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    const before = await it.plan(plan);
    const [asked, pressed] = [
      { type: 'request', plan, by: 'U-ASKER', channel: 'C1' } as const,
      { type: 'decide', plan, button: 'approve', by: 'U-LEAD', channel: 'C1' } as const,
    ];
    for (const body of [{ type: 'execute', plan } as const, pressed, asked]) await it.send(body);
    expect(await it.plan(plan)).toEqual({ ...before, wishes: expect.any(Array) });
    expect(it.cluster.applied).toHaveLength(1);
  });

  test('a worker that takes longer than its lease is not overtaken while it lives', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await approve(it.acting, plan, from('U-LEAD'));
    const answer = Promise.withResolvers<void>();
    const slow = it.cluster.writer.apply;
    const writers = new Map([
      [
        'prod-eu',
        {
          ...it.cluster.writer,
          apply: async (...it: Parameters<typeof slow>) => answer.promise.then(() => slow(...it)),
        },
      ],
    ]);
    const first = execute({ ...it.acting, writers }, plan);
    while ((await it.plan(plan))?.steps[0]?.state !== 'started') await new Promise((turn) => setImmediate(turn));
    await expect(execute(it.acting, plan)).rejects.toThrow('may still be running');
    answer.resolve();
    await first;
    expect(await it.state(plan)).toBe('applied');
    expect(it.cluster.applied).toHaveLength(1);
  });

  test('a plan whose process died while a request was under way is looked up, and left to a person', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await approve(it.acting, plan, from('U-LEAD'));
    const never = new Map([['prod-eu', { ...it.cluster.writer, apply: () => new Promise<never>(() => {}) }]]);
    void execute({ ...it.acting, writers: never }, plan);
    while ((await it.plan(plan))?.steps[0]?.state !== 'started') await new Promise((turn) => setImmediate(turn));
    await it.pass(60);
    expect(await it.plan(plan)).toMatchObject({
      state: 'unknown',
      because: expect.stringContaining('the change is not there'),
    });
    await it.pass(3600);
    expect(it.cluster.applied).toEqual([]);
    await it.press(plan, 'it-was-not-applied', 'U-LEAD');
    expect(await it.state(plan)).toBe('failed');
  });

  test('a ledger that cannot be written stops the execution before anything is sent', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await approve(it.acting, plan, from('U-LEAD'));
    const full = new Error('the disk is full');
    const store = {
      ...it.acting.store,
      put: async (write: Parameters<typeof it.acting.store.put>[0]) =>
        write.collection === 'ledger' ? Promise.reject(full) : it.acting.store.put(write),
    };
    await expect(execute({ ...it.acting, store }, plan)).rejects.toThrow('the disk is full');
    expect(it.cluster.applied).toEqual([]);
    await it.settle();
    expect(it.cluster.applied).toHaveLength(1);
  });

  test('a conflict found by the API server is never overcome by force', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.cluster.faults.push((_action, dryRun) => (dryRun ? undefined : new WriteFailure('conflict', 'modified', false)));
    await it.press(plan, 'approve', 'U-LEAD');
    await it.pass(3600);
    expect(it.cluster.applied).toEqual([]);
    expect(await it.state(plan)).toBe('failed');
  });
});
