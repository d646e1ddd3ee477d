import { type Incident, isOpen, slotOf } from '../engine/incident.ts';
import { lookMessage } from '../engine/messages.ts';
import { collections, type Queue } from '../engine/ports.ts';
import type { Desk } from '../engine/triage.ts';

/** Webhooks, alerts and closed incidents are kept this long; twice Alertmanager's usual repeat interval is 24 h. */
const KEEP_DAYS = 30;
const DAY_MS = 86_400_000;
const LOOK_OVERDUE_MS = 120_000;
const kept = collections.filter((name) => name !== 'incidents' && name !== 'meta' && name !== 'storms');

/**
 * Runs every half minute: forgets what is old, and asks again for a look that was wanted long ago and never came
 * (its message became a dead letter). Returns what it repaired.
 */
export async function tick(desk: Desk, queue: Queue): Promise<{ readonly repaired: readonly string[] }> {
  const now = desk.clock.now().getTime();
  for (const collection of kept) await desk.store.prune(collection, new Date(now - KEEP_DAYS * DAY_MS));
  const incidents = await desk.store.list<Incident>('incidents');
  const overdue = incidents
    .map(({ value }) => value)
    .filter(
      (incident) =>
        isOpen(incident) &&
        incident.look.wanted > incident.look.done &&
        now - Date.parse(incident.updatedAt) > LOOK_OVERDUE_MS,
    );
  for (const { value } of incidents) {
    if (value.closedAt && now - Date.parse(value.closedAt) > KEEP_DAYS * DAY_MS)
      await desk.store.delete('incidents', slotOf(value.id));
  }
  await queue.send(overdue.map(({ id, look }) => lookMessage(id, look.wanted)));
  return { repaired: overdue.map(({ id }) => id) };
}
