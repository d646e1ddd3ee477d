import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../engine/acting/ledger.ts';
import { practiceApprovers, practiceUsers } from '../../infra/local/console/practice-users.ts';
import { type Button, buttonsIn, consoleOf, type Message } from './console-driver.ts';
import { nightshift, server, workplace } from './process.ts';

const { requester, approver, secondApprover } = practiceUsers;
const LONGEST_MS = 45_000;
/** No such group is in the stand-in's workspace; asking for it counts all the same. */
const ANOTHER = 'S0SRELEADS';

/** `nightshift serve` with its practice cluster, and the stand-in of Slack with the limits that Slack documents. */
async function open(rule: object = {}, limits: object = {}) {
  const place = workplace();
  const config = join(place.directory, 'nightshift.yaml');
  const approvers = { userGroups: [ANOTHER, practiceApprovers] };
  writeFileSync(
    config,
    JSON.stringify({ policy: [{ remedies: ['*'], approvers, breakGlass: approvers, ...rule }], limits }),
  );
  const data = join(place.directory, 'data');
  const env = { NIGHTSHIFT_CONFIG: config, NIGHTSHIFT_DATA: data };
  const running = await server(env, place.directory);
  const console = consoleOf(running.url);
  const ledger = async () => {
    const { stdout } = await nightshift(['audit', '--json'], env, place.directory);
    return stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Entry] : []));
  };

  /** A fix that the requester has asked for: the card it belongs to. */
  async function askedFor(drill: string | undefined, fix: RegExp): Promise<string> {
    if (drill !== undefined) await console.act('drill', { id: drill });
    const isFix = ({ text, actionId }: Button) => actionId === 'fix' && fix.test(text);
    const card = await patiently(async () => {
      const found = (await console.snapshot()).messages.find((message) => buttonsIn(message).some(isFix));
      const button = found && buttonsIn(found).find(isFix);
      // A card that was edited meanwhile has another block.
      return found && button && (await console.press(requester, found.ts, button)) ? found : undefined;
    }, 'a card with the fix');
    const view = await patiently(async () => {
      const { view: seen } = await console.snapshot(requester);
      return seen?.submit ? seen : undefined;
    }, 'the plan');
    await console.act('submit', { as: requester, view: view.id });
    await patiently(() => planMessage(card.ts), 'the request');
    return card.ts;
  }

  async function planMessage(card: string): Promise<{ ts: string; approve: Button } | undefined> {
    for (const message of await console.thread(card)) {
      const approve = buttonsIn(message).find(({ actionId }) => actionId === 'approve');
      if (approve) return { ts: message.ts, approve };
    }
    return undefined;
  }

  /** A message that was edited meanwhile has another block: then the press is made once more. */
  async function approve(card: string, as: string): Promise<void> {
    for (;;) {
      const found = await planMessage(card);
      if (!found || (await console.press(as, found.ts, found.approve))) return;
    }
  }

  return {
    console,
    ledger,
    askedFor,
    planMessage,
    approve,
    /** Every file of the data directory but the stand-in's own, as it is on the disk. */
    stored: () =>
      readdirSync(data, { withFileTypes: true })
        .filter((file) => file.isFile() && !file.name.startsWith('console.db'))
        .map(({ name }) => readFileSync(join(data, name), 'latin1')),
    /** For whoever reads why a test failed. */
    state: async () => (await ledger()).map(({ at, kind, by = '' }) => `${at} ${kind} ${by}`).join('\n'),
    /** What a thread says beside its first message. */
    says: async (card: string) => (await console.thread(card)).map(({ text }: Message) => text).join('\n'),
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      place[Symbol.dispose]();
    },
  };
}

/** As `until`, for what takes as long as Slack's limits do. */
async function patiently<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  more: () => Promise<string> = async () => '',
): Promise<T> {
  const deadline = Date.now() + LONGEST_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}\n${await more()}`);
    await new Promise((resume) => setTimeout(resume, 300));
  }
}

const seenTo = (words: string) => applied(words) ?? (/not needed any more/.test(words) ? words : undefined);
const applied = (words: string) => (/\bapplied\b/.test(words) ? words : undefined);

describe('with as many questions as Slack allows about user groups', () => {
  it('two requests that two people of two groups approve within seconds are seen to, what is still needed rehearsed and carried out once', async () => {
    await using room = await open({ approvals: 2 });
    const first = await room.askedFor(undefined, /^Cordon/);
    // Another drill ends the trouble before: whichever comes first, the approval or that, has it cordoned or not.
    const second = await room.askedFor('noisy-flow', /priority level/);
    for (const card of [first, second]) for (const who of [approver, secondApprover]) await room.approve(card, who);
    await patiently(async () => seenTo(await room.says(first)), 'the first to be seen to', room.state);
    await patiently(async () => applied(await room.says(second)), 'the second to be applied', room.state);
    const kinds = (await room.ledger()).map(({ kind }) => kind);
    const executions = kinds.filter((kind) => kind === 'executing').length;
    expect(executions).toBeGreaterThan(0);
    expect(kinds.filter((kind) => kind === 'rehearsed')).toHaveLength(executions);
    expect(kinds.filter((kind) => kind === 'paused' || kind === 'denied')).toEqual([]);
  }, 150_000);

  it('fifty presses of approvers do not keep back what they approved', async () => {
    await using room = await open();
    const card = await room.askedFor(undefined, /^Cordon/);
    const found = await room.planMessage(card);
    if (!found) throw new Error('nothing can be approved');
    const pressed = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        room.console.press(n % 2 === 0 ? approver : secondApprover, found.ts, found.approve),
      ),
    );
    expect(pressed.filter(Boolean).length).toBeGreaterThan(40);
    await patiently(async () => applied(await room.says(card)), 'it to be applied', room.state);
    const kinds = (await room.ledger()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'approved')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'rehearsed')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'denied' || kind === 'paused')).toEqual([]);
  }, 120_000);

  it('somebody who is no approver and presses without end keeps no approver out, and fills no ledger', async () => {
    await using room = await open();
    const card = await room.askedFor(undefined, /^Cordon/);
    let presses = 0;
    const pressing = setInterval(() => {
      presses += 1;
      void room.approve(card, requester);
    }, 300);
    try {
      await patiently(async () => (presses >= 60 ? true : undefined), 'sixty presses');
      await room.approve(card, approver);
      await patiently(async () => applied(await room.says(card)), 'it to be applied', room.state);
    } finally {
      clearInterval(pressing);
    }
    const denied = (await room.ledger()).filter(({ kind }) => kind === 'denied');
    expect(denied.length).toBeGreaterThan(0);
    expect(denied.length).toBeLessThanOrEqual(6);
    expect(denied.every(({ by }) => by === requester)).toBe(true);
  }, 120_000);
});

describe('the reason for which somebody breaks the glass', () => {
  it('is masked before it is stored, posted or written down', async () => {
    const freeze = [{ name: 'the night', timeZone: 'UTC' }];
    await using room = await open({}, { freeze });
    const card = await room.askedFor(undefined, /^Cordon/);
    const plan = (await room.planMessage(card))?.approve.value ?? '';
    const reason = 'the shop is down password=hunter2hunter and token=abcdefgh12345678';

    await room.console.act('command', { as: approver, text: `/nightshift break-glass ${plan} ${reason}` });

    const seen = await patiently(async () => {
      const all = JSON.stringify([await room.console.snapshot(approver), await room.console.thread(card)]);
      return all.includes('the shop is down') ? all : undefined;
    }, 'the message');
    const [entry] = (await room.ledger()).filter(({ kind }) => kind === 'broke-glass');
    expect(entry?.details).toMatchObject({ reason: 'the shop is down password=[redacted] and token=[redacted]' });
    for (const text of [seen, ...room.stored()]) expect(text).not.toMatch(/hunter2|abcdefgh1234/);
    expect(room.stored().some((bytes) => bytes.includes('the shop is down'))).toBe(true);
  }, 90_000);
});
