import type { Card } from './card.ts';
import { digestOf } from './change.ts';
import { amend } from './documents.ts';
import { type Incident, slotOf } from './incident.ts';
import type { Progress } from './look.ts';
import type { Chat, Message, MessageRef } from './ports.ts';
import {
  cardSlot,
  isOutOfReach,
  nothing,
  type Posted,
  type Posts,
  postOnce,
  type Shown,
  taken,
  threadSlot,
} from './posted.ts';
import { present } from './present.ts';
import { digestOfCard, sayingOf } from './stale-card.ts';
import type { Desk } from './triage.ts';

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
  } else if (posts.card) {
    // Whether it arrived is not known. If it did, it still tells of a look, and must say that it is part of another.
    if (!(await taken(desk, chat, id, { channel: desk.channel }, cardSlot))) {
      const announced = await announceCard(desk, chat, id);
      return incident.openedBy === undefined ? { ...announced, outcome: 'posted' } : announced;
    }
    await noteFolded(desk, id);
    outcome = 'joined';
  } else if (!posts.folded) {
    await noteFolded(desk, id);
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
    if (!isOutOfReach(failure)) throw failure;
    // The incident still stands, so it gets a new one.
    await amend<Posts, void>(desk.store, 'posts', id, () => ({ result: undefined, value: nothing }));
    return postOnce(desk, chat, id, { channel: desk.channel }, message, cardSlot, shown);
  }
  await noteCard(desk, id, { state: 'posted', at, ref, ...shown });
}

async function noteCard({ store }: Desk, id: string, card: Posted): Promise<void> {
  await amend<Posts, void>(store, 'posts', id, (posts = nothing) => ({ result: undefined, value: { ...posts, card } }));
}

/** Without a card: none was posted, or none arrived. */
async function noteFolded({ store }: Desk, id: string): Promise<void> {
  await amend<Posts, void>(store, 'posts', id, (posts = nothing) => ({
    result: undefined,
    value: { ...cardSlot.write(posts, undefined), folded: true },
  }));
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
