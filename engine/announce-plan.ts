import { digestOf } from './change.ts';
import { amend } from './documents.ts';
import { TryLater } from './errors.ts';
import type { PlanCard } from './plan-card.ts';
import type { Chat, Message } from './ports.ts';
import { isOutOfReach, nothing, type Posts, postOnce, threadSlot } from './posted.ts';
import type { Desk } from './triage.ts';

/** Brings a plan's message in the incident's thread up to date: posted once, then edited in place. */
export async function announcePlan(desk: Desk, chat: Chat, card: PlanCard): Promise<void> {
  const { id, incident } = card.plan;
  const posts = (await desk.store.get<Posts>('posts', incident))?.value ?? nothing;
  const thread = posts.card?.ref;
  if (!thread) throw new TryLater("the incident's card is not posted yet", 1_000);
  const slot = threadSlot(`plan/${id}`);
  const posted = slot.read(posts);
  const message: Message = { kind: 'plan', card };
  const shows = digestOf({ ...card, plan: { ...card.plan, updatedAt: '' } });
  const place = { channel: thread.channel, thread };
  if (posted?.state !== 'posted' || !posted.ref) return postOnce(desk, chat, incident, place, message, slot, { shows });
  if (posted.shows === shows) return;
  const { ref } = posted;
  const note = (now: Posts = nothing, gone = false) =>
    slot.write(now, gone ? undefined : { state: 'posted', at: desk.clock.now().toISOString(), ref, shows });
  try {
    await chat.update(ref, message, `${incident}/${slot.key}`);
    await amend<Posts, void>(desk.store, 'posts', incident, (now) => ({ result: undefined, value: note(now) }));
  } catch (failure) {
    if (!isOutOfReach(failure)) throw failure;
    // What waits for a decision must be seen.
    await amend<Posts, void>(desk.store, 'posts', incident, (now) => ({ result: undefined, value: note(now, true) }));
    await postOnce(desk, chat, incident, place, message, slot, { shows });
  }
}

/**
 * Somebody goes on in spite of a rule of the team: a message of its own in the channel, which a thread is not. Once for
 * each time it is done.
 */
export async function announceBreakGlass(desk: Desk, chat: Chat, card: PlanCard): Promise<void> {
  const { id, incident, breakGlass } = card.plan;
  if (!breakGlass) return;
  const slot = threadSlot(`break-glass/${id}/${digestOf(breakGlass).slice(0, 8)}`);
  await postOnce(desk, chat, incident, { channel: desk.channel }, { kind: 'break-glass', card }, slot, { shows: '' });
}
