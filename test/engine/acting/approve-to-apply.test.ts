import { describe, expect, test } from 'vitest';
import { audit } from '../../../engine/acting/audit.ts';
import { approve } from '../../../engine/acting/decide.ts';
import { WriteFailure } from '../../../engine/action.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import { deed, rule } from './deed.ts';

describe('a fix', () => {
  test('is shown, asked for, approved by somebody else, rehearsed, applied once and verified', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    expect(it.views[0]).toMatchObject({
      mayRequest: true,
      plan: { diff: [{ object: 'Node worker-1', path: 'spec.unschedulable' }] },
    });
    expect(await it.state(plan)).toBe('requested');
    expect(it.cluster.applied).toEqual([]);

    await it.press(plan, 'approve', 'U-LEAD');

    expect(await it.state(plan)).toBe('applied');
    expect(it.cluster.rehearsed).toHaveLength(1);
    expect(it.cluster.applied).toHaveLength(1);
    expect(it.cluster.node('worker-1').spec.unschedulable).toBe(true);

    it.cluster.setReady('worker-1', true);
    await it.pass(60);
    expect((await it.plan(plan))?.verification).toMatchObject({ verdict: 'fixed' });
    const kinds = (await it.ledger()).map(({ kind }) => kind);
    expect(kinds).toEqual(['shown', 'requested', 'approved', 'rehearsed', 'executing', 'applied', 'verified']);
    expect(await audit(it.acting.store)).toMatchObject({ findings: [] });
  });

  test('that does not help is called not fixed, and the alert falling silent proves nothing', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    for (let minute = 0; minute < 6; minute += 1) await it.pass(60);
    expect((await it.plan(plan))?.verification).toMatchObject({ verdict: 'not-fixed', reason: 'ready is false' });
  });

  test('can be undone, by a plan that needs approval itself', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    await it.press(plan, 'undo', 'U-ASKER');
    expect(it.cluster.node('worker-1').spec.unschedulable).toBe(true);
    expect(await it.plan('plan-2')).toMatchObject({
      state: 'requested',
      undoes: plan,
      changes: [{ verb: 'uncordon' }],
    });

    await it.press('plan-2', 'approve', 'U-LEAD');

    expect(await it.state('plan-2')).toBe('applied');
    expect(it.cluster.node('worker-1').spec.unschedulable).toBe(false);
    await it.pass(60);
    expect((await it.plan('plan-2'))?.verification).toMatchObject({
      verdict: 'fixed',
      reason: 'it is as it was before',
    });
  });

  test('waits until enough distinct people have approved', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, approvals: 2 }];
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('requested');
    expect(it.whispers.at(-1)).toMatchObject({ user: 'U-LEAD', text: expect.stringContaining('approved it already') });
    await it.press(plan, 'approve', 'U-SECOND');
    expect(await it.state(plan)).toBe('applied');
  });

  test.each([
    ['the one who asked', 'U-ASKER', 'not among the approvers'],
    ['a guest', 'U-GUEST', 'guests'],
    ['a deactivated account', 'U-GONE', 'deactivated'],
    ['somebody of another workspace', 'U-AWAY', 'other workspaces'],
  ])('is not approved by %s: they alone are told why, and it is written down', async (_who, user, why) => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', user);
    expect(await it.state(plan)).toBe('requested');
    expect(it.cluster.applied).toEqual([]);
    expect(it.whispers.at(-1)).toMatchObject({ user, text: expect.stringContaining(why) });
    expect((await it.ledger()).at(-1)).toMatchObject({ kind: 'denied', by: user });
  });

  test('that is refused is over', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'refuse', 'U-SECOND');
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('refused');
    expect(it.cluster.applied).toEqual([]);
  });

  test('expires when nobody approves it in time', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.pass(31 * 60);
    expect(await it.state(plan)).toBe('expired');
    await it.press(plan, 'approve', 'U-LEAD');
    expect(it.cluster.applied).toEqual([]);
  });

  test('gets no button without a policy, and a policy that is taken away ends what waits', async () => {
    await using it = await deed();
    await it.trouble();
    expect(it.channel.cards().at(-1)?.offered).toEqual(['cordon']);
    const plan = await it.requested();
    it.rules.policy = [];
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('requested');
    expect(it.whispers.at(-1)?.text).toContain('no rule of the policy');
  });

  test('an approval counts only if it still counts when the turn comes', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, approvals: 2 }];
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    await approve(it.acting, plan, { user: 'U-SECOND', channel: 'C1' });
    it.people.standing['U-LEAD'] = 'deactivated';
    await it.settle();
    expect(await it.plan(plan)).toMatchObject({
      state: 'failed',
      because: expect.stringContaining('only 1 of 2 approvals'),
    });
    expect(it.cluster.applied).toEqual([]);
  });

  test('when the workspace does not answer, nobody may do anything', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.people.away = true;
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('requested');
    expect(it.cluster.applied).toEqual([]);
  });
});

describe('a cluster that changed since the plan was shown', () => {
  test('makes the plan outdated, says what changed, and the new plan is asked for', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.cluster.remove('Node', 'worker-1');
    it.cluster.put('Node', { metadata: { name: 'worker-1', uid: 'another' }, ready: false, spec: {}, status: {} });
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.plan(plan)).toMatchObject({
      state: 'outdated',
      because: expect.stringContaining('another one of the same name'),
    });
    expect(it.cluster.applied).toEqual([]);
    const next = (await it.plan(plan))?.supersededBy ?? '';
    expect(await it.plan(next)).toMatchObject({ state: 'requested', approvals: [] });
    await it.press(next, 'approve', 'U-LEAD');
    expect(await it.state(next)).toBe('applied');
  });

  test('a heartbeat changes nothing of a plan', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.cluster.setReady('worker-1', false);
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('applied');
  });

  test('a problem that is gone retires the request, and says so', async () => {
    await using it = await deed();
    const incident = await it.trouble();
    const plan = await it.requested();
    it.cluster.setReady('worker-1', true);
    await it.queue.send([
      { queue: 'investigate', group: 'x', body: { type: 'look', incident: incident.id, wanted: 99 } },
    ]);
    await it.settle();
    expect(await it.plan(plan)).toMatchObject({ state: 'moot', because: expect.stringContaining('ready') });
    await it.press(plan, 'approve', 'U-LEAD');
    expect(it.cluster.applied).toEqual([]);
  });

  test('and one that is gone at the very moment of execution too', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.cluster.setReady('worker-1', true);
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('moot');
    expect(it.cluster.applied).toEqual([]);
  });
});

describe('the API server', () => {
  test('that cannot be read when the turn comes is no sign that the problem is gone', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await approve(it.acting, plan, { user: 'U-LEAD', channel: 'C1' });
    it.cluster.hooks.beforeRead = () => {
      throw new ReadFailure('unreachable', 'connection refused');
    };
    await it.settle();
    expect(await it.plan(plan)).toMatchObject({
      state: 'failed',
      because: 'The kubelet stopped? could not be seen: Node object: connection refused',
    });
    expect(it.cluster.applied).toEqual([]);
  });

  test('that refuses the rehearsal keeps everything from being applied', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.cluster.faults.push((_action, dryRun) =>
      dryRun ? new WriteFailure('forbidden', 'may not patch nodes', false, { remedy: '- apiGroups: [""]' }) : undefined,
    );
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.plan(plan)).toMatchObject({
      state: 'failed',
      because: expect.stringMatching(/rehearsal.*may not patch nodes[\s\S]*apiGroups/),
    });
    expect(it.cluster.applied).toEqual([]);
  });

  test('that does something and does not say so leaves it unknown: looked up, decided by a person, never repeated', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.cluster.faults.push((_action, dryRun) => (dryRun ? undefined : 'done-but-lost'));
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.plan(plan)).toMatchObject({
      state: 'unknown',
      because: expect.stringContaining('the change is there'),
    });
    await it.pass(3600);
    expect(it.cluster.applied).toHaveLength(1);
    it.cluster.faults.length = 0;
    await it.press(plan, 'it-was-applied', 'U-ASKER');
    expect(await it.state(plan)).toBe('unknown');
    await it.press(plan, 'it-was-applied', 'U-LEAD');
    expect(await it.state(plan)).toBe('applied');
    await it.press(plan, 'it-was-not-applied', 'U-SECOND');
    expect(await it.state(plan)).toBe('applied');
    expect(it.cluster.applied).toHaveLength(1);
  });

  test('that refuses the change itself makes it failed, and a new plan can be asked for', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.cluster.faults.push((_action, dryRun) =>
      dryRun ? undefined : new WriteFailure('conflict', 'the object has been modified', false),
    );
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('failed');
    it.cluster.faults.length = 0;
    await it.press(plan, 'plan-again', 'U-ASKER');
    expect(await it.state('plan-2')).toBe('requested');
  });
});
