import { describe, expect, test } from 'vitest';
import { WriteFailure } from '../../../engine/action.ts';
import { lab } from './lab.ts';

const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;

/** A drain of four steps that stops at the last. */
async function stoppedDrain() {
  const it = await lab([drain]);
  it.faults.before = (_action, nth) =>
    nth === 4 ? new WriteFailure('budget', 'budget shop/x allows no disruption', false) : undefined;
  const { id } = await it.requested();
  const plan = await it.approved(id);
  delete it.faults.before;
  return { it, plan };
}
const isCordoned = async ({ cluster }: Awaited<ReturnType<typeof lab>>) => {
  const node = { verb: 'get', kind: 'Node', name: 'worker-3', fresh: true } as const;
  const { body } = await cluster.source.read(node, { deadlineMs: 5_000, maxBytes: 1_000_000 });
  return (body as { readonly spec: { readonly unschedulable?: boolean } }).spec.unschedulable ?? false;
};

describe('a drain that stops after three of four steps', () => {
  test('is partly applied, says why, is verified, and can be undone or gone on with', async () => {
    const { it, plan } = await stoppedDrain();
    await using _lab = it;
    expect(plan).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(
        /^stopped after 3 of 4 steps: evict Pod \S+: budget shop\/x allows no disruption$/,
      ),
    });
    expect(await it.card(plan.id)).toMatchObject({
      headline: expect.stringContaining('partly applied'),
      buttons: ['undo', 'plan-again'],
    });
    expect((await it.ledger(plan.id)).at(-1)).toMatchObject({
      kind: 'partly-applied',
      details: { done: 3, of: 4, inverse: [{ verb: 'uncordon', node: 'worker-3' }] },
    });
    await it.pass(60);
    expect((await it.plan(plan.id)).verification).toMatchObject({ verdict: 'waiting' });
  });

  test('is undone by the uncordon of what Nightshift cordoned', async () => {
    const { it, plan } = await stoppedDrain();
    await using _lab = it;
    await it.press(plan.id, 'undo', 'U0ASKER');
    const undo = await it.latest();
    expect(undo).toMatchObject({ state: 'requested', undoes: plan.id, risk: 'low' });
    expect(await it.approved(undo.id)).toMatchObject({ state: 'applied' });
    expect(await isCordoned(it)).toBe(false);
  });

  test('is gone on with by the rest of it, at once, and the undo of that knows that the cordon is ours', async () => {
    const { it, plan } = await stoppedDrain();
    await using _lab = it;
    await it.press(plan.id, 'plan-again', 'U0ASKER');
    const rest = await it.latest();
    expect(rest).toMatchObject({ state: 'requested', continues: plan.id, inverse: [{ verb: 'uncordon' }] });
    expect(rest.diff).toHaveLength(1);
    expect(rest.interlocks.find(({ id }) => id === 'cool-down')).toMatchObject({
      holds: true,
      value: 'it goes on with what stopped halfway, without a cool-down',
    });
    expect(await it.approved(rest.id)).toMatchObject({ state: 'applied' });
    await it.press(rest.id, 'undo', 'U0ASKER');
    expect(await it.approved((await it.latest()).id)).toMatchObject({ state: 'applied' });
    expect(await isCordoned(it)).toBe(false);
  });

  test('once it is undone a further drain begins anew, and a cordon that somebody else made is left to them', async () => {
    const { it, plan } = await stoppedDrain();
    await using _lab = it;
    await it.press(plan.id, 'undo', 'U0ASKER');
    await it.approved((await it.latest()).id);
    await it.behindOurBack({ verb: 'cordon', node: 'worker-3' });
    const fresh = await it.opened();
    expect(fresh).toMatchObject({ inverse: { none: expect.stringContaining('was cordoned before') } });
    expect(fresh.continues).toBeUndefined();
  });
});

test('of several changes only those that were done are taken back', async () => {
  const note = {
    verb: 'annotate',
    object: { kind: 'Node', name: 'worker-3' },
    key: 'nightshift.dev/seen',
    value: 'yes',
  } as const;
  await using it = await lab([
    note,
    { verb: 'scale', workload: { kind: 'Deployment', namespace: 'shop', name: 'web' }, replicas: 6 },
  ]);
  it.faults.before = (_action, nth) => (nth === 2 ? new WriteFailure('forbidden', 'may not', false) : undefined);
  const { id, inverse } = await it.requested();
  expect(inverse).toHaveLength(2);
  expect(await it.approved(id)).toMatchObject({ state: 'partly-applied', inverse: [{ ...note, value: null }] });
});

describe('what was replaced by itself keeps nothing else from being taken back', () => {
  const cordon = { verb: 'cordon', node: 'worker-3' } as const;
  const evict = { verb: 'evict', namespace: 'shop', pod: 'orders-db-0' } as const;

  test('a node that was cordoned before its pod was evicted is uncordoned, as after a drain', async () => {
    await using it = await lab([cordon, evict]);
    const { id, inverse } = await it.requested();
    expect(inverse).toEqual([{ verb: 'uncordon', node: 'worker-3' }]);
    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
    await it.press(id, 'undo', 'U0ASKER');
    expect(await it.approved((await it.latest()).id)).toMatchObject({ state: 'applied' });
    expect(await isCordoned(it)).toBe(false);
  });

  test('an eviction alone has nothing that takes it back', async () => {
    await using it = await lab([evict]);
    expect((await it.opened()).inverse).toMatchObject({ none: expect.stringContaining('does not come back') });
  });
});

test('when the last of several is in doubt and a person says it was not done, the rest is partly applied', async () => {
  await using it = await lab([drain]);
  it.faults.before = (_action, nth) => (nth === 4 ? new WriteFailure('timed-out', 'no answer', true) : undefined);
  const { id } = await it.requested();
  expect(await it.approved(id)).toMatchObject({ state: 'unknown' });
  await it.pass(60);
  expect(await it.press(id, 'it-was-not-applied', 'U0LEAD')).toMatchObject({
    state: 'partly-applied',
    because: 'stopped after 3 of 4 steps: a person has looked: it was not applied',
    inverse: [{ verb: 'uncordon', node: 'worker-3' }],
  });
});
