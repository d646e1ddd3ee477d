import type { ModalView } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { practiceApprovers, practiceUsers } from '../../../../infra/local/console/practice-users.ts';
import { slackPeople } from '../../../../infra/slack/people.ts';
import { ephemerals, openPage, payloadOf, postWithButton, press, snapshot, triggerOf } from './clicks.ts';
import { botToken, buttons, channel, manualClock, openConsole, refusal, section } from './harness.ts';

const { requester, approver, secondApprover, guest, outsider, bot } = practiceUsers;

describe('the practice users', () => {
  test('are whom the page can act as; the requester is there first', async () => {
    const console = await openConsole();
    const { you, users } = await snapshot(console);
    expect(you).toBe(requester);
    expect(users.map(({ id }) => id)).toEqual([requester, approver, secondApprover, guest, outsider, bot]);
    expect((await snapshot(console, guest)).you).toBe(guest);
  });

  test('are to the directory what they are called', async () => {
    const { server } = await openConsole();
    const people = slackPeople({ botToken, apiUrl: server.apiUrl });
    const standing = async (id: string) => (await people.person(id)).standing;
    expect(
      await Promise.all([requester, approver, secondApprover, guest, outsider, bot, 'U404'].map(standing)),
    ).toEqual(['member', 'member', 'member', 'guest', 'outsider', 'bot', 'unknown']);
    expect(await people.groupMembers(practiceApprovers)).toEqual([approver, secondApprover]);
  });

  test('can leave a group, and the workspace', async () => {
    const clock = manualClock();
    const { server } = await openConsole({ clock });
    const people = slackPeople({ botToken, apiUrl: server.apiUrl, clock });
    expect(await people.person(approver)).toMatchObject({ standing: 'member' });
    server.setUserGroup(practiceApprovers, [secondApprover]);
    server.deactivate(approver);
    clock.advance(60_000);
    expect(await people.groupMembers(practiceApprovers)).toEqual([secondApprover]);
    expect(await people.person(approver)).toMatchObject({ standing: 'deactivated' });
    server.setUserGroup(practiceApprovers);
    clock.advance(60_000);
    expect(await people.groupMembers(practiceApprovers)).toEqual([]);
  });
});

describe('what is done on the page', () => {
  test('is sent as the person who does it', async () => {
    const console = await openConsole();
    const ts = await postWithButton(console);
    await console.act('click', { ...press(ts), as: approver });
    expect(payloadOf(console.received.at(-1))).toMatchObject({ user: { id: approver, team_id: 'T0PRACTICE' } });
    await console.act('command', { text: '/nightshift help', as: guest });
    expect(console.received.at(-1)?.form.get('user_id')).toBe(guest);
    await console.act('message', { text: 'on it', as: guest });
    const { messages } = await console.slack.conversations.history({ channel });
    expect(messages?.[0]).toMatchObject({ user: guest, text: 'on it' });
  });

  test('comes from another workspace when an outsider does it in the shared channel', async () => {
    const console = await openConsole();
    await console.act('click', { ...press(await postWithButton(console)), as: outsider });
    expect(payloadOf(console.received.at(-1))).toMatchObject({
      user: { id: outsider, team_id: 'T0ELSEWHERE' },
      team: { id: 'T0PRACTICE' },
    });
    await console.act('command', { text: '/nightshift help', as: outsider });
    expect(console.received.at(-1)?.form.get('team_id')).toBe('T0ELSEWHERE');
  });

  test('by nobody is not sent', async () => {
    const console = await openConsole();
    const ts = await postWithButton(console);
    for (const as of ['U404', 'U0NIGHTBOT', 'USLACKBOT'])
      expect(await console.act('click', { ...press(ts), as })).toEqual({ ok: false, error: 'unknown_user' });
    expect(console.received).toEqual([]);
  });

  test('is answered to that person only, whoever else looks on', async () => {
    const console = await openConsole();
    await console.act('click', { ...press(await postWithButton(console)), as: guest });
    const { response_url } = payloadOf(console.received[0]);
    await fetch(response_url, { method: 'POST', body: JSON.stringify({ text: 'guests may not' }) });
    await console.slack.chat.postEphemeral({ channel, user: approver, text: 'your turn' });
    expect(await ephemerals(console, guest)).toMatchObject([{ text: 'guests may not' }]);
    expect(await ephemerals(console, approver)).toMatchObject([{ text: 'your turn' }]);
    expect(await ephemerals(console)).toEqual([]);
    const [seen] = await ephemerals(console, guest);
    await console.act('dismiss', { ts: seen?.ts, as: approver });
    expect(await ephemerals(console, guest)).toHaveLength(1);
    await console.act('dismiss', { ts: seen?.ts, as: guest });
    expect(await ephemerals(console, guest)).toEqual([]);
  });

  test('appears only on the pages of the person it is for, windows too', async () => {
    const console = await openConsole();
    await using approvers = await openPage(console, approver);
    await using guests = await openPage(console, guest);
    await console.slack.chat.postEphemeral({ channel, user: guest, text: 'for the guest' });
    const trigger_id = await triggerOf(console, guest);
    const title = { type: 'plain_text', text: 'Guest plan' } as const;
    const view: ModalView = { type: 'modal', title, blocks: [section('x')] };
    await console.slack.views.open({ trigger_id, view });
    await console.slack.chat.postMessage({ channel, text: 'for all' });
    expect(await guests.until('for all')).toMatch(/for the guest.*Guest plan/s);
    expect(await approvers.until('for all')).not.toMatch(/for the guest|Guest plan/);
  });

  test('on what only somebody else can see is not sent', async () => {
    const console = await openConsole();
    const blocks = [buttons('again')];
    await console.slack.chat.postEphemeral({ channel, user: guest, text: 'yours', blocks });
    const [{ ts } = { ts: '' }] = await ephemerals(console, guest);
    expect(await console.act('click', { ...press(ts), as: approver })).toEqual({ ok: false, error: 'stale' });
    expect(await console.act('click', { ...press(ts), as: guest })).toEqual({ ok: true });
    expect(payloadOf(console.received[0])).toMatchObject({ container: { is_ephemeral: true } });
  });

  test('nobody is told anything who is not in the channel', async () => {
    const { slack } = await openConsole();
    const call = slack.chat.postEphemeral({ channel, user: 'U0NIGHTBOT', text: 'x' });
    expect(await refusal(call)).toMatchObject({ error: 'user_not_in_channel' });
  });
});
