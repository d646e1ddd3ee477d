import { afterEach, describe, expect, it } from 'vitest';
import type { Card } from '../../engine/card.ts';
import { Refused, TryLater } from '../../engine/errors.ts';
import { Ambiguous, type Chat, type MessageRef } from '../../engine/ports.ts';
import { requested, shown as shownPlan } from '../infra/slack/plans.ts';

/** One message as somebody who looks at the channel sees it. */
export interface ShownMessage {
  readonly ts: string;
  /** Everything it says, notification and content. */
  readonly text: string;
  /** `ts` of the parent, for a reply. */
  readonly thread?: string;
}

/** What goes wrong with the next call that posts. */
export type PostFault =
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  /** The answer is lost; the message is there or it is not. */
  | { readonly kind: 'lost'; readonly arrives: boolean };

/** An empty channel behind a `Chat`: what the suite opens for each test. */
export interface ChatRoom {
  readonly chat: Chat;
  readonly channel: string;
  /** Oldest first, replies included. */
  shown(): Promise<readonly ShownMessage[]>;
  /** Other people write that many messages into the channel. */
  crowd(count: number): Promise<void>;
  /** Somebody deletes a message. */
  remove(ref: MessageRef): Promise<void>;
  failNextPost(fault: PostFault): void;
  /** A member of the channel. */
  readonly member: string;
  /** Everything that member alone is shown in the channel. */
  whispers(): Promise<readonly string[]>;
  /** A window opens on that member's screen: the reference by which `showPlan` knows it. */
  openWindow(): Promise<string>;
  /** What that window says; `undefined` once it is closed. */
  window(): Promise<string | undefined>;
  closeWindow(): Promise<void>;
  close(): Promise<void>;
}

/** What every `Chat` promises, whatever shows the messages. */
export function chatContract(name: string, open: () => Promise<ChatRoom>): void {
  describe(`the chat contract, kept by ${name}`, () => {
    const rooms: ChatRoom[] = [];
    const fresh = async (): Promise<ChatRoom> => {
      const room = await open();
      rooms.push(room);
      return room;
    };
    afterEach(async () => {
      for (const room of rooms.splice(0)) await room.close();
    });
    const note = (text: string) => ({ kind: 'note', text }) as const;
    const start = new Date(Date.now() - 1_000);

    it('shows what was posted, in order, and says where it stands', async () => {
      const { chat, channel, shown } = await fresh();
      const first = await chat.post({ channel }, note('first words'), 'key/1');
      const second = await chat.post({ channel }, note('second words'), 'key/2');
      const messages = await shown();
      expect(messages.map(({ ts }) => ts)).toEqual([first.ts, second.ts]);
      expect(messages[0]?.text).toContain('first words');
      expect(messages[1]?.text).toContain('second words');
    });

    it('never shows the key', async () => {
      const { chat, channel, shown } = await fresh();
      await chat.post({ channel }, note('words'), 'a-key-nobody-sees');
      expect((await shown())[0]?.text).not.toContain('a-key-nobody-sees');
    });

    it('edits in place', async () => {
      const { chat, channel, shown } = await fresh();
      const ref = await chat.post({ channel }, { kind: 'card', card }, 'incident/card');
      await chat.update(ref, { kind: 'card', card: { ...card, summary: 'The kubelet runs again' } }, 'incident/card');
      const messages = await shown();
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatchObject({ ts: ref.ts, text: expect.stringContaining('The kubelet runs again') });
    });

    it('keeps a message findable after an edit', async () => {
      const { chat, channel } = await fresh();
      const ref = await chat.post({ channel }, note('before'), 'incident/card');
      await chat.update(ref, note('after'), 'incident/card');
      expect(await chat.find(channel, 'incident/card', start)).toEqual(ref);
    });

    it('replies in a thread', async () => {
      const { chat, channel, shown } = await fresh();
      const thread = await chat.post({ channel }, { kind: 'card', card }, 'incident/card');
      expect(chat.evidenceParts(card)).toBe(1);
      const reply = await chat.post({ channel, thread }, { kind: 'evidence', card, part: 0 }, 'incident/evidence/0');
      expect((await shown()).find(({ ts }) => ts === reply.ts)).toMatchObject({
        thread: thread.ts,
        text: expect.stringContaining('renewed 247 s ago'),
      });
    });

    it('finds a message by its key, in the channel and in a thread', async () => {
      const { chat, channel } = await fresh();
      const thread = await chat.post({ channel }, note('parent'), 'incident/card');
      const reply = await chat.post({ channel, thread }, note('reply'), 'incident/evidence/0');
      expect(await chat.find(channel, 'incident/card', start)).toEqual(thread);
      expect(await chat.find(channel, 'incident/evidence/0', start, thread)).toEqual(reply);
    });

    it('finds nothing under another key, and nothing older than the search', async () => {
      const { chat, channel } = await fresh();
      await chat.post({ channel }, note('words'), 'incident/card');
      expect(await chat.find(channel, 'incident', start)).toBeUndefined();
      expect(await chat.find(channel, 'incident/card/2', start)).toBeUndefined();
      expect(await chat.find(channel, 'incident/card', new Date(Date.now() + 3_600_000))).toBeUndefined();
    });

    it('finds a message behind hundreds of others', async () => {
      const { chat, channel, crowd } = await fresh();
      const ref = await chat.post({ channel }, note('the one'), 'incident/card');
      await crowd(450);
      expect(await chat.find(channel, 'incident/card', start)).toEqual(ref);
    });

    it('asks to come back later when it is limited, and shows nothing', async () => {
      const { chat, channel, shown, failNextPost } = await fresh();
      failNextPost({ kind: 'limited', retryAfterSeconds: 7 });
      const failure = await chat.post({ channel }, note('words'), 'key').catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(TryLater);
      expect(failure).toMatchObject({ retryAfterMs: 7_000 });
      expect(await shown()).toEqual([]);
      await chat.post({ channel }, note('words'), 'key');
      expect(await shown()).toHaveLength(1);
    });

    it('says that a post is ambiguous when its answer is lost, and then finds it where it arrived', async () => {
      const { chat, channel, shown, failNextPost } = await fresh();
      failNextPost({ kind: 'lost', arrives: true });
      await expect(chat.post({ channel }, note('words'), 'key')).rejects.toBeInstanceOf(Ambiguous);
      const [message] = await shown();
      expect(await chat.find(channel, 'key', start)).toEqual({ channel, ts: message?.ts });
    });

    it('finds nothing after an ambiguous post that did not arrive', async () => {
      const { chat, channel, failNextPost } = await fresh();
      failNextPost({ kind: 'lost', arrives: false });
      await expect(chat.post({ channel }, note('words'), 'key')).rejects.toBeInstanceOf(Ambiguous);
      expect(await chat.find(channel, 'key', start)).toBeUndefined();
    });

    it('says so when the message to edit is gone', async () => {
      const { chat, channel, remove } = await fresh();
      const ref = await chat.post({ channel }, note('words'), 'key');
      await remove(ref);
      const failure = await chat.update(ref, note('more words'), 'key').catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(Refused);
      expect(failure).toMatchObject({ code: 'message_not_found' });
    });

    it('shows a plan in a thread and edits it in place', async () => {
      const { chat, channel, shown } = await fresh();
      const thread = await chat.post({ channel }, { kind: 'card', card }, 'incident/card');
      const ref = await chat.post({ channel, thread }, { kind: 'plan', card: requested }, 'incident/plan/1');
      const approved = { ...requested, headline: 'Cordon the node: approved, about to begin', buttons: [] };
      await chat.update(ref, { kind: 'plan', card: approved }, 'incident/plan/1');
      const replies = (await shown()).filter(({ thread: parent }) => parent !== undefined);
      expect(replies).toHaveLength(1);
      expect(replies[0]).toMatchObject({
        ts: ref.ts,
        thread: thread.ts,
        text: expect.stringContaining('about to begin'),
      });
      expect(await chat.find(channel, 'incident/plan/1', start, thread)).toEqual(ref);
    });

    it('fills the window that somebody opened, and says that it did', async () => {
      const { chat, openWindow, window } = await fresh();
      const view = await openWindow();
      expect(await chat.showPlan(view, shownPlan)).toBe(true);
      expect(await window()).toContain('a plan that nobody has asked for yet');
      expect(await chat.showPlan(view, { problem: 'the problem is gone: the node is ready' })).toBe(true);
      expect(await window()).toContain('the node is ready');
      expect(await window()).not.toContain('nobody has asked');
    });

    it('says so when the window was closed meanwhile', async () => {
      const { chat, openWindow, window, closeWindow } = await fresh();
      const view = await openWindow();
      await closeWindow();
      expect(await chat.showPlan(view, shownPlan)).toBe(false);
      expect(await window()).toBeUndefined();
    });

    it('whispers to one person: nobody else sees it', async () => {
      const { chat, channel, member, shown, whispers } = await fresh();
      await chat.whisper({ channel }, member, 'You may not approve: <guests> may not.');
      expect((await whispers()).join()).toContain('may not approve: ');
      expect(await shown()).toEqual([]);
    });

    it('whispers in a thread too', async () => {
      const { chat, channel, member, whispers } = await fresh();
      const thread = await chat.post({ channel }, note('parent'), 'incident/card');
      await chat.whisper({ channel, thread }, member, 'only you');
      expect((await whispers()).join()).toContain('only you');
    });

    it('refuses to whisper to somebody who is not there', async () => {
      const { chat, channel } = await fresh();
      await expect(chat.whisper({ channel }, 'U0NOBODY', 'words')).rejects.toBeInstanceOf(Refused);
    });

    it('refuses a channel that does not exist', async () => {
      const { chat } = await fresh();
      await expect(chat.post({ channel: 'C0NOWHERE' }, note('words'), 'key')).rejects.toBeInstanceOf(Refused);
    });
  });
}

const card: Card = {
  incident: '0a1b2c3d4e5f-1',
  state: 'diagnosed',
  title: 'Node worker-3: node is not ready',
  summary: 'The kubelet stopped or hangs',
  cluster: 'prod-eu',
  target: 'Node worker-3',
  since: new Date('2026-11-21T02:41:00Z'),
  updatedAt: new Date('2026-11-21T02:45:11Z'),
  checklist: [],
  canLook: true,
  likely: [],
  isBeside: false,
  ruledOut: [],
  open: [],
  gaps: [],
  evidence: [
    {
      id: 'lease',
      title: 'Lease of the kubelet',
      status: 'ok',
      source: 'Kubernetes',
      query: 'GET /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-3',
      asOf: '2026-11-21T02:45:10Z',
      value: { renewedSecondsAgo: 247 },
      shown: 'renewed 247 s ago',
      elapsedMs: 12,
    },
  ],
  remedies: [],
  manual: [],
  offered: [],
  plans: [],
  links: [],
  byHand: [],
  notes: [],
};
