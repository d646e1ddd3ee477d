import { reminderFor } from '../engine/acting/overdue.ts';
import type { Posts } from '../engine/announce.ts';
import { closeFolded } from '../engine/fold.ts';
import { type Incident, isOpen, slotOf } from '../engine/incident.ts';
import { recheckRarely } from '../engine/look.ts';
import { lookUpLater } from '../engine/lookup.ts';
import { announceMessage, lookMessage } from '../engine/messages.ts';
import type { Plan } from '../engine/plan.ts';
import { collections, type Outgoing, type Queue } from '../engine/ports.ts';
import type { Desk } from '../engine/triage.ts';

/** Webhooks, alerts and closed incidents are kept this long; twice Alertmanager's usual repeat interval is 24 h. */
const KEEP_DAYS = 30;
const DAY_MS = 86_400_000;
/** A look or a card that was due this long ago is asked for again, as often as the tick comes by. */
const OVERDUE_MS = 300_000;
const prunable = collections.filter(
  (name) => name !== 'incidents' && name !== 'meta' && name !== 'storms' && name !== 'ledger',
);

/**
 * Runs every half minute: forgets what is old, and asks again for a look or a card that never came because its message
 * became a dead letter (Slack refused it until somebody invited the bot, say), looks up what nobody could look up when
 * it arrived, and now and then at what stays broken. Returns what it repaired, by incident.
 */
export async function tick(desk: Desk, queue: Queue): Promise<{ readonly repaired: readonly string[] }> {
  const now = desk.clock.now().getTime();
  const forgetBefore = new Date(now - KEEP_DAYS * DAY_MS);
  for (const collection of prunable) await desk.store.prune(collection, forgetBefore);

  const incidents = (await desk.store.list<Incident>('incidents')).map(({ value }) => value);
  for (const { closedAt, id } of incidents) {
    if (closedAt && Date.parse(closedAt) < forgetBefore.getTime()) await desk.store.delete('incidents', slotOf(id));
  }
  for (const incident of incidents) {
    await closeFolded(desk, incident);
    await lookUpLater(desk, incident);
    if (isOpen(incident)) await recheckRarely(desk, incident);
  }
  const overdue = incidents.filter((incident) => now - Date.parse(incident.updatedAt) > OVERDUE_MS);
  const missing = await Promise.all(overdue.map((incident) => missingFor(desk, incident)));
  const plans = (await desk.store.list<Plan>('plans')).flatMap(({ value }) => reminderFor(value, desk.clock.now()));
  await queue.send([...missing.flat(), ...plans]);
  return { repaired: overdue.filter((_incident, index) => (missing[index] ?? []).length > 0).map(({ id }) => id) };
}

async function missingFor(desk: Desk, incident: Incident): Promise<Outgoing[]> {
  const { id, look, state } = incident;
  if (isOpen(incident) && look.wanted > look.done) return [lookMessage(id, look.wanted)];
  if (state === 'folded' || state === 'closed') return [];
  const posts = await desk.store.get<Posts>('posts', id);
  return posts?.value.card?.state === 'posted' ? [] : [announceMessage(desk.channel, id)];
}
