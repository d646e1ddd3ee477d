import { describe, expect, test } from 'vitest';
import { ReadFailure } from '../../../engine/errors.ts';
import { deed } from './deed.ts';
import { lab } from './lab.ts';

/** A cordon of the node in trouble, applied. */
async function applied(it: Awaited<ReturnType<typeof deed>>): Promise<string> {
  await it.trouble();
  const plan = await it.requested();
  await it.press(plan, 'approve', 'U-LEAD');
  expect(await it.state(plan)).toBe('applied');
  return plan;
}

describe('the verification of a fix', () => {
  test('looks again until it is fixed, and no longer', async () => {
    await using it = await deed();
    const plan = await applied(it);
    await it.pass(15);
    expect((await it.plan(plan))?.verification).toMatchObject({ verdict: 'waiting', looks: 1 });
    it.cluster.setReady('worker-1', true);
    await it.pass(15);
    await it.pass(60);

    expect((await it.plan(plan))?.verification).toMatchObject({ verdict: 'fixed', looks: 2 });
  });

  test('edits the plan where it says something new, and neither card nor plan where it does not', async () => {
    await using it = await deed();
    await applied(it);
    const edits = () => it.channel.posts.reduce((sum, post) => sum + post.edits, 0);
    await it.pass(15);
    const first = edits();
    await it.pass(15);
    await it.pass(15);
    expect(edits()).toBe(first);
    it.cluster.hooks.beforeRead = () => {
      throw new ReadFailure('unreachable', 'connection refused');
    };
    await it.pass(15);

    expect(edits()).toBe(first + 1);
  });

  test('offers the same fix again only when it is over', async () => {
    await using it = await deed();
    await applied(it);
    expect(it.channel.cards().at(-1)?.offered).toEqual([]);
    await it.pass(15);
    expect(it.channel.cards().at(-1)?.offered).toEqual([]);
    for (let look = 0; look < 40; look += 1) await it.pass(15);
    expect(it.channel.cards().at(-1)?.offered).toEqual(['cordon']);
  });

  test('says nothing while nobody knows whether the fix was taken back, and judges once somebody does', async () => {
    await using it = await deed();
    const plan = await applied(it);
    await it.press(plan, 'undo', 'U-ASKER');
    it.cluster.faults.push((_action, dryRun) => (dryRun ? undefined : 'done-but-lost'));
    await it.press('plan-2', 'approve', 'U-LEAD');
    expect(await it.state('plan-2')).toBe('unknown');
    it.cluster.setReady('worker-1', true);
    for (let look = 0; look < 40; look += 1) await it.pass(15);
    expect((await it.plan(plan))?.verification).toMatchObject({
      verdict: 'waiting',
      reason: 'nobody knows yet whether it was taken back: see plan plan-2',
    });
    expect((await it.ledger()).filter(({ kind }) => kind === 'verified')).toEqual([]);
    await it.press('plan-2', 'it-was-not-applied', 'U-LEAD');
    await it.pass(60);

    expect((await it.plan(plan))?.verification).toMatchObject({ verdict: 'fixed' });
  });

  test('ends without a verdict once somebody says that the fix was taken back', async () => {
    await using it = await deed();
    const plan = await applied(it);
    await it.press(plan, 'undo', 'U-ASKER');
    it.cluster.faults.push((_action, dryRun) => (dryRun ? undefined : 'done-but-lost'));
    await it.press('plan-2', 'approve', 'U-LEAD');
    await it.pass(300);
    await it.press('plan-2', 'it-was-applied', 'U-LEAD');
    for (let look = 0; look < 20; look += 1) await it.pass(15);

    expect(await it.plan(plan)).toMatchObject({ takenBack: { plan: 'plan-2' } });
    expect((await it.plan(plan))?.verification).toBeUndefined();
  });

  test('that cannot see the evidence waits until its time is up, and then says that it cannot be told', async () => {
    await using it = await deed();
    const plan = await applied(it);
    it.cluster.hooks.beforeRead = () => {
      throw new ReadFailure('unreachable', 'connection refused');
    };
    await it.pass(15);
    const meanwhile = (await it.plan(plan))?.verification;
    for (let minute = 0; minute < 4; minute += 1) await it.pass(60);

    expect(meanwhile).toMatchObject({ verdict: 'waiting' });
    expect((await it.plan(plan))?.verification).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'it cannot be told, evidence is missing: Node object (connection refused)',
    });
    expect((await it.ledger()).at(-1)).toMatchObject({ kind: 'verified', details: { verdict: 'cannot-tell' } });
  });

  test('says what it says for the last time: evidence that comes back in time decides', async () => {
    await using it = await deed();
    const plan = await applied(it);
    it.cluster.hooks.beforeRead = () => {
      throw new ReadFailure('unreachable', 'connection refused');
    };
    await it.pass(15);
    it.cluster.hooks.beforeRead = () => undefined;
    for (let minute = 0; minute < 4; minute += 1) await it.pass(60);

    expect((await it.plan(plan))?.verification).toMatchObject({ verdict: 'not-fixed', reason: 'ready is false' });
  });
});

test('the verification of a fix that rolls out says so as long as it has not reached all of its pods', async () => {
  const workload = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
  await using it = await lab([{ verb: 'scale', workload, replicas: 9 }]);
  const { id } = await it.requested();
  await it.approved(id);
  await it.pass(15);

  expect((await it.plan(id)).verification?.reason).toMatch(
    /; and its rollout is not over: Deployment shop\/web: its last change has not been taken up yet$/,
  );
});
