import { describe, expect, test } from 'vitest';
import { ReadFailure } from '../../../engine/errors.ts';
import { closeFolded, fold } from '../../../engine/fold.ts';
import { render } from '../../../infra/slack/render.ts';
import { wordsOfBlocks } from '../../infra/slack/words.ts';
import { deed, rule } from './deed.ts';
import { lab } from './lab.ts';

type Deed = Awaited<ReturnType<typeof deed>>;
const named = (...users: string[]) => ({ users, userGroups: [] });

describe('a request that waits follows the policy', () => {
  test('its time is shortened: it ends by the new time, the card says so before, and nobody can approve it', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.rules.policy = [{ ...rule, expiresAfterMinutes: 10 }];
    await it.pass(60);
    expect(it.message(plan)).toMatchObject({
      expiresAt: '2026-11-21T03:10:00.000Z',
      headline: expect.stringContaining('until 03:10 UTC'),
    });
    await it.pass(10 * 60);
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('expired');
    expect((await it.ledger()).map(({ kind }) => kind)).toContain('expired');
    expect(it.cluster.applied).toEqual([]);
  });

  test('its time is over by the new policy when somebody clicks, before anybody has looked', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.pass(25 * 60);
    it.rules.policy = [{ ...rule, expiresAfterMinutes: 1 }];
    await it.press(plan, 'approve', 'U-LEAD');
    expect(it.whispers.at(-1)?.text).toContain('the request has expired');
    expect(it.cluster.applied).toEqual([]);
  });

  test('its time is prolonged: it goes on, also past the moment that was told at first', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.rules.policy = [{ ...rule, expiresAfterMinutes: 60 }];
    await it.pass(40 * 60);
    expect(await it.state(plan)).toBe('requested');
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('applied');
  });

  test('more approvals are asked for: the card counts by that, and says why it still waits', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, approvals: 2, approvers: named('U-LEAD', 'U-SECOND', 'U-THIRD') }];
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    it.rules.policy = it.rules.policy.map((one) => ({ ...one, approvals: 3 }));
    await it.pass(30);
    expect(it.message(plan)).toMatchObject({
      approvalsNeeded: 3,
      headline: expect.stringContaining('1 of 3'),
      waitsFor: [{ why: 'the policy asks for 3 approvals now; it was 2 when it was asked for' }],
    });
    await it.press(plan, 'approve', 'U-SECOND');
    expect(await it.state(plan)).toBe('requested');
    await it.press(plan, 'approve', 'U-THIRD');
    expect(await it.state(plan)).toBe('applied');
    expect((await it.plan(plan))?.request?.approvalsNeeded).toBe(3);
  });

  test('fewer approvals are asked for: it never begins by itself, and one who has approved it sends it on its way', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, approvals: 2 }];
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    it.rules.policy = [rule];
    await it.pass(30);
    expect(it.message(plan).waitsFor).toEqual([{ why: expect.stringContaining('presses Approve once more') }]);
    expect(await it.state(plan)).toBe('requested');
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.plan(plan)).toMatchObject({ state: 'applied', approvals: [{ by: 'U-LEAD' }] });
  });

  test('whose approval counts no more is named, with the reason, and somebody else has to approve', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, approvals: 2, approvers: named('U-LEAD', 'U-SECOND', 'U-THIRD') }];
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    it.people.standing['U-LEAD'] = 'deactivated';
    await it.press(plan, 'approve', 'U-SECOND');
    expect(await it.state(plan)).toBe('requested');
    expect(it.message(plan)).toMatchObject({
      headline: expect.stringContaining('1 of 2'),
      waitsFor: [{ by: 'U-LEAD', why: expect.stringContaining('this account is deactivated') }],
    });
    await it.press(plan, 'approve', 'U-THIRD');
    expect(await it.state(plan)).toBe('applied');
  });

  test.each([
    ['deactivated', ({ people }: Deed) => Object.assign(people.standing, { 'U-ASKER': 'deactivated' })],
    [
      'no longer among those who may ask',
      ({ rules }: Deed) => rules.policy.splice(0, 1, { ...rule, requesters: named('U-OTHER') }),
    ],
    [
      'somebody who asked from a channel that is not allowed any more',
      ({ rules }: Deed) => rules.policy.splice(0, 1, { ...rule, channels: ['C2'] }),
    ],
  ])('the one who asked is %s: nobody can approve it, and the card says why', async (_what, change) => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    change(it);
    await it.pass(30);
    expect(it.message(plan).waitsFor).toEqual([
      { by: 'U-ASKER', why: expect.stringContaining('asked for it and might not ask now') },
    ]);
    await it.send({ type: 'decide', plan, button: 'approve', by: 'U-LEAD', channel: 'C2' });
    expect(it.whispers.at(-1)?.text).toContain('whoever asked for it might not ask now');
    expect(await it.state(plan)).toBe('requested');
    expect(it.cluster.applied).toEqual([]);
  });

  test('the policy is taken away: the card says that nobody may approve it', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.rules.policy = [];
    await it.pass(30);
    expect(it.message(plan)).toMatchObject({
      nobodyBecause: expect.stringContaining(
        'no rule of the policy in nightshift.yaml allows sample/cordon at risk low',
      ),
    });
  });

  test('the directory does not answer: the card says that too, and counts nothing that it cannot look up', async () => {
    await using it = await deed();
    it.rules.policy = [{ ...rule, approvals: 2 }];
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'approve', 'U-LEAD');
    it.people.away = true;
    await it.pass(30);
    expect(it.message(plan)).toMatchObject({ approvalsCounting: 0 });
    expect(
      it
        .message(plan)
        .waitsFor.map(({ why }) => why)
        .join(),
    ).toContain('could not be looked up');
  });
});

describe('a request that waits shows the present', () => {
  test('a freeze that begins meanwhile stands on its message, before anybody clicks', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    const frozen = () => it.message(plan).plan.interlocks.find(({ id }) => id === 'freeze-window');
    expect(frozen()).toMatchObject({ holds: true, value: 'none now' });
    const night = { name: 'the night', timeZone: 'UTC', from: '00:00', to: '06:00' };
    it.rules.limits = { ...it.rules.limits, freeze: [night] };
    await it.pass(30);
    expect(frozen()).toMatchObject({ holds: false, value: expect.stringContaining('until Sat 2026-11-21 06:00, UTC') });
    expect(it.message(plan).waitsFor).toEqual([{ why: expect.stringContaining('No freeze: frozen: the night') }]);
  });

  test('and so does whoever opens it', async () => {
    await using it = await deed();
    const { id } = await it.trouble();
    const plan = await it.requested();
    it.rules.limits = { ...it.rules.limits, readyNodesPercent: 100 };
    await it.send({ type: 'open', incident: id, remedy: 'cordon', view: 'V2', by: 'U-LEAD', channel: 'C1' });
    expect(it.views.at(-1)).toMatchObject({
      mayRequest: false,
      plan: { id: plan, shownTo: ['U-ASKER', 'U-LEAD'] },
    });
    const view = it.views.at(-1);
    const shown = view && 'plan' in view ? view.plan.interlocks : [];
    expect(shown.find((one) => one.id === 'healthy-nodes')).toMatchObject({ holds: false });
  });

  test('nothing is edited while nothing changes', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    const edits = () => it.channel.posts.map((post) => post.edits);
    const before = edits();
    for (let tick = 0; tick < 5; tick += 1) await it.pass(30);
    expect(edits()).toEqual(before);
    expect(await it.state(plan)).toBe('requested');
  });
});

test('a request whose incident was folded into a storm that is over retires within half a minute', async () => {
  await using it = await deed();
  await it.trouble();
  const id = await it.requested();
  const incident = await it.incident();
  await fold(it.acting, incident.id, 'storm-1');
  await it.settle();
  it.cluster.setReady('worker-1', true);
  const storm = { ...incident, id: 'storm-1', state: 'closed' as const, storm: { folded: [incident.id] } };
  await closeFolded(it.acting, storm as never);

  for (let half = 0; half < 2; half += 1) await it.pass(30);

  expect(await it.state(id)).toBe('moot');
  expect(it.message(id)).toMatchObject({ headline: expect.stringContaining('not needed any more'), buttons: [] });
});

describe('a request whose cluster cannot be looked at', () => {
  const refusing = () => {
    throw new ReadFailure('unreachable', 'connection refused');
  };

  test('says since when what it shows is old, is approved by nobody, and goes on when it can be seen again', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    it.cluster.hooks.beforeRead = refusing;
    await it.pass(31);
    const blind = 'could not be looked at since 03:00 UTC (connection refused)';
    expect(it.message(plan).waitsFor).toEqual([{ why: expect.stringContaining(blind) }]);
    expect(wordsOfBlocks(render({ kind: 'plan', card: it.message(plan) }).blocks)).toContain(
      '⚠ The interlocks could not be looked at since 2026-11-21 03:00:31 UTC: connection refused',
    );
    const edits = it.channel.posts.map((post) => post.edits);
    await it.pass(31);
    expect(it.channel.posts.map((post) => post.edits)).toEqual(edits);

    await it.press(plan, 'approve', 'U-LEAD');
    expect(it.whispers.at(-1)).toEqual({
      user: 'U-LEAD',
      text: 'Nothing was done: not now: its interlocks cannot be looked at: connection refused. The request stays open.',
    });
    expect(await it.plan(plan)).toMatchObject({ state: 'requested', approvals: [] });

    delete it.cluster.hooks.beforeRead;
    await it.pass(31);
    expect(it.message(plan).waitsFor).toEqual([]);
    await it.press(plan, 'approve', 'U-LEAD');
    expect(await it.state(plan)).toBe('applied');
  });

  test('because it is no longer configured is told so, and stays open', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    Object.assign(it.acting, { clusters: [] });
    await it.press(plan, 'approve', 'U-LEAD');
    expect(it.whispers.at(-1)?.text).toContain('cluster prod-eu is no longer configured');
    expect(await it.state(plan)).toBe('requested');
    expect(it.message(plan).waitsFor).toEqual([{ why: expect.stringContaining('no longer configured') }]);
  });

  test('is not approved either where no interlock of its own looks at the cluster', async () => {
    const object = { kind: 'Node', name: 'worker-3' } as const;
    await using it = await lab([{ verb: 'annotate', object, key: 'nightshift.dev/seen', value: 'yes' }]);
    const { id } = await it.requested();
    Object.assign(it.cluster.source, { read: async () => refusing() });
    expect(await it.approved(id)).toMatchObject({
      state: 'requested',
      unseen: { because: expect.stringContaining('connection refused') },
    });
  });
});
