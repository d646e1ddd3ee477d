import { describe, expect, test } from 'vitest';
import type { Change } from '../../../engine/change.ts';
import { TryLater } from '../../../engine/errors.ts';
import { lab } from './lab.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const resume = { verb: 'resume', workload: web } as const;
const cordon = { verb: 'cordon', node: 'worker-3' } as const;
const resources = { verb: 'set-resources', workload: web, container: 'web', limits: { memory: '512Mi' } } as const;
const taintOf = (node: string) => {
  return {
    verb: 'taint',
    node,
    taint: { key: 'lab', effect: 'NoExecute' },
    allow: ['local-storage', 'bare-pods'],
  } as const;
};

/** Slack falls silent after the first request, something happens, and Slack is back. */
async function paused(it: Awaited<ReturnType<typeof lab>>, id: string, ...meanwhile: readonly Change[]) {
  const { person } = it.acting.people;
  const silent = async () => {
    throw new TryLater('Slack does not answer', 1_000);
  };
  it.faults.before = (_action, nth) => {
    if (nth === 1) Object.assign(it.acting.people, { person: silent });
    return undefined;
  };
  await it.approved(id);
  expect(await it.plan(id)).toMatchObject({
    state: 'executing',
    paused: { because: expect.stringContaining('Slack') },
  });
  delete it.faults.before;
  await it.behindOurBack(...meanwhile);
  Object.assign(it.acting.people, { person });
  await it.pass(5);
  return it.plan(id);
}

describe('a plan that paused between two changes goes on with what was approved', () => {
  test('and stops where the second would set another template going than was shown', async () => {
    await using it = await lab([cordon, resume]);
    await it.behindOurBack({ verb: 'pause', workload: web });
    const { id, effects } = await it.requested();
    expect(effects).toContain('nothing waits: every pod of Deployment shop/web has its template');

    expect(await paused(it, id, resources)).toMatchObject({
      state: 'partly-applied',
      because:
        'stopped after 1 of 2 steps: the cluster has changed while it paused: resume the rollout of Deployment shop/web is not what was approved any more',
    });
    expect(it.sent).toHaveLength(1);
  });

  test('and stops where the second would end other pods', async () => {
    await using it = await lab([taintOf('worker-3'), taintOf('worker-2')]);
    it.rules.limits = { ...it.rules.limits, readyNodesPercent: 1 };
    const { id } = await it.requested();
    await it.breakGlass(id);

    // The pods that the first one ended have started elsewhere, on worker-2 as well.
    expect(await paused(it, id, { ...cordon, node: 'worker-1' })).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(/taint node worker-2 with lab:NoExecute .* is not what was approved any more$/),
    });
    expect(it.sent).toHaveLength(1);
  });

  test('and does the rest where nothing else has changed', async () => {
    await using it = await lab([cordon, resume]);
    await it.behindOurBack({ verb: 'pause', workload: web });
    const { id } = await it.requested();

    expect(await paused(it, id, { verb: 'cordon', node: 'worker-1' })).toMatchObject({ state: 'applied' });
  });
});
