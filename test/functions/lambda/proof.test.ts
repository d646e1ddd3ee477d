import { describe, expect, it } from 'vitest';
import { type RemediateMessage, remediateMessage } from '../../../engine/acting/messages.ts';
import type { Outgoing } from '../../../engine/ports.ts';
import { provenOnly, proving } from '../../../functions/lambda/proof.ts';
import type { Replaced } from '../../../infra/aws/secrets/secrets.ts';

const made = { wish: 'trigger-1', at: '2026-11-21T03:00:00.000Z' };
const approve = { type: 'decide', plan: 'p', button: 'approve', by: 'U-LEAD', channel: 'C1', made } as const;

/** As it lies on the queue after `slack` has sent it. */
async function sent(message: RemediateMessage, token = 'xoxb-1'): Promise<object> {
  const all: Outgoing[] = [];
  const queue = { send: async (messages: readonly Outgoing[]) => void all.push(...messages) };
  await proving(queue, async () => token).send([remediateMessage(message)]);
  return JSON.parse(JSON.stringify(all[0]?.body)) as object;
}

/** What is worked on of it, and what else it leads to. */
async function worked(body: unknown, token = 'xoxb-1', newest = token, before?: Replaced) {
  const done: unknown[] = [];
  const unproved: object[] = [];
  const handler = provenOnly(
    async (given) => {
      done.push(given);
      return [];
    },
    { token, newest: async () => newest, before: async () => before, onUnproved: (said) => void unproved.push(said) },
  );
  const told = await handler(body, new AbortController().signal);
  return { done: done.length, unproved, told: told.map((message) => message.body) };
}

describe('what is said in the name of a person', () => {
  it('is done when `slack` has sent it', async () => {
    expect(await worked(await sent(approve))).toEqual({ done: 1, unproved: [], told: [] });
  });

  it.each<[string, (body: object) => object]>([
    ['bears no proof', () => approve],
    ['bears the proof of another one', (body) => ({ ...body, plan: 'q' })],
    ['bears the name of somebody else', (body) => ({ ...body, by: 'U-OTHER' })],
    ['was said at another moment', (body) => ({ ...body, made: { ...made, at: '2026-11-21T04:00:00.000Z' } })],
    ['has more to say than was proved', (body) => ({ ...body, more: true })],
    ['bears a number for a proof', (body) => ({ ...body, proof: 1 })],
    ['bears null for a proof', (body) => ({ ...body, proof: null })],
    ['bears an object for a proof', (body) => ({ ...body, proof: {} })],
  ])('is not done where it %s; that person is told, and the log', async (_what, change) => {
    const body = change(await sent(approve)) as { by: string };
    expect(await worked(body)).toEqual({
      done: 0,
      unproved: [{ type: 'decide', by: body.by }],
      told: [{ what: 'tell', user: body.by, text: expect.stringContaining('in your name') }],
    });
  });

  it.each<[string, object]>([
    ['open', { incident: 'i', remedy: 'r', view: 'V', by: 'U', channel: 'C' }],
    ['request', { plan: 'p', by: 'U', channel: 'C' }],
    ['break-glass', { plan: 'p', reason: 'because', by: 'U', channel: 'C' }],
    ['done-by-hand', { incident: 'i', manual: 'm', by: 'U', channel: 'C' }],
    ['turned-away', { user: 'U', team: 'T', what: 'approve' }],
  ])('needs its proof: %s', async (type, rest) => {
    expect(await worked({ type, ...rest })).toMatchObject({ done: 0 });
    expect(await worked(await sent({ type, ...rest } as RemediateMessage))).toMatchObject({ done: 1 });
  });

  it('is done also where the token was rotated a moment ago', async () => {
    const body = await sent(approve, 'xoxb-2');
    expect(await worked(body, 'xoxb-1', 'xoxb-2')).toMatchObject({ done: 1 });
    expect(await worked(body, 'xoxb-1')).toMatchObject({ done: 0 });
  });

  it('is done also where `slack` did not know yet that its token was replaced, for as long as it cannot know', async () => {
    const body = await sent({ ...approve, button: 'stop' }, 'xoxb-0');
    const replaced = (minutesBefore: number): Replaced => ({
      text: 'xoxb-0',
      replacedAt: new Date(Date.parse(made.at) - minutesBefore * 60_000),
    });
    expect(await worked(body, 'xoxb-1', 'xoxb-1', replaced(5))).toMatchObject({ done: 1 });
    expect(await worked(body, 'xoxb-1', 'xoxb-1', replaced(11))).toMatchObject({ done: 0 });
  });

  it('is of no use without its moment where the token was replaced', async () => {
    const { made: _made, ...undated } = approve;
    const before = { text: 'xoxb-0', replacedAt: new Date(made.at) };
    expect(await worked(await sent(undated, 'xoxb-0'), 'xoxb-1', 'xoxb-1', before)).toMatchObject({ done: 0 });
  });
});

it.each<[string, unknown]>([
  ['no name', { ...approve, by: 1 }],
  ['a type that nobody knows', { ...approve, type: 'approve' }],
  ['no type', { plan: 'p', by: 'U' }],
  ['a type of several words', { type: ['execute'], plan: 'p' }],
  ['no members', 'decide'],
])('what is no message is thrown, to be a dead letter: it has %s', async (_what, body) => {
  await expect(worked(body)).rejects.toThrow();
});

it.each<[string, object]>([
  ['execute', { plan: 'p' }],
  ['wait', { plan: 'p' }],
  ['verify', { plan: 'p', look: 1 }],
  ['verify-by-hand', { incident: 'i', manual: 'm', at: made.at, look: 1 }],
  ['review', { incident: 'i' }],
  ['expire', { plan: 'p' }],
  ['refresh', { plan: 'p' }],
  ['ask-anew', { plan: 'p' }],
])('what nobody said needs no proof: %s', async (type, rest) => {
  expect(await worked({ type, ...rest })).toEqual({ done: 1, unproved: [], told: [] });
});
