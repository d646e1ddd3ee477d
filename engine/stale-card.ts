import type { Card } from './card.ts';
import { digestOf } from './change.ts';
import type { Incident } from './incident.ts';
import type { Plan } from './plan.ts';
import type { Posts } from './posted.ts';
import { present } from './present.ts';
import type { Desk } from './triage.ts';

/** Changes with what people see of it: not because a look came to the same end a minute later. */
export function digestOfCard(card: Card): string {
  return digestOf({ ...card, updatedAt: 0, cost: 0, evidence: card.evidence.length });
}

/**
 * What the card has to say of the incident and its plans, as a digest. Not of its buttons, nor of a look that goes on: it
 * is the same for whoever knows no policy and no cluster, as the clock on AWS.
 */
export async function sayingOf({ store, runbooks }: Pick<Desk, 'store' | 'runbooks'>, incident: Incident) {
  const runbook = runbooks.find(({ id }) => id === incident.runbook);
  const states = (incident.plans ?? []).map(async (id) => [id, (await store.get<Plan>('plans', id))?.value.state]);
  return digestOf([digestOfCard(present(incident, runbook, undefined)), await Promise.all(states)]);
}

/**
 * Whether the channel says something else than the incident: its card was never posted, or its last edit never arrived.
 * What is over gets no card anew, and what it left behind in another channel stays as it was.
 */
export async function cardIsStale(desk: Desk, incident: Incident): Promise<boolean> {
  const card = (await desk.store.get<Posts>('posts', incident.id))?.value.card;
  const isOver = incident.state === 'closed' || incident.state === 'folded';
  if (!card) return !isOver;
  if (card.state !== 'posted' || !card.ref) return true;
  if (card.ref.channel !== desk.channel) return !isOver;
  // Of what was posted by an earlier version nobody noted what it said.
  return card.says !== undefined && card.says !== (await sayingOf(desk, incident));
}
