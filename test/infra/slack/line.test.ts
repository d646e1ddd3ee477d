import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TryLater } from '../../../engine/errors.ts';
import type { Freshness, Patience } from '../../../engine/people.ts';
import { createRateLimiter, type Limit } from '../../../infra/local/console/rate-limits.ts';
import { Limited } from '../../../infra/slack/failures.ts';
import { remembering } from '../../../infra/slack/remembering.ts';

const METHOD = 'usergroups.users.list';
const clock = { now: () => new Date() };

/** A directory behind the limits of the stand-in, whose groups change hands, and everything it was asked. */
function directory(limit: Limit = { perMinute: 20, burst: 20 }) {
  const limiter = createRateLimiter(clock, { [METHOD]: limit });
  const members: Record<string, string> = {};
  const answered: string[] = [];
  let refusals = 0;
  const ask = async (group: string) => {
    const seconds = limiter(METHOD, undefined);
    await Promise.resolve();
    if (seconds > 0) {
      refusals += 1;
      throw new Limited(METHOD, seconds * 1_000, undefined);
    }
    answered.push(group);
    return members[group] ?? 'nobody';
  };
  return {
    members,
    answered,
    refusals: () => refusals,
    groupMembers: remembering(ask, 60_000, clock),
    /** The next question is refused. */
    exhaust: () => {
      while (limiter(METHOD, undefined) === 0);
    },
  };
}

const patient = (ms: number, more: Partial<Patience> = {}): Patience => ({ until: new Date(Date.now() + ms), ...more });
const press = (ms = 15_000): Freshness => ({ since: new Date(), patience: patient(ms) });
const sending = (): Freshness => ({ since: new Date(), patience: patient(20_000, { goesFirst: true }) });

describe('while Slack takes no more questions', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-21T03:00:00Z') }));
  afterEach(() => void vi.useRealTimers());

  it('fifty presses that waited for it cost one question, asked after the last of them', async () => {
    const slack = directory();
    slack.exhaust();
    const presses: Promise<string>[] = [];
    for (let n = 0; n < 50; n += 1) {
      presses.push(slack.groupMembers('S1', press()));
      await vi.advanceTimersByTimeAsync(20);
    }
    slack.members.S1 = 'changed after the last press';
    await vi.advanceTimersByTimeAsync(10_000);
    expect(new Set(await Promise.all(presses))).toEqual(new Set(['changed after the last press']));
    expect(slack.answered).toEqual(['S1']);
    expect(slack.refusals()).toBeLessThanOrEqual(2);
  });

  it('a press is never judged by an answer from before it', async () => {
    const slack = directory();
    slack.members.S1 = 'U7';
    const first = press();
    expect(await slack.groupMembers('S1', first)).toBe('U7');
    expect(await slack.groupMembers('S1', first)).toBe('U7');
    expect(slack.answered).toHaveLength(1);
    slack.members.S1 = 'nobody';
    await vi.advanceTimersByTimeAsync(1);
    expect(await slack.groupMembers('S1', press())).toBe('nobody');
  });

  it('nor by one that was on its way when it was made', async () => {
    let answer = (_members: string) => {};
    const questions: string[] = [];
    const slow = remembering(
      (group: string) => {
        questions.push(group);
        return new Promise<string>((resolve) => {
          answer = resolve;
        });
      },
      60_000,
      clock,
    );
    const before = slow('S1', press());
    await vi.advanceTimersByTimeAsync(0);
    const answerFirst = answer;
    await vi.advanceTimersByTimeAsync(100);
    const after = slow('S1', press());
    await vi.advanceTimersByTimeAsync(0);
    expect(questions).toHaveLength(2);
    answer('as it is');
    answerFirst('as it was');
    expect([await before, await after]).toEqual(['as it was', 'as it is']);
    expect(await slow('S1', { remembered: true })).toBe('as it is');
  });

  it('an execution goes before all presses, whenever they came', async () => {
    const slack = directory();
    slack.exhaust();
    const order: string[] = [];
    const presses = ['S1', 'S2', 'S3'].map((group) =>
      slack.groupMembers(group, press(30_000)).then(() => order.push('press')),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    const execution = (async () => {
      const how = sending();
      await slack.groupMembers('S8', how);
      await slack.groupMembers('S9', how);
      order.push('execution');
    })();
    await vi.advanceTimersByTimeAsync(30_000);
    await Promise.all([execution, ...presses]);
    expect(order).toEqual(['execution', 'press', 'press', 'press']);
    expect(slack.answered.slice(0, 2)).toEqual(['S8', 'S9']);
  });

  it('it gets on although another process presses for every question that comes free', async () => {
    const limiter = createRateLimiter(clock, {});
    const ask = async (_group: string) => {
      const seconds = limiter(METHOD, undefined);
      if (seconds > 0) throw new Limited(METHOD, seconds * 1_000, undefined);
      return 'U7';
    };
    const [here, there] = [remembering(ask, 60_000, clock), remembering(ask, 60_000, clock)];
    while (limiter(METHOD, undefined) === 0);
    const stranger = setInterval(() => {
      for (const group of ['S1', 'S2']) there(group, press()).catch(() => undefined);
    }, 100);
    await vi.advanceTimersByTimeAsync(20_000);
    const how = sending();
    const execution = (async () => [await here('S1', how), await here('S2', how)])();
    await vi.advanceTimersByTimeAsync(20_000);
    clearInterval(stranger);
    expect(await execution).toEqual(['U7', 'U7']);
    await vi.advanceTimersByTimeAsync(60_000);
  });

  it('nobody waits longer than they have patience for, and what is only shown does not ask at all', async () => {
    const slack = directory({ perMinute: 2, burst: 1 });
    slack.exhaust();
    const why = (promise: Promise<string>) => promise.catch((failure: unknown) => failure);
    const first = why(slack.groupMembers('S1', press(10_000)));
    await vi.advanceTimersByTimeAsync(0);
    expect(await first).toBeInstanceOf(TryLater);
    expect(slack.refusals()).toBe(1);
    const shown = why(slack.groupMembers('S1', { remembered: true, patience: { until: new Date(0) } }));
    expect(await shown).toMatchObject({ message: `Slack limits ${METHOD}: again in 30 s`, retryAfterMs: 30_000 });
    expect(slack.refusals()).toBe(1);
  });

  it('a process that has to end waits no longer', async () => {
    const slack = directory();
    slack.exhaust();
    const stop = new AbortController();
    const how = { since: new Date(), patience: patient(20_000, { goesFirst: true, stopping: stop.signal }) };
    const waiting = slack.groupMembers('S1', how).catch((failure: unknown) => failure);
    await vi.advanceTimersByTimeAsync(500);
    stop.abort();
    expect(await waiting).toBeInstanceOf(TryLater);
  });

  it('a question that failed takes no answer away that was remembered', async () => {
    const slack = directory({ perMinute: 20, burst: 1 });
    slack.members.S1 = 'U7';
    await slack.groupMembers('S1', press());
    await vi.advanceTimersByTimeAsync(10);
    await slack.groupMembers('S1', press(0)).catch(() => undefined);
    expect(await slack.groupMembers('S1', { remembered: true, patience: { until: new Date(0) } })).toBe('U7');
  });
});
