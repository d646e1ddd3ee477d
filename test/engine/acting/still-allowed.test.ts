import { describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { Refused } from '../../../engine/errors.ts';
import { lab } from './lab.ts';

const cordon = { verb: 'cordon', node: 'worker-3' } as const;
const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;
const freeze = [{ name: 'the night', timeZone: 'UTC', from: '00:00', to: '00:00' }];
const lead = { user: 'U0LEAD', channel: 'C0CRASH' };
type Lab = Awaited<ReturnType<typeof lab>>;

/** What may happen after the last click, and what the plan says then. */
const changes: readonly [string, (it: Lab) => void, string | RegExp][] = [
  ['the policy is emptied', (it) => it.rules.policy.splice(0), 'the policy no longer names this fix'],
  [
    'the approver is deactivated',
    (it) => {
      it.standing.U0LEAD = 'deactivated';
    },
    /^only 0 of 1 approvals count by the policy as it is now .*deactivated/,
  ],
  [
    'who asked is deactivated',
    (it) => {
      it.standing.U0ASKER = 'deactivated';
    },
    /^whoever asked for it might not ask now: .*deactivated/,
  ],
  [
    'who asked is no longer among those who may',
    (it) => {
      it.rules.policy = [{ ...it.rule, requesters: { users: ['U0OTHER'], userGroups: [] } }];
    },
    /^whoever asked for it might not ask now/,
  ],
  [
    'the channel where they clicked is no longer allowed',
    (it) => {
      it.rules.policy = [{ ...it.rule, channels: ['C0OTHER'] }];
    },
    /does not allow it from this channel/,
  ],
  [
    'the configuration becomes unreadable',
    (it) => {
      it.faults.rules = () => {
        throw new Refused('BAD_CONFIG', 'nightshift.yaml cannot be read');
      };
    },
    'nightshift.yaml cannot be read',
  ],
];

describe('after the last approval', () => {
  test.each(changes)('%s while the cluster is read again: nothing is sent', async (_what, change, because) => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    it.faults.rehearsed = () => change(it);
    await it.approved(id);
    expect(await it.plan(id)).toMatchObject({ state: 'failed', because: matching(because) });
    expect(it.sent).toEqual([]);
  });

  test.each(changes)('%s in the middle of a drain: it stops there, and says why', async (_what, change, because) => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    it.faults.before = (_action, nth) => {
      if (nth === 2) change(it);
      return undefined;
    };
    const plan = await it.approved(id);
    expect(it.sent).toHaveLength(2);
    const reason = typeof because === 'string' ? because : because.source.replace(/^\^/, '');
    expect(plan).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(new RegExp(`^stopped after 2 of 4 steps: .*${reason}`)),
    });
  });
});

describe('a broken glass', () => {
  /** Frozen, the glass broken for that, and approved. */
  async function through(it: Lab): Promise<string> {
    it.rules.limits = { ...it.rules.limits, freeze };
    const { id } = await it.requested();
    await it.breakGlass(id);
    await approve(it.acting, id, lead);
    return id;
  }

  test('lets go through what it was broken for', async () => {
    await using it = await lab([cordon]);
    const id = await through(it);
    await it.pass(0);
    expect(await it.plan(id)).toMatchObject({ state: 'applied' });
  });

  test.each<[string, (it: Lab) => void]>([
    [
      'who broke it is deactivated',
      (it) => {
        it.standing.U0BOSS = 'deactivated';
      },
    ],
    [
      'the policy no longer names them',
      (it) => {
        const { breakGlass: _nobody, ...rule } = it.rule;
        it.rules.policy = [rule];
      },
    ],
  ])('%s: nothing is sent', async (_what, change) => {
    await using it = await lab([cordon]);
    const id = await through(it);
    change(it);
    await it.pass(0);
    expect(await it.plan(id)).toMatchObject({
      state: 'failed',
      because: expect.stringMatching(/^whoever broke the glass might not now: /),
    });
    expect(it.sent).toEqual([]);
  });

  test('opens no other interlock that closes afterwards', async () => {
    await using it = await lab([cordon]);
    const id = await through(it);
    it.rules.limits = { ...it.rules.limits, actionsPerHour: 0 };
    await it.pass(0);
    expect(await it.plan(id)).toMatchObject({ state: 'requested', approvals: [{ by: 'U0LEAD' }] });
    expect((await it.card(id)).waitsFor).toMatchObject([
      { why: expect.stringContaining('it cannot be approved now: Not too many actions') },
      { why: expect.stringContaining('one who has approved it presses Approve once more') },
    ]);
    expect(it.sent).toEqual([]);
    it.rules.limits = { ...it.rules.limits, actionsPerHour: 10 };
    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  });

  test('that is not needed any more is not asked for', async () => {
    await using it = await lab([cordon]);
    const id = await through(it);
    it.rules.limits = { ...it.rules.limits, freeze: [] };
    it.standing.U0BOSS = 'deactivated';
    await it.pass(0);
    expect(await it.plan(id)).toMatchObject({ state: 'applied' });
  });
});

function matching(because: string | RegExp) {
  return typeof because === 'string' ? because : expect.stringMatching(because);
}
