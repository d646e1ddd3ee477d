import { describe, expect, test } from 'vitest';
import { type Made, remediateMessage } from '../../../engine/acting/messages.ts';
import { TryLater } from '../../../engine/errors.ts';
import { deed } from './deed.ts';

type Deed = Awaited<ReturnType<typeof deed>>;

const made = (it: Deed): Made => ({ wish: 'trigger-1', at: it.acting.clock.now().toISOString() });
const by = (user: string) => ({ by: user, channel: 'C1' });

describe('a no', () => {
  const take = { max: 8, leaseMs: 60_000, waitMs: 0 };

  test("waits for nobody else's press, and for no execution", async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    const press = (button: 'approve' | 'refuse' | 'stop', user: string) =>
      remediateMessage(
        { type: 'decide', plan, button, ...by(user), made: { ...made(it), wish: user + button } },
        'prod-eu',
      );
    await it.queue.send([press('approve', 'U-GUEST'), press('stop', 'U-GUEST')]);
    await it.queue.send([remediateMessage({ type: 'execute', plan: 'another' }, 'prod-eu')]);
    // They are being worked on, for as long as that takes.
    expect(await it.queue.receive('remediate', take)).toHaveLength(3);
    await it.queue.send([press('stop', 'U-LEAD')]);
    for (const message of await it.queue.receive('remediate', take)) await it.handle(message);
    expect(await it.state(plan)).toBe('refused');
  });

  test('is not held up by an answer that Slack does not take, and neither is anything else decided twice by it', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    const { whisper } = it.acting.chat;
    let tries = 0;
    Object.assign(it.acting.chat, {
      whisper: async () => {
        tries += 1;
        throw new TryLater('Slack is away', 5_000);
      },
    });
    await it.press(plan, 'approve', 'U-ASKER');
    for (let n = 0; n < 3; n += 1) await it.pass(5);
    expect(tries).toBeGreaterThan(2);
    expect((await it.ledger()).filter(({ kind }) => kind === 'denied')).toHaveLength(1);
    await it.press(plan, 'stop', 'U-LEAD');
    expect(await it.state(plan)).toBe('refused');
    Object.assign(it.acting.chat, { whisper });
    await it.pass(5);
    expect(it.whispers).toMatchObject([{ user: 'U-ASKER', text: expect.stringContaining('not among the approvers') }]);
  });

  test('and its answer are one act: a process that ends right after it leaves nobody without, and tells nobody twice', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    const said = { type: 'decide', plan, button: 'approve', ...by('U-ASKER'), made: made(it) } as const;
    await it.queue.send([remediateMessage(said)]);
    const [message] = await it.queue.receive('remediate', take);
    if (!message) throw new Error('there is no message');
    // Decided, and the process ends before the message is done: what is told is on its way all the same, once.
    await it.work(message.body);
    await it.pass(61);
    expect(it.whispers).toHaveLength(1);
    expect((await it.ledger()).filter(({ kind }) => kind === 'denied')).toHaveLength(1);
  });
});
