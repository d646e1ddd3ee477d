import { describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { execute } from '../../../engine/acting/execute.ts';
import { TryLater } from '../../../engine/errors.ts';
import { lab } from './lab.ts';

const cordon = { verb: 'cordon', node: 'worker-3' } as const;
const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;
const freeze = [{ name: 'the night', timeZone: 'UTC', from: '00:00', to: '00:00' }];
const lead = { user: 'U0LEAD', channel: 'C0CRASH' };
type Lab = Awaited<ReturnType<typeof lab>>;

describe('while the directory does not answer', () => {
  /** Slack falls silent; the returned function makes it answer again. */
  function silence({ acting: { people } }: Lab) {
    const { person } = people;
    people.person = async () => {
      throw new TryLater('Slack does not answer', 1_000);
    };
    return () => {
      people.person = person;
    };
  }
  const accusing = /might not|only \d of/;

  test('what was approved waits for its first request, says so, and begins once it answers', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    const answer = silence(it);
    await it.passEverywhere(0);
    expect(await it.plan(id)).toMatchObject({ state: 'approved', approvals: [{ by: 'U0LEAD' }] });
    const { headline } = await it.card(id);
    expect(headline).toContain('waits for Slack, which does not say who U0ASKER is');
    expect(headline).not.toMatch(accusing);
    await it.passEverywhere(60);
    expect(it.sent).toEqual([]);
    answer();
    await it.passEverywhere(5);
    expect(await it.plan(id)).toMatchObject({ state: 'applied' });
    expect((await it.plan(id)).paused).toBeUndefined();
    expect((await it.ledger(id)).filter(({ kind }) => kind === 'paused')).toHaveLength(1);
  });

  test('also right before the first request, after everything was read', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    let answer = () => {};
    it.faults.rehearsed = () => {
      answer = silence(it);
      delete it.faults.rehearsed;
    };
    expect(await it.approved(id)).toMatchObject({ state: 'approved' });
    answer();
    await it.passEverywhere(5);
    expect(await it.plan(id)).toMatchObject({ state: 'applied' });
  });

  test('it ends when the request expires, with words that accuse nobody', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    const answer = silence(it);
    await it.passEverywhere(0);
    await it.passEverywhere(31 * 60);
    answer();
    await it.passEverywhere(60);
    const { state, because = '' } = await it.plan(id);
    expect(state).toBe('failed');
    expect(because).toMatch(/^the request expired before it could begin: since .*Slack does not answer/);
    expect(because).not.toMatch(accusing);
    expect(it.sent).toEqual([]);
  });

  test('who certainly may not any more ends it at once', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    const { person } = it.acting.people;
    it.acting.people.person = async (user) => {
      if (user === 'U0ASKER') throw new TryLater('Slack does not answer', 1_000);
      return { ...(await person(user)), standing: 'deactivated' };
    };
    await it.passEverywhere(0);
    expect(await it.plan(id)).toMatchObject({ state: 'failed', because: expect.stringContaining('deactivated') });
  });

  /** A drain of four steps whose directory falls silent after the second. */
  async function pausedDrain() {
    const it = await lab([drain]);
    const { id } = await it.requested();
    let answer = () => {};
    it.faults.before = (_action, nth) => {
      if (nth === 2) answer = silence(it);
      return undefined;
    };
    const plan = await it.approved(id);
    return { it, plan, answer: () => answer() };
  }
  const statesOf = ({ steps }: { readonly steps: readonly { readonly state: string }[] }) =>
    steps.map(({ state }) => state);

  test('a drain pauses between two of its pods, and goes on with the others, each once', async () => {
    const { it, plan, answer } = await pausedDrain();
    await using _lab = it;
    expect(plan.state).toBe('executing');
    expect(statesOf(plan)).toEqual(['done', 'done', 'waiting', 'waiting']);
    expect((await it.card(plan.id)).headline).toMatch(
      /2 of 4 steps, waits for Slack, which does not say who U0ASKER is/,
    );
    await it.passEverywhere(10 * 60);
    expect(it.sent).toHaveLength(2);
    answer();
    await it.passEverywhere(5);
    expect(statesOf(await it.plan(plan.id))).toEqual(['done', 'done', 'done', 'done']);
    expect(await it.plan(plan.id)).toMatchObject({ state: 'applied' });
    expect(new Set(it.sent.map(({ object }) => object.name)).size).toBe(4);
    expect(it.sent).toHaveLength(4);
    expect((await it.ledger(plan.id)).map(({ kind }) => kind)).toEqual([
      ...['shown', 'requested', 'approved', 'rehearsed', 'executing', 'applied', 'applied', 'paused'],
      ...['rehearsed', 'resumed', 'applied', 'applied'],
    ]);
  });

  test.each<[string, (it: Lab) => unknown, RegExp]>([
    ['the policy is taken away', (it) => it.rules.policy.splice(0), /the policy no longer names this fix$/],
    [
      'a freeze has begun',
      (it) => {
        it.rules.limits = { ...it.rules.limits, freeze };
      },
      /No freeze: frozen: the night/,
    ],
    [
      'somebody has uncordoned the node',
      (it) => it.behindOurBack({ verb: 'uncordon', node: 'worker-3' }),
      /the cluster has changed while it paused: what is left is not what was approved$/,
    ],
  ])('what has paused stops where it is when %s meanwhile', async (_what, change, because) => {
    const { it, plan, answer } = await pausedDrain();
    await using _lab = it;
    await change(it);
    answer();
    await it.passEverywhere(5);
    expect(await it.plan(plan.id)).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(new RegExp(`^stopped after 2 of 4 steps: .*${because.source}`)),
    });
    expect(it.sent).toHaveLength(2);
  });

  test('and when the request expires meanwhile', async () => {
    const { it, plan, answer } = await pausedDrain();
    await using _lab = it;
    await it.passEverywhere(31 * 60);
    answer();
    await it.passEverywhere(60);
    expect(await it.plan(plan.id)).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(/^stopped after 2 of 4 steps: the request expired before it could go on: since /),
    });
    expect(it.sent).toHaveLength(2);
  });

  test('two messages that come together go on with it once', async () => {
    const { it, plan, answer } = await pausedDrain();
    await using _lab = it;
    answer();
    await Promise.allSettled([execute(it.acting, plan.id), execute(it.acting, plan.id)]);
    await it.passEverywhere(60);
    expect(await it.plan(plan.id)).toMatchObject({ state: 'applied' });
    expect(it.sent).toHaveLength(4);
  });

  test('a request is approved by nobody for whom nobody can say who asked, and says so of nobody else', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    const { person } = it.acting.people;
    it.acting.people.person = async (user) => {
      if (user === 'U0ASKER') throw new TryLater('Slack does not answer', 1_000);
      return person(user);
    };
    expect(await it.approved(id)).toMatchObject({ state: 'requested', approvals: [] });
    const [waiting] = (await it.card(id)).waitsFor;
    expect(waiting).toEqual({
      by: 'U0ASKER',
      why: 'asked for it, and could not be looked up (Slack does not answer): it waits until that can be done',
    });
  });
});
