import { describe, expect, test } from 'vitest';
import { isNotOurs } from '../../../engine/acting/claimed.ts';
import { settleUnknown } from '../../../engine/acting/settle.ts';
import { WriteFailure } from '../../../engine/action.ts';
import type { Step } from '../../../engine/plan.ts';
import { CLUSTER } from '../../real/support/crash/stage.ts';
import { lab } from './lab.ts';
import { lost } from './lost.ts';

const lead = { user: 'U0LEAD', channel: 'C0CRASH' };

const isNotKnown = ['whether what was changed at Node worker-3 is ours is not known'];

describe('a request of which nobody knows whether it arrived, and somebody else made its change since', () => {
  test('is shown to the person who says that it was applied, and is not taken back', async () => {
    const { it, id, undo } = await lost();
    await using _lab = it;
    await it.kubectl('/api/v1/nodes/worker-3', { spec: { unschedulable: true } });

    expect(await settleUnknown(it.acting, id, lead, true)).toBe(
      'Looked in the cluster: the change is there, and does not bear our name: somebody else may have made it, which the message did not say when you answered. Look at it as it is now, and press again.',
    );
    expect(await it.plan(id)).toMatchObject({ state: 'unknown' });
    expect(await settleUnknown(it.acting, id, lead, true)).toBeUndefined();
    expect(await it.plan(id)).toMatchObject({ state: 'applied', steps: [{ state: 'done', notOurs: true }] });
    expect(await undo()).toMatchObject({ state: 'shown', blocked: isNotKnown });
  });

  test('is not taken back either when they make it after that', async () => {
    const { it, id, undo } = await lost();
    await using _lab = it;
    expect(await settleUnknown(it.acting, id, lead, true)).toBeUndefined();
    await it.kubectl('/api/v1/nodes/worker-3', { spec: { unschedulable: true } });

    expect(await undo()).toMatchObject({ state: 'shown', blocked: isNotKnown });
  });

  test('nor when nobody could look then', async () => {
    const { it, id, undo } = await lost();
    await using _lab = it;
    expect(await settleUnknown({ ...it.acting, clusters: [] }, id, lead, true)).toBeUndefined();
    await it.kubectl('/api/v1/nodes/worker-3', { spec: { unschedulable: true } });

    expect(await undo()).toMatchObject({ state: 'shown', blocked: isNotKnown });
  });
});

describe('a request that arrived though its answer was lost', () => {
  test.each([
    ['is hours ahead of', 7_200],
    ['is hours behind', -7_200],
  ])('is ours also where our clock %s that of the API server', async (_how, seconds) => {
    await using it = await lab([{ verb: 'cordon', node: 'worker-3' }]);
    it.ahead(seconds);
    const writer = it.acting.writers.get(CLUSTER);
    it.faults.before = async (action) => {
      delete it.faults.before;
      await writer?.apply(action, { deadlineMs: 15_000 });
      return new WriteFailure('timed-out', 'no answer within 15 s', true);
    };
    const { id } = await it.requested();
    expect(await it.approved(id)).toMatchObject({
      state: 'unknown',
      doubt: { seen: 'Looked in the cluster: the change is there' },
    });

    expect(await settleUnknown(it.acting, id, lead, true)).toBeUndefined();
    await it.press(id, 'undo', 'U0ASKER');
    expect(await it.latest()).toMatchObject({ state: 'requested', blocked: [] });
  });
});

describe('what bears our name', () => {
  const step: Step = {
    action: 'patch Node worker-3',
    verb: 'patch',
    state: 'unknown',
    marks: [{ object: 'Node worker-3', path: 'spec.unschedulable', before: null, after: 'true' }],
  };
  const by = (manager: string, time?: string) => ({
    metadata: { managedFields: [{ manager, ...(time ? { time } : {}) }] },
  });

  test.each([
    ['was written since', by('nightshift', '2026-11-21T03:00:01Z'), false],
    ['was written by a server whose clock is a little behind', by('nightshift', '2026-11-21T02:59:40Z'), false],
    ['was written the day before', by('nightshift', '2026-11-20T03:00:00Z'), true],
    ['is another’s', by('kubectl-cordon', '2026-11-21T03:00:01Z'), true],
    ['has no time', by('nightshift'), false],
    ['is told of nothing', { metadata: {} }, false],
    ['is gone', null, false],
  ])('%s', (_what, object, notOurs) => {
    expect(isNotOurs(step, { enteredAt: '2026-11-21T03:00:00Z' }, object)).toBe(notOurs);
  });

  test.each([null, 'false'])('cannot be told of a request that only takes away (%s)', (after) => {
    const uncordon = {
      ...step,
      marks: [{ object: 'Node worker-3', path: 'spec.unschedulable', before: 'true', after }],
    };
    expect(isNotOurs(uncordon, {}, by('kubectl-cordon'))).toBe(false);
  });
});
