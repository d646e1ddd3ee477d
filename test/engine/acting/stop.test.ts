import { describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { execute } from '../../../engine/acting/execute.ts';
import { refuse } from '../../../engine/acting/halt.ts';
import { WriteFailure } from '../../../engine/action.ts';
import { TryLater } from '../../../engine/errors.ts';
import { render } from '../../../infra/slack/render.ts';
import { validateMessage } from '../../../infra/slack/validate.ts';
import { wordsOfBlocks } from '../../infra/slack/words.ts';
import { CLUSTER } from '../../real/support/crash/stage.ts';
import { lab } from './lab.ts';

const cordon = { verb: 'cordon', node: 'worker-1' } as const;
const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;
const lead = { user: 'U0LEAD', channel: 'C0CRASH' };
const asker = { user: 'U0ASKER', channel: 'C0CRASH' };
const outsider = { user: 'U0OTHER', channel: 'C0CRASH' };
type Lab = Awaited<ReturnType<typeof lab>>;

/** Whether Slack's directory answers. */
function directory(it: Lab) {
  const { people } = it.acting;
  const here = { silent: false };
  const person: typeof people.person = async (...asked) => {
    if (here.silent) throw new TryLater('Slack did not answer', 1_000);
    return people.person(...asked);
  };
  Object.assign(it.acting, { people: { ...people, person } });
  return here;
}

/** During the nth request of a drain this happens; then the plan as it ended. */
async function during(it: Lab, nth: number, happening: (id: string) => unknown) {
  const { id } = await it.requested();
  it.faults.before = async (_action, now) => {
    if (now === nth) await happening(id);
    return undefined;
  };
  return it.approved(id);
}

const kinds = async (it: Lab, id: string) => (await it.ledger(id)).map(({ kind }) => kind);

describe('what is approved and waits', () => {
  test.each<[string, typeof lead]>([
    ['who approved it', lead],
    ['who asked for it', asker],
  ])('does not begin once %s has stopped it, also while the directory is silent', async (_who, caller) => {
    await using it = await lab([cordon]);
    const here = directory(it);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    here.silent = true;
    await it.pass(0);
    expect(await it.card(id)).toMatchObject({ plan: { state: 'approved', paused: {} }, buttons: ['stop'] });

    expect(await refuse(it.acting, id, outsider, 'stop')).toMatch(
      /^Nothing was done: who you are could not be looked up/,
    );
    expect(await refuse(it.acting, id, caller, 'stop')).toBeUndefined();

    here.silent = false;
    await it.pass(600);
    expect(await it.plan(id)).toMatchObject({
      state: 'failed',
      because: 'a person stopped it before it began',
      stopped: { by: caller.user },
    });
    expect(it.sent).toEqual([]);
    expect(await it.ledger(id)).toContainEqual(expect.objectContaining({ kind: 'stopped', by: caller.user }));
  });

  test('does not begin if it is stopped while it is rehearsed', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    let said: Promise<unknown> | undefined;
    it.faults.rehearsed = () => {
      said ??= refuse(it.acting, id, lead, 'stop');
    };
    await it.approved(id);
    expect(await said).toBeUndefined();
    expect(await it.plan(id)).toMatchObject({ state: 'failed', stopped: { by: 'U0LEAD' } });
    expect(it.sent).toEqual([]);
  });

  test('is stopped by a "Refuse" that comes too late as well', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    expect(await refuse(it.acting, id, asker)).toBeUndefined();
    await it.pass(0);
    expect(await it.plan(id)).toMatchObject({ state: 'failed', stopped: { by: 'U0ASKER' } });
  });
});

describe('what runs', () => {
  test('sends no further request once it is stopped, keeps what was done, and can be taken back', async () => {
    await using it = await lab([drain]);
    const said: unknown[] = [];
    const plan = await during(it, 2, async (id) => {
      expect((await it.card(id)).buttons).toEqual(['stop']);
      said.push(await refuse(it.acting, id, lead, 'stop'), await refuse(it.acting, id, asker, 'stop'));
      expect(await it.card(id)).toMatchObject({
        buttons: [],
        headline: expect.stringContaining('being stopped, 1 of 4'),
      });
    });
    expect(said).toEqual([undefined, 'Nothing was done: it was stopped already.']);
    expect(it.sent).toHaveLength(2);
    expect(plan).toMatchObject({
      state: 'partly-applied',
      because: 'stopped after 2 of 4 steps: a person stopped it',
      stopped: { by: 'U0LEAD' },
      inverse: [{ verb: 'uncordon', node: 'worker-3' }],
    });
    expect((await it.card(plan.id)).buttons).toEqual(['undo', 'plan-again']);
    expect((await kinds(it, plan.id)).filter((kind) => kind === 'stopped')).toHaveLength(1);
  });

  test('is stopped by nobody else', async () => {
    await using it = await lab([drain]);
    let said: unknown;
    const plan = await during(it, 2, async (id) => {
      said = await refuse(it.acting, id, outsider, 'stop');
    });
    expect(said).toMatch(/^You may not stop ".*": you are not among the approvers/);
    expect(plan).toMatchObject({ state: 'applied' });
    expect(await it.ledger(plan.id)).toContainEqual(
      expect.objectContaining({ kind: 'denied', details: expect.objectContaining({ what: 'stop' }) }),
    );
  });

  test('whose last request is on its way is not: whoever tries is told, and it ends as it is', async () => {
    await using it = await lab([drain]);
    let said: unknown;
    const plan = await during(it, 4, async (id) => {
      expect((await it.card(id)).buttons).toEqual([]);
      said = await refuse(it.acting, id, lead, 'stop');
    });
    expect(said).toBe('Nothing was done: its last request is on its way already; if that fails, it is not sent again.');
    expect(plan).toMatchObject({ state: 'applied' });
    expect(plan.stopped).toBeUndefined();
  });

  test('and pauses ends at once when it is stopped', async () => {
    await using it = await lab([drain]);
    const here = directory(it);
    const { id } = await during(it, 2, () => {
      here.silent = true;
    });
    expect(await it.plan(id)).toMatchObject({ state: 'executing', paused: {} });
    expect(await refuse(it.acting, id, lead, 'stop')).toBeUndefined();
    expect(await it.plan(id)).toMatchObject({ state: 'partly-applied', stopped: { by: 'U0LEAD' } });
    here.silent = false;
    await it.pass(600);
    expect(it.sent).toHaveLength(2);
  });

  test('and whose first request is refused, so that it would begin anew, does not', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    it.faults.before = async (_action, nth) => {
      if (nth > 1) return undefined;
      await refuse(it.acting, id, lead, 'stop');
      return new WriteFailure('conflict', 'the object has been modified', false);
    };
    expect(await it.approved(id)).toMatchObject({ state: 'failed', stopped: { by: 'U0LEAD' } });
    expect(it.sent).toHaveLength(1);
  });

  test('and dies after it was stopped is not begun anew', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    const { rehearse, apply } = it.acting.writers.get(CLUSTER) ?? {};
    if (!rehearse || !apply) throw new Error('no writer');
    let dead: (() => void) | undefined;
    const died = new Promise<void>((resolve) => {
      dead = resolve;
    });
    const { people } = it.acting;
    let asked = false;
    // It dies between its first request and its second.
    const person: typeof people.person = async (...who) => {
      if (!asked) return people.person(...who);
      dead?.();
      return new Promise(() => {});
    };
    const writers = new Map([
      [
        CLUSTER,
        {
          rehearse,
          apply: async (...request: Parameters<typeof apply>) => {
            asked = true;
            return apply(...request);
          },
        },
      ],
    ]);
    void execute({ ...it.acting, writers, people: { ...people, person } }, id);
    await died;
    expect(await refuse(it.acting, id, lead, 'stop')).toBeUndefined();
    await it.pass(60);
    expect(await it.plan(id)).toMatchObject({
      state: 'partly-applied',
      because: 'stopped after 1 of 4 steps: a person stopped it',
    });
    expect(it.sent).toHaveLength(1);
  });

  test('and fifty clicks at once stop it once, whoever wins the race against its next request', async () => {
    await using it = await lab([drain]);
    let said: readonly unknown[] = [];
    const clicks = (id: string) => Promise.all(Array.from({ length: 50 }, () => refuse(it.acting, id, lead, 'stop')));
    let racing: Promise<unknown> | undefined;
    const plan = await during(it, 2, (id) => {
      // Not waited for: the drain goes on meanwhile.
      racing = clicks(id).then((all) => {
        said = all;
      });
    });
    await racing;
    const taken = said.filter((one) => one === undefined).length;
    const stopped = (await it.plan(plan.id)).stopped !== undefined;
    expect(taken).toBe(stopped ? 1 : 0);
    const done = (await it.plan(plan.id)).steps.filter(({ state }) => state === 'done').length;
    expect(it.sent).toHaveLength(done);
    expect(stopped).toBe(done < 4);
    const entries = await kinds(it, plan.id);
    const voided = entries.filter((kind) => kind === 'void').length;
    expect(entries.filter((kind) => kind === 'stopped').length - voided).toBe(taken);
  });
});

test('the message says who stopped it, and Slack takes it', async () => {
  await using it = await lab([drain]);
  const shown: string[] = [];
  const plan = await during(it, 2, async (id) => {
    const { blocks, text } = render({ kind: 'plan', card: await it.card(id) });
    expect(validateMessage({ text, blocks })).toEqual([]);
    shown.push(wordsOfBlocks(blocks));
    await refuse(it.acting, id, lead, 'stop');
  });
  const { blocks, text } = render({ kind: 'plan', card: await it.card(plan.id) });
  expect(validateMessage({ text, blocks })).toEqual([]);
  expect(shown[0]).toContain('Stop');
  expect(wordsOfBlocks(blocks)).toMatch(/✗ stopped by .*U0LEAD/);
});
