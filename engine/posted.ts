import { amend } from './documents.ts';
import { Refused, TryLater } from './errors.ts';
import type { Chat, Message, MessageRef } from './ports.ts';
import type { Desk } from './triage.ts';

/** Where a message stands in the channel. `posting` outlives a crash: then the channel is asked whether it arrived. */
export interface Posted {
  readonly state: 'posting' | 'posted';
  readonly at: string;
  /** Of `posting`: until then somebody may be at it in this moment, and everybody else waits. */
  readonly until?: string;
  readonly ref?: MessageRef;
  /** Digest of what it shows, to leave out edits that change nothing. */
  readonly shows?: string;
  /** Of a card: digest of what the incident said then (`sayingOf`), to notice an edit that never arrived. */
  readonly says?: string;
}

export type Shown = Pick<Posted, 'shows' | 'says'>;

/** What stands in the channel for one incident: its card, and the thread's messages by key. */
export interface Posts {
  readonly card?: Posted;
  readonly thread: Readonly<Record<string, Posted>>;
  /** It never had a card: it was part of another incident before its turn came. */
  readonly folded?: true;
  /** The verdicts the thread told last, and when. */
  readonly told?: string;
  readonly toldAt?: string;
}

export const nothing: Posts = { thread: {} };

export interface Slot {
  readonly key: string;
  read(posts: Posts): Posted | undefined;
  write(posts: Posts, posted: Posted | undefined): Posts;
}

export const cardSlot: Slot = {
  key: 'card',
  read: (posts) => posts.card,
  write: ({ card: _before, ...posts }, card) => (card ? { ...posts, card } : posts),
};

export function threadSlot(key: string): Slot {
  return {
    key,
    read: (posts) => posts.thread[key],
    write: (posts, posted) => {
      const { [key]: _before, ...thread } = posts.thread;
      return { ...posts, thread: posted ? { ...thread, [key]: posted } : thread };
    },
  };
}

interface Place {
  readonly channel: string;
  readonly thread?: MessageRef;
}

/** Longer than a chat takes to post or to give up (`infra/slack/chat.ts`: 8 s). */
const POSTING_MS = 10_000;

/**
 * Claims, posts, notes where it stands. Of two at the same moment one waits. After a crash or an ambiguous failure in
 * between it looks before repeating.
 */
export async function postOnce(
  desk: Desk,
  chat: Chat,
  id: string,
  place: Place,
  message: Message,
  slot: Slot,
  shown: Shown,
): Promise<void> {
  const mine = await taken(desk, chat, id, place, slot);
  if (!mine) return;
  const ref = await chat.post(place, message, `${id}/${slot.key}`).catch(mine.givingUp);
  // From here on it stands there: whoever cannot note that leaves the doubt, and the next one looks.
  await mine.note({ state: 'posted', at: mine.at, ref, ...shown });
}

/** Claims it for a post, where it does not stand there already; `undefined`: it does, and that is noted. */
export async function taken(desk: Desk, chat: Chat, id: string, place: Place, slot: Slot) {
  const claimed = await claim(desk, id, slot);
  if (claimed === 'posted') return undefined;
  const { doubt } = claimed;
  const note = (posted: Posted | undefined) =>
    amend<Posts, void>(desk.store, 'posts', id, (now = nothing) => ({
      result: undefined,
      value: slot.write(now, posted),
    }));
  const at = desk.clock.now().toISOString();
  const givingUp = (left: Posted | undefined) => async (failure: unknown) => {
    // "Try later" means that nothing was posted: the next attempt need not ask the channel first.
    await note(failure instanceof TryLater ? left : { state: 'posting', at: doubt?.at ?? at });
    throw failure;
  };
  if (doubt) {
    const key = `${id}/${slot.key}`;
    const found = await chat.find(place.channel, key, new Date(doubt.at), place.thread).catch(givingUp(doubt));
    if (found) {
      await note({ state: 'posted', at, ref: found, shows: '', says: '' });
      return undefined;
    }
  }
  return { at, note, givingUp: givingUp(undefined) };
}

/** `doubt`: somebody began, and it is not known whether it arrived. Throws `TryLater` while they may still be at it. */
function claim({ store, clock }: Desk, id: string, slot: Slot) {
  type Claimed = 'posted' | { readonly doubt?: Posted };
  return amend<Posts, Claimed>(store, 'posts', id, (posts = nothing) => {
    const before = slot.read(posts);
    if (before?.state === 'posted') return { result: 'posted' };
    const now = clock.now().getTime();
    const leftMs = before?.until === undefined ? 0 : Date.parse(before.until) - now;
    if (leftMs > 0) throw new TryLater('somebody else is posting it', leftMs);
    const at = before?.at ?? new Date(now).toISOString();
    const mine: Posted = { state: 'posting', at, until: new Date(now + POSTING_MS).toISOString() };
    return { result: before ? { doubt: { state: 'posting', at } } : {}, value: slot.write(posts, mine) };
  });
}

/** A refused edit: somebody deleted the message, or it is not the bot's any more, as after the Slack app was made anew. */
export function isOutOfReach(failure: unknown): boolean {
  return failure instanceof Refused && outOfReach.has(failure.code);
}

/** https://docs.slack.dev/reference/methods/chat.update#errors */
const outOfReach: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
