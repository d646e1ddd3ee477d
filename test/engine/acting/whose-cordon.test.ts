import { describe, expect, test } from 'vitest';
import { cordonLeft, isCordonedAnew } from '../../../engine/acting/cordoned.ts';
import { WriteFailure } from '../../../engine/action.ts';
import type { Change } from '../../../engine/change.ts';
import type { Step } from '../../../engine/plan.ts';
import { lab } from './lab.ts';

type Lab = Awaited<ReturnType<typeof lab>>;

const cordon = { verb: 'cordon', node: 'worker-3' } as const;
const uncordon = { verb: 'uncordon', node: 'worker-3' } as const;
const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;

async function isCordoned({ cluster }: Lab): Promise<boolean> {
  const node = { verb: 'get', kind: 'Node', name: 'worker-3', fresh: true } as const;
  const { body } = await cluster.source.read(node, { deadlineMs: 5_000, maxBytes: 1_000_000 });
  return (body as { readonly spec: { readonly unschedulable?: boolean } }).spec.unschedulable ?? false;
}

/** The undo that was asked for is blocked by the cordon of somebody else, which stands. */
async function theirsIsLeftAlone(it: Awaited<ReturnType<typeof lab>>): Promise<void> {
  expect(await it.latest()).toMatchObject({
    state: 'shown',
    blocked: ['Node worker-3 was uncordoned since, and cordoned anew'],
  });
  expect(await isCordoned(it)).toBe(true);
}

describe('a node that somebody uncordoned and cordoned anew', () => {
  test('is theirs: the undo of our cordon leaves it alone', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    await it.approved(id);
    await it.behindOurBack(uncordon);
    await it.behindOurBack(cordon);
    await it.press(id, 'undo', 'U0ASKER');

    await theirsIsLeftAlone(it);
  });

  test('is not uncordoned by a plan that was shown the cordon before', async () => {
    await using it = await lab([uncordon]);
    await it.behindOurBack(cordon);
    const { id, effects } = await it.requested();
    expect(effects).toContainEqual(expect.stringMatching(/^it has been cordoned since 20/));
    await it.behindOurBack(uncordon);
    await it.behindOurBack(cordon);

    expect(await it.approved(id)).toMatchObject({
      state: 'outdated',
      because: expect.stringContaining('now: it has been cordoned since'),
    });
    expect(await isCordoned(it)).toBe(true);
  });

  test('stays ours when we have only written something else to it', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    await it.approved(id);
    await it.behindOurBack({
      verb: 'annotate',
      object: { kind: 'Node', name: 'worker-3' },
      key: 'nightshift.dev/x',
      value: 'y',
    });
    await it.press(id, 'undo', 'U0ASKER');

    expect(await it.approved((await it.latest()).id)).toMatchObject({ state: 'applied' });
    expect(await isCordoned(it)).toBe(false);
  });
});

describe('a drain that was gone on with', () => {
  /** Stopped after the cordon and an eviction, and gone on with by the other evictions. */
  async function inTwoParts(changes: readonly Change[] = [drain]) {
    const it = await lab(changes);
    it.faults.before = (_action, nth) => (nth === 3 ? new WriteFailure('forbidden', 'may not', false) : undefined);
    const { id: first } = await it.requested();
    expect(await it.approved(first)).toMatchObject({ state: 'partly-applied' });
    delete it.faults.before;
    await it.press(first, 'plan-again', 'U0ASKER');
    const second = (await it.latest()).id;
    expect(await it.approved(second)).toMatchObject({ state: 'applied', continues: first });
    return { it, first, second };
  }

  test.each(['first', 'second'] as const)(
    'is taken back once: the undo of its %s part is the undo of both',
    async (which) => {
      const { it, ...parts } = await inTwoParts();
      await using _lab = it;
      await it.press(parts[which], 'undo', 'U0ASKER');
      const undo = await it.latest();
      expect(await it.approved(undo.id)).toMatchObject({ state: 'applied' });
      for (const id of [parts.first, parts.second]) {
        expect(await it.plan(id)).toMatchObject({ takenBack: { plan: undo.id } });
        expect((await it.card(id)).buttons).not.toContain('undo');
      }
      await it.behindOurBack(cordon);
      await it.press(parts.second, 'undo', 'U0ASKER');

      expect((await it.latest()).id).toBe(undo.id);
      expect(await isCordoned(it)).toBe(true);
    },
  );

  test('does not uncordon a node that was uncordoned by hand and cordoned for other work', async () => {
    const { it, second } = await inTwoParts();
    await using _lab = it;
    await it.behindOurBack(uncordon);
    await it.behindOurBack(cordon);
    await it.press(second, 'undo', 'U0ASKER');

    await theirsIsLeftAlone(it);
  });
});

describe('whose a cordon is', () => {
  const marks = [{ object: 'Node w', path: 'spec.unschedulable', before: 'false', after: 'true' }];
  const node = (manager: string, time: string, timeAdded?: string) => ({
    metadata: {
      managedFields: [
        { manager: 'kubelet', time: '2026-11-21T04:00:00Z', fieldsV1: { 'f:status': {} } },
        { manager, time, fieldsV1: { 'f:spec': { 'f:unschedulable': {} } } },
      ],
    },
    spec: timeAdded === undefined ? {} : { taints: [{ key: 'node.kubernetes.io/unschedulable', timeAdded }] },
  });
  const at = (time: string) => `2026-11-21T${time}Z`;
  const step = { action: '', state: 'done', marks } satisfies Step;
  const cordoned: Step = { ...step, cordon: { by: 'nightshift', at: at('03:00:00') } };

  test('is in the answer to the request', () => {
    expect(cordonLeft(step, node('nightshift', at('03:00:00')))).toEqual(cordoned.cordon);
    expect(cordonLeft({ ...step, marks: [] }, node('nightshift', at('03:00:00')))).toBeUndefined();
    expect(cordonLeft(step, { metadata: {}, spec: {} })).toBeUndefined();
  });

  test.each([
    ['nothing was written since', node('nightshift', at('03:00:00'), at('03:00:00')), false],
    ['its taint came late, and nothing was written since', node('nightshift', at('03:00:00'), at('03:40:00')), false],
    ['somebody else owns the field', node('kubectl-cordon', at('03:00:00'), at('03:00:00')), true],
    ['we wrote something else since', node('nightshift', at('03:20:00'), at('03:00:01')), false],
    ['another plan of ours cordoned it anew', node('nightshift', at('03:20:00'), at('03:20:01')), true],
    ['the cluster does not say', { metadata: {}, spec: {} }, false],
  ])('when %s', (_what, object, anew) => {
    expect(isCordonedAnew(cordoned, object)).toBe(anew);
  });
});
