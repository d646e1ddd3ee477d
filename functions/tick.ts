import { reminderFor } from '../engine/acting/overdue.ts';
import type { Posts } from '../engine/announce.ts';
import { amend } from '../engine/documents.ts';
import { closeFolded } from '../engine/fold.ts';
import { closed, type Incident, isOpen, slotOf } from '../engine/incident.ts';
import { recheckRarely } from '../engine/look.ts';
import { lookUpLater } from '../engine/lookup.ts';
import { announceMessage, lookMessage } from '../engine/messages.ts';
import type { Plan } from '../engine/plan.ts';
import { collections, type Outgoing, type Queue } from '../engine/ports.ts';
import type { Desk } from '../engine/triage.ts';

/** Webhooks, alerts and closed incidents are kept this long; twice Alertmanager's usual repeat interval is 24 h. */
export const KEEP_DAYS = 30;
const DAY_MS = 86_400_000;
/** A look or a card that was due this long ago is asked for again, as often as the tick comes by. */
const OVERDUE_MS = 300_000;
/** What is forgotten when nobody has written it for so long; the rest stays, or goes with what it belongs to. */
export const prunable = collections.filter(
  (name) => name !== 'incidents' && name !== 'meta' && name !== 'storms' && name !== 'ledger',
);

/** Something that should have happened long ago, and was asked for again: its message was lost, or has died. */
export interface Repair {
  readonly incident: string;
  readonly plan?: string;
  readonly missing: 'look' | 'card' | 'execution' | 'verification';
}

/**
 * Runs every half minute: forgets what is old, and asks again for a look, a card, an execution or a verification that
 * never came because its message became a dead letter (Slack refused it until somebody invited the bot, say), looks up
 * what nobody could look up when it arrived, and now and then at what stays broken. Returns what it repaired.
 */
export async function tick(desk: Desk, queue: Pick<Queue, 'send'>): Promise<{ readonly repaired: readonly Repair[] }> {
  const now = desk.clock.now().getTime();
  const forgetBefore = new Date(now - KEEP_DAYS * DAY_MS);
  const incidents = (await desk.store.list<Incident>('incidents')).map(({ value }) => value);
  await keepPosts(desk, incidents);
  for (const collection of prunable) await desk.store.prune(collection, forgetBefore);
  for (const { closedAt, id } of incidents) {
    if (closedAt && Date.parse(closedAt) < forgetBefore.getTime()) await desk.store.delete('incidents', slotOf(id));
  }
  for (const incident of incidents) {
    if (isOpen(incident)) await closeOrphan(desk, incident);
    await closeFolded(desk, incident);
    await lookUpLater(desk, incident);
    if (isOpen(incident)) await recheckRarely(desk, incident);
  }
  const overdue = incidents.filter((incident) => now - Date.parse(incident.updatedAt) > OVERDUE_MS);
  const missing = await Promise.all(overdue.map((incident) => missingFor(desk, incident)));
  const plans = (await desk.store.list<Plan>('plans')).map(({ value }) => remindersFor(value, desk.clock.now()));
  const found = [...missing, ...plans].flat();
  await queue.send(found.map(({ message }) => message));
  return { repaired: found.flatMap(({ repair }) => (repair ? [repair] : [])) };
}

/** Where an open incident stands in the channel is known as long as it is open: to forget it would post it anew. */
async function keepPosts(desk: Desk, incidents: readonly Incident[]): Promise<void> {
  const now = desk.clock.now();
  const note = await desk.store.get<{ readonly at: string }>('progress', POSTS_KEPT);
  if (note && now.getTime() - Date.parse(note.value.at) < DAY_MS) return;
  for (const { id } of incidents.filter(isOpen)) {
    const posts = await desk.store.get<Posts>('posts', id);
    if (posts) await desk.store.put({ collection: 'posts', id, value: posts.value, expect: posts.version });
  }
  await desk.store.put({ collection: 'progress', id: POSTS_KEPT, value: { at: now.toISOString() }, expect: 'any' });
}

const POSTS_KEPT = 'tick/posts-kept';

/** Nobody can look at it any more: the practice cluster of an earlier start, say. */
async function closeOrphan(desk: Desk, { id, cluster }: Incident): Promise<void> {
  if (desk.clusters.some(({ name }) => name === cluster)) return;
  await amend<Incident, void>(desk.store, 'incidents', slotOf(id), (incident) => {
    if (incident?.id !== id || !isOpen(incident)) return { result: undefined };
    const value = closed(incident, `cluster ${cluster} is no longer configured`, desk.clock.now());
    return { result: undefined, value, send: [announceMessage(desk.channel, id)] };
  });
}

interface Reminder {
  readonly message: Outgoing;
  readonly repair?: Repair;
}

async function missingFor(desk: Desk, incident: Incident): Promise<Reminder[]> {
  const { id, look, state } = incident;
  if (isOpen(incident) && look.wanted > look.done)
    return [{ message: lookMessage(id, look.wanted), repair: { incident: id, missing: 'look' } }];
  if (state === 'folded' || state === 'closed') return [];
  const posts = await desk.store.get<Posts>('posts', id);
  const { card } = posts?.value ?? {};
  if (card?.state === 'posted' && card.ref?.channel === desk.channel) return [];
  return [{ message: announceMessage(desk.channel, id), repair: { incident: id, missing: 'card' } }];
}

/**
 * What waits for a person has lost nothing: it is looked at again. That the time for approvals is over is often noticed
 * here first.
 */
function remindersFor(plan: Plan, now: Date): Reminder[] {
  const missing = plan.state === 'applied' ? 'verification' : 'execution';
  const repair: Repair = { incident: plan.incident, plan: plan.id, missing };
  const waits = plan.state === 'requested' || plan.state === 'unknown';
  return reminderFor(plan, now).map((message) => (waits ? { message } : { message, repair }));
}
