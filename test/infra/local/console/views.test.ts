import type { ModalView } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { practiceUsers } from '../../../../infra/local/console/practice-users.ts';
import { isSigned, payloadOf, snapshot, triggerOf } from './clicks.ts';
import { channel, manualClock, openConsole, refusal, section, type TestConsole, you } from './harness.ts';

const plain = (text: string) => ({ type: 'plain_text', text }) as const;
const modal = (words: string, more: Partial<ModalView> = {}): ModalView => ({
  type: 'modal',
  title: plain('Plan'),
  blocks: [section(words)],
  ...more,
});

/** A window on somebody's screen; its id. */
async function opened(console: TestConsole, view: ModalView = modal('words'), as?: string): Promise<string> {
  const trigger_id = await triggerOf(console, as);
  return (await console.slack.views.open({ trigger_id, view })).view?.id ?? '';
}

describe('trigger ids', () => {
  async function triggered() {
    const clock = manualClock();
    const console = await openConsole({ clock });
    const trigger_id = await triggerOf(console);
    const open = (id = trigger_id) => console.slack.views.open({ trigger_id: id, view: modal('words') });
    return { clock, open };
  }

  test('work once, and only once', async () => {
    const { open } = await triggered();
    expect((await open()).view).toMatchObject({ type: 'modal', title: { text: 'Plan' }, hash: expect.any(String) });
    expect(await refusal(open())).toMatchObject({ error: 'exchanged_trigger_id' });
  });

  test('expire after three seconds', async () => {
    const { clock, open } = await triggered();
    clock.advance(3001);
    expect(await refusal(open())).toMatchObject({ error: 'expired_trigger_id' });
  });

  test('cannot be made up', async () => {
    const { open } = await triggered();
    expect(await refusal(open('1.T0PRACTICE.abc'))).toMatchObject({ error: 'invalid_trigger_id' });
  });

  test('are not used up by a view that Slack would not take', async () => {
    const console = await openConsole();
    const trigger_id = await triggerOf(console);
    const view = modal('words', { title: plain('x'.repeat(25)) });
    expect(await refusal(console.slack.views.open({ trigger_id, view }))).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'] },
    });
    await console.slack.views.open({ trigger_id, view: modal('words') });
  });
});

describe('a window', () => {
  test('is on the screen of the person whose click opened it, and of nobody else', async () => {
    const console = await openConsole();
    const id = await opened(console, modal('for the guest'), practiceUsers.guest);
    expect((await snapshot(console, practiceUsers.guest)).view).toMatchObject({ id, title: { text: 'Plan' } });
    expect((await snapshot(console)).view).toBeNull();
  });

  test('takes the place of the one before', async () => {
    const console = await openConsole();
    const first = await opened(console);
    const second = await opened(console);
    expect((await snapshot(console)).view).toMatchObject({ id: second });
    const late = console.slack.views.update({ view_id: first, view: modal('late') });
    expect(await refusal(late)).toMatchObject({ error: 'not_found' });
  });

  test('is updated by its id, and with a hash only while it is still that version', async () => {
    const console = await openConsole();
    const view_id = await opened(console);
    const { hash = '' } = (await snapshot(console)).view ?? {};
    await console.slack.views.update({ view_id, hash, view: modal('second', { title: plain('Second') }) });
    expect((await snapshot(console)).view).toMatchObject({ id: view_id, title: { text: 'Second' } });
    const stale = console.slack.views.update({ view_id, hash, view: modal('third') });
    expect(await refusal(stale)).toMatchObject({ error: 'hash_conflict' });
    await console.slack.views.update({ view_id, view: modal('without a hash', { title: plain('Any') }) });
    expect((await snapshot(console)).view).toMatchObject({ title: { text: 'Any' } });
  });

  test('is updated by an id of the app, which is taken only once', async () => {
    const console = await openConsole();
    await opened(console, modal('words', { external_id: 'plan-1' }));
    await console.slack.views.update({ external_id: 'plan-1', view: modal('second', { title: plain('Second') }) });
    expect((await snapshot(console)).view).toMatchObject({ title: { text: 'Second' } });
    await opened(console, modal('words', { external_id: 'plan-2' }), practiceUsers.approver);
    const trigger_id = await triggerOf(console);
    const again = console.slack.views.open({ trigger_id, view: modal('words', { external_id: 'plan-2' }) });
    expect(await refusal(again)).toMatchObject({ error: 'duplicate_external_id' });
  });

  test('that was closed cannot be updated, and only who asked to know is told', async () => {
    const console = await openConsole();
    const quiet = await opened(console);
    const sent = console.received.length;
    expect(await console.act('close', { view: quiet })).toEqual({ ok: true });
    expect(console.received).toHaveLength(sent);
    const update = console.slack.views.update({ view_id: quiet, view: modal('late') });
    expect(await refusal(update)).toMatchObject({ error: 'not_found' });

    const loud = await opened(console, modal('words', { notify_on_close: true, private_metadata: 'plan-1' }));
    await console.act('close', { view: loud });
    expect(payloadOf(console.received.at(-1))).toMatchObject({
      type: 'view_closed',
      is_cleared: false,
      user: { id: you },
      view: { id: loud, private_metadata: 'plan-1' },
    });
  });
});

describe('a submission', () => {
  const submitting = modal('words', { submit: plain('Request'), callback_id: 'request', private_metadata: 'plan-1' });
  const answering = (console: TestConsole, body: unknown) =>
    console.behave((_received, response) => {
      response.setHeader('content-type', 'application/json').end(body === '' ? '' : JSON.stringify(body));
    });

  test('arrives signed, as Slack documents it, and an empty answer closes the window', async () => {
    const console = await openConsole();
    const view = await opened(console, submitting);
    expect(await console.act('submit', { view })).toEqual({ ok: true });
    const received = console.received.at(-1);
    expect(received && isSigned(received)).toBe(true);
    const payload = payloadOf(received);
    expect(payload).toMatchObject({
      type: 'view_submission',
      user: { id: you, team_id: 'T0PRACTICE' },
      team: { id: 'T0PRACTICE' },
      view: { id: view, callback_id: 'request', private_metadata: 'plan-1', state: { values: {} } },
    });
    expect(payload).not.toHaveProperty('channel');
    expect((await snapshot(console)).view).toBeNull();
  });

  test('is answered with another view, or with "clear"', async () => {
    const console = await openConsole();
    const view = await opened(console, submitting);
    answering(console, { response_action: 'update', view: modal('why not', { title: plain('No') }) });
    expect(await console.act('submit', { view })).toEqual({ ok: true });
    expect((await snapshot(console)).view).toMatchObject({ id: view, title: { text: 'No' } });
    expect(await console.act('submit', { view })).toEqual({ ok: false, error: 'stale' });
    await console.slack.views.update({ view_id: view, view: submitting });
    answering(console, { response_action: 'clear' });
    expect(await console.act('submit', { view })).toEqual({ ok: true });
    expect((await snapshot(console)).view).toBeNull();
  });

  test.each([
    ['a view Slack would not take', { response_action: 'update', view: modal('') }],
    ['an action there is none of', { response_action: 'dance' }],
  ])('that is answered with %s stays open and says so', async (_, body) => {
    const console = await openConsole();
    const view = await opened(console, submitting);
    answering(console, body);
    expect(await console.act('submit', { view })).toEqual({ ok: false, error: 'invalid_view_response' });
    expect((await snapshot(console)).view).toMatchObject({ id: view });
  });

  test('that nobody acknowledges leaves the window open', async () => {
    const console = await openConsole({ ackDeadlineMs: 1_500 });
    const view = await opened(console, submitting);
    console.behave(() => {});
    expect(await console.act('submit', { view })).toEqual({ ok: false, error: 'operation_timeout' });
    expect((await snapshot(console)).view).toMatchObject({ id: view });
    expect(console.server.deliveries().at(-1)).toMatchObject({ kind: 'view_submission', outcome: 'operation_timeout' });
  });

  test('of somebody else’s window is not sent', async () => {
    const console = await openConsole();
    const view = await opened(console, submitting);
    const sent = console.received.length;
    const as = practiceUsers.approver;
    expect(await console.act('submit', { view, as })).toEqual({ ok: false, error: 'stale' });
    await console.act('close', { view, as });
    expect(console.received).toHaveLength(sent);
    expect((await snapshot(console)).view).toMatchObject({ id: view });
  });

  test('a button inside a window is pressed like one in a message, but without a channel to answer in', async () => {
    const console = await openConsole();
    const button = { type: 'button', action_id: 'again', value: 'v', text: plain('Again') } as const;
    const view = await opened(
      console,
      modal('words', { blocks: [{ type: 'actions', block_id: 'row', elements: [button] }] }),
    );
    expect(await console.act('click', { view, blockId: 'row', actionId: 'again' })).toEqual({ ok: true });
    const payload = payloadOf(console.received.at(-1));
    expect(payload).toMatchObject({
      type: 'block_actions',
      container: { type: 'view', view_id: view },
      view: { id: view },
      actions: [{ action_id: 'again', block_id: 'row', value: 'v' }],
    });
    expect(payload).not.toHaveProperty('response_url');
    expect(await console.act('click', { view, blockId: 'row', actionId: 'other' })).toMatchObject({ error: 'stale' });
  });
});

test('an ephemeral message in a thread is shown to that person only', async () => {
  const console = await openConsole();
  const { ts: thread_ts = '' } = await console.slack.chat.postMessage({ channel, text: 'card' });
  await console.slack.chat.postEphemeral({ channel, user: practiceUsers.guest, text: 'may not', thread_ts });
  expect((await snapshot(console, practiceUsers.guest)).ephemerals).toMatchObject([{ text: 'may not', thread_ts }]);
  expect((await snapshot(console)).ephemerals).toEqual([]);
});
