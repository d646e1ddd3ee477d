import type { Card } from './card.ts';
import { digestOf } from './change.ts';
import { amend } from './documents.ts';
import { Refused, TryLater } from './errors.ts';
import { type Incident, slotOf } from './incident.ts';
import type { Progress } from './look.ts';
import type { Chat, Message, MessageRef } from './ports.ts';
import { present } from './present.ts';
import { digestOfCard, sayingOf } from './stale-card.ts';
import type { Desk } from './triage.ts';

/** Where a message stands in the channel. `posting` outlives a crash: then the channel is asked whether it arrived. */
interface Posted {
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

type Shown = Pick<Posted, 'shows' | 'says'>;

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

export interface Announced {
  /** What became of the alert that opened it, once: its card stands in the channel, or there will be none. */
  readonly outcome?: 'posted' | 'joined';
  readonly threadDue: boolean;
}

/** Brings the channel's card up to date with the incident. Doing it twice changes nothing. */
export async function announceCard(desk: Desk, chat: Chat, id: string): Promise<Announced> {
  const incident = await load(desk, id);
  if (!incident) return { threadDue: false };
  const card = await cardOf(desk, incident);
  const message: Message = { kind: 'card', card };
  const shown: Shown = { shows: digestOfCard(card), says: await sayingOf(desk, incident) };
  const posts = await postsHere(desk, incident);
  if (!posts) return { threadDue: false };
  let outcome: Announced['outcome'];
  if (posts.card?.state === 'posted' && posts.card.ref) {
    const { shows, says, ref } = posts.card;
    if (shows !== shown.shows) await edit(desk, chat, id, ref, message, shown);
    else if (says !== shown.says) await noteCard(desk, id, { state: 'posted', at: posts.card.at, ref, ...shown });
  } else if (incident.foldedInto === undefined) {
    await postOnce(desk, chat, id, { channel: desk.channel }, message, cardSlot, shown);
    if (incident.openedBy === undefined) outcome = 'posted';
  } else if (!posts.card && !posts.folded) {
    await desk.store.put({ collection: 'posts', id, value: { ...posts, folded: true }, expect: 'any' });
    outcome = 'joined';
  }
  return { ...(outcome ? { outcome } : {}), threadDue: threadIsDue(incident, posts, desk.clock.now()) };
}

/**
 * Where it stands in this channel. A card in another one (the configuration has changed) is left behind, and whoever
 * looks at this one gets a card anew; `undefined`: what is over stays where it was.
 */
async function postsHere(desk: Desk, { id, state }: Incident): Promise<Posts | undefined> {
  const posts = (await desk.store.get<Posts>('posts', id))?.value ?? nothing;
  const { ref } = posts.card ?? {};
  if (!ref || ref.channel === desk.channel) return posts;
  if (state === 'closed' || state === 'folded') return undefined;
  await amend<Posts, void>(desk.store, 'posts', id, () => ({ result: undefined, value: nothing }));
  return nothing;
}

/** Posts the evidence of the last look into the thread, part by part, each once. */
export async function announceThread(desk: Desk, chat: Chat, id: string): Promise<void> {
  const incident = await load(desk, id);
  const posts = (await desk.store.get<Posts>('posts', id))?.value ?? nothing;
  const thread = posts.card?.ref;
  const now = desk.clock.now();
  if (!incident?.report || !thread || thread.channel !== desk.channel || !threadIsDue(incident, posts, now)) return;
  const card = await cardOf(desk, incident);
  const told = tellsOf(incident);
  const parts = chat.evidenceParts(card);
  for (let part = 0; part < parts; part += 1) {
    const slot = threadSlot(`${incident.report.startedAt}/${part}`);
    const place = { channel: thread.channel, thread };
    await postOnce(desk, chat, id, place, { kind: 'evidence', card, part }, slot, { shows: '' });
  }
  const { startedAt } = incident.report;
  await amend<Posts, void>(desk.store, 'posts', id, (present = nothing) => ({
    result: undefined,
    value: { ...withoutOlder(present, startedAt), told, toldAt: now.toISOString() },
  }));
}

/** What was told of earlier looks need not be known any more: only that of the present one may be asked for again. */
function withoutOlder({ thread, ...posts }: Posts, startedAt: string): Posts {
  const kept = Object.entries(thread).filter(([key]) => !EVIDENCE.test(key) || key.startsWith(startedAt));
  return { ...posts, thread: Object.fromEntries(kept) };
}

const EVIDENCE = /^\d{4}-\d\d-\d\dT[^/]+\/\d+$/;
/** From the fourth time on that something comes back, nobody reads every turn of it. */
const FLAPPING_AFTER = 3;
const FLAPPING_TOLD_EVERY_MS = 3_600_000;

/** The thread is history: it tells a look that somebody asked for, and one whose verdicts differ from the last told. */
function threadIsDue(incident: Incident, { told, toldAt }: Posts, now: Date): boolean {
  if (incident.report === undefined || told === tellsOf(incident)) return false;
  if (incident.reopened <= FLAPPING_AFTER || incident.look.reason === 'asked' || !toldAt) return true;
  return now.getTime() - Date.parse(toldAt) >= FLAPPING_TOLD_EVERY_MS;
}

function tellsOf({ report, look }: Incident): string {
  const verdicts = report?.causes.map(({ id, verdict }) => [id, verdict]);
  return digestOf([verdicts, look.reason === 'asked' ? report?.startedAt : '']);
}

export interface Slot {
  readonly key: string;
  read(posts: Posts): Posted | undefined;
  write(posts: Posts, posted: Posted | undefined): Posts;
}

const cardSlot: Slot = {
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
  place: { readonly channel: string; readonly thread?: MessageRef },
  message: Message,
  slot: Slot,
  shown: Shown,
): Promise<void> {
  const key = `${id}/${slot.key}`;
  const claimed = await claim(desk, id, slot);
  if (claimed === 'posted') return;
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
    const found = await chat.find(place.channel, key, new Date(doubt.at), place.thread).catch(givingUp(doubt));
    if (found) return note({ state: 'posted', at, ref: found, shows: '', says: '' });
  }
  const ref = await chat.post(place, message, key).catch(givingUp(undefined));
  // From here on it stands there: whoever cannot note that leaves the doubt, and the next one looks.
  await note({ state: 'posted', at, ref, ...shown });
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

async function edit(
  desk: Desk,
  chat: Chat,
  id: string,
  ref: MessageRef,
  message: Message,
  shown: Shown,
): Promise<void> {
  const at = desk.clock.now().toISOString();
  try {
    await chat.update(ref, message, `${id}/card`);
  } catch (failure) {
    if (!(failure instanceof Refused && failure.code === 'message_not_found')) throw failure;
    // Somebody deleted the card: the incident still stands, so it gets a new one.
    await amend<Posts, void>(desk.store, 'posts', id, () => ({ result: undefined, value: nothing }));
    return postOnce(desk, chat, id, { channel: desk.channel }, message, cardSlot, shown);
  }
  await noteCard(desk, id, { state: 'posted', at, ref, ...shown });
}

async function noteCard({ store }: Desk, id: string, card: Posted): Promise<void> {
  await amend<Posts, void>(store, 'posts', id, (posts = nothing) => ({ result: undefined, value: { ...posts, card } }));
}

async function load(desk: Desk, id: string): Promise<Incident | undefined> {
  const current = (await desk.store.get<Incident>('incidents', slotOf(id)))?.value;
  if (current?.id === id) return current;
  return (await desk.store.get<Incident>('closed', id))?.value;
}

/** The card as it would be shown now. */
export async function cardOf(desk: Pick<Desk, 'store' | 'runbooks' | 'offers'>, incident: Incident): Promise<Card> {
  const runbook = desk.runbooks.find((candidate) => candidate.id === incident.runbook);
  const progress = incident.state === 'looking' ? await desk.store.get<Progress>('progress', incident.id) : undefined;
  const card = present(incident, runbook, progress?.value);
  if (!desk.offers) return card;
  const { note, ...offers } = await desk.offers(incident);
  return { ...card, ...offers, notes: note === undefined ? card.notes : [...card.notes, note] };
}
