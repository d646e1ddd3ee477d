import { announceMessage, announcePlanMessage } from '../messages.ts';
import type { Plan } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import type { Acting } from './desk.ts';

/** The incident's card and the plan's own message are brought up to date. */
export function announcePlan({ channel }: Pick<Acting, 'channel'>, plan: Pick<Plan, 'id' | 'incident'>): Outgoing[] {
  return [announceMessage(channel, plan.incident), announcePlanMessage(channel, plan.incident, plan.id)];
}
