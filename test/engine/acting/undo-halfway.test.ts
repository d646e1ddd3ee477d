import { describe, expect, test } from 'vitest';
import { WriteFailure } from '../../../engine/action.ts';
import type { Change } from '../../../engine/change.ts';
import { TryLater } from '../../../engine/errors.ts';
import { lab } from './lab.ts';

type Lab = Awaited<ReturnType<typeof lab>>;

const isolate: Change = {
  verb: 'isolate-flow',
  flow: 'noisy',
  subject: { kind: 'ServiceAccount', namespace: 'shop', name: 'default' },
  shares: 5,
};
const restore: Change = { verb: 'restore-flow', flow: 'noisy' };
const taint = { key: 'x', effect: 'NoSchedule' } as const;
const twoNodes: readonly Change[] = [
  { verb: 'cordon', node: 'worker-1' },
  { verb: 'taint', node: 'worker-2', taint },
];

/** Applied, and its undo asked for. */
async function asked(changes: readonly Change[], before: readonly Change[] = []) {
  const it = await lab(changes);
  // Two of three workers are touched.
  it.rules.limits = { ...it.rules.limits, readyNodesPercent: 1 };
  await it.behindOurBack(...before);
  const { id } = await it.requested();
  expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  await it.press(id, 'undo', 'U0ASKER');
  return { it, id, undo: (await it.latest()).id };
}

/** The second request of the undo is refused. */
async function stopped(changes: readonly Change[], before: readonly Change[] = []) {
  const { it, id, undo } = await asked(changes, before);
  const second = it.sent.length + 2;
  it.faults.before = (_action, nth) => (nth === second ? new WriteFailure('forbidden', 'may not', false) : undefined);
  expect(await it.approved(undo)).toMatchObject({ state: 'partly-applied' });
  delete it.faults.before;
  return { it, id, undo };
}

const note: Change = {
  verb: 'annotate',
  object: { kind: 'Node', name: 'worker-3' },
  key: 'nightshift.dev/x',
  value: 'y',
};

const kinds: readonly [string, readonly Change[], readonly Change[]][] = [
  ['an isolated client', [isolate], []],
  ['a client that is no longer isolated', [restore], [isolate]],
  ['two nodes', twoNodes, []],
];

describe.each(kinds)('an undo of two requests, of %s', (_what, changes, before) => {
  test('that pauses between them goes on with the second', async () => {
    const { it, id, undo } = await asked(changes, before);
    await using _lab = it;
    const sent = it.sent.length;
    const answer = silenceAfterTheFirst(it);
    await it.approved(undo);
    expect(await it.plan(undo)).toMatchObject({ state: 'executing', steps: [{ state: 'done' }, { state: 'waiting' }] });
    answer();
    await it.pass(120);

    expect(await it.plan(undo)).toMatchObject({ state: 'applied', steps: [{ state: 'done' }, { state: 'done' }] });
    expect(it.sent).toHaveLength(sent + 2);
    expect(await it.plan(id)).toMatchObject({ takenBack: { plan: undo } });
  });

  test.each(['plan-again', 'undo'] as const)(
    'that stops between them is finished by another one (%s), at once',
    async (button) => {
      const { it, id, undo } = await stopped(changes, before);
      await using _lab = it;
      const sent = it.sent.length;
      expect((await it.card(undo)).buttons).toContain('plan-again');
      await it.press(button === 'undo' ? id : undo, button, 'U0ASKER');
      const rest = await it.latest();
      expect(rest).toMatchObject({ state: 'requested', undoes: id, continues: undo, blocked: [] });

      expect(await it.approved(rest.id)).toMatchObject({ state: 'applied', steps: [{ state: 'done' }] });
      expect(it.sent).toHaveLength(sent + 1);
      expect(await it.plan(id)).toMatchObject({ takenBack: { plan: rest.id } });
      expect((await it.card(id)).buttons).not.toContain('undo');
    },
  );

  test('that stopped is not said to have brought back what was before', async () => {
    const { it, undo } = await stopped(changes, before);
    await using _lab = it;
    for (let look = 0; look < 80; look += 1) await it.pass(15);

    expect((await it.plan(undo)).verification).toMatchObject({
      verdict: 'not-fixed',
      reason: expect.stringMatching(/ was not done$/),
    });
  });
});

describe('what an undo that stopped halfway has taken back', () => {
  test('is theirs if somebody does it again, and stands in the way of finishing it', async () => {
    const { it, undo } = await stopped(twoNodes);
    await using _lab = it;
    await it.behindOurBack({ verb: 'taint', node: 'worker-2', taint });
    await it.press(undo, 'plan-again', 'U0ASKER');

    expect(await it.latest()).toMatchObject({
      state: 'shown',
      blocked: ['Node worker-2 spec.taints[x:NoSchedule] is x:NoSchedule now, and was left as absent'],
    });
  });

  test('is what it left, also when the one that finishes it stops once more', async () => {
    const { it, id, undo } = await stopped([...twoNodes, note]);
    await using _lab = it;
    await it.press(undo, 'plan-again', 'U0ASKER');
    const second = it.sent.length + 2;
    it.faults.before = (_action, nth) => (nth === second ? new WriteFailure('forbidden', 'may not', false) : undefined);
    const again = await it.latest();
    expect(await it.approved(again.id)).toMatchObject({ state: 'partly-applied', continues: undo });
    delete it.faults.before;
    await it.press(again.id, 'plan-again', 'U0ASKER');
    const last = await it.latest();

    expect(await it.approved(last.id)).toMatchObject({ state: 'applied', continues: again.id, undoes: id });
    expect((await it.plan(id)).takenBack).toMatchObject({ plan: last.id });
  });
});

/** The directory falls silent with the first request; the returned function makes it answer again. */
function silenceAfterTheFirst({ acting: { people }, faults }: Lab) {
  const { person } = people;
  faults.before = () => {
    people.person = async () => {
      throw new TryLater('Slack does not answer', 1_000);
    };
    return undefined;
  };
  return () => {
    people.person = person;
    delete faults.before;
  };
}
