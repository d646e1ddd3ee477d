import * as z from 'zod';
import type { Outgoing } from './ports.ts';

/** What travels on the queues. References only: the documents hold the truth, so a repeated message finds it done. */
export const InvestigateMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('webhook'), webhook: z.string() }),
  z.object({ type: z.literal('alert'), alert: z.string() }),
  z.object({ type: z.literal('look'), incident: z.string(), wanted: z.number() }),
  z.object({ type: z.literal('recheck'), incident: z.string(), rechecks: z.number() }),
]);
/** It was refused once, and waits in a line of its own now. */
const Aside = z.literal(true).optional();
/**
 * `soon`: wait aside, then stand in the channel's line; `thread`: the evidence, after every card has had its turn;
 * `plan`: the message of one plan in the thread; `break-glass`: one of its own in the channel.
 */
export const AnnounceMessage = z.union([
  z.object({ incident: z.string(), what: z.enum(['card', 'thread', 'soon']), aside: Aside }),
  z.object({ incident: z.string(), what: z.enum(['plan', 'break-glass']), plan: z.string(), aside: Aside }),
  /** What one person alone is told. The words themselves: no document holds them. */
  z.object({ what: z.literal('tell'), user: z.string(), text: z.string() }),
]);

export type InvestigateMessage = z.infer<typeof InvestigateMessage>;
export type AnnounceMessage = z.infer<typeof AnnounceMessage>;
/** Of what stands in the channel. */
export type Announced = Exclude<AnnounceMessage, { what: 'tell' }>;

/** Webhooks are taken apart side by side in so many lines; alerts that overtake each other are put right later. */
const WEBHOOK_LINES = 8;
let line = 0;

export function webhookMessage(webhook: string): Outgoing {
  const body = { type: 'webhook', webhook } satisfies InvestigateMessage;
  line = (line + 1) % WEBHOOK_LINES;
  return { queue: 'investigate', group: `webhooks/${line}`, body };
}

/** `group` orders the alerts about one thing before anybody knows which incident they belong to. */
export function triageMessage(alert: string, group: string): Outgoing {
  return { queue: 'investigate', group, body: { type: 'alert', alert } satisfies InvestigateMessage };
}

export function lookMessage(incident: string, wanted: number): Outgoing {
  const body = { type: 'look', incident, wanted } satisfies InvestigateMessage;
  return { queue: 'investigate', group: `look/${incident}`, body };
}

/** In a line of its own: who asks meanwhile need not wait. */
export function lookLaterMessage(incident: string, wanted: number, delayMs: number): Outgoing {
  return { ...lookMessage(incident, wanted), group: `look/${incident}/soon`, delayMs };
}

export function recheckMessage(incident: string, rechecks: number, delayMs: number): Outgoing {
  const body = { type: 'recheck', incident, rechecks } satisfies InvestigateMessage;
  return { queue: 'investigate', group: `look/${incident}/later`, body, delayMs };
}

/** Announcements of one channel keep their order. Threads have a line of their own: their many posts hold up no card. */
export function announceMessage(channel: string, incident: string, what: 'card' | 'thread' = 'card'): Outgoing {
  const group = what === 'thread' ? `thread/${channel}` : channel;
  return { queue: 'announce', group, body: { incident, what } satisfies AnnounceMessage };
}

export function announcePlanMessage(channel: string, incident: string, plan: string): Outgoing {
  return { queue: 'announce', group: channel, body: { incident, what: 'plan', plan } satisfies AnnounceMessage };
}

/** Before everything that waits: somebody goes on in spite of a rule of the team. */
export function announceBreakGlassMessage(channel: string, incident: string, plan: string): Outgoing {
  return {
    queue: 'announce',
    group: `break-glass/${channel}`,
    body: { incident, what: 'break-glass', plan } satisfies AnnounceMessage,
  };
}

/** In a line of each person's own: no card, and nobody else, waits until Slack takes it. */
export function tellMessage(user: string, text: string): Outgoing {
  return { queue: 'announce', group: `tell/${user}`, body: { what: 'tell', user, text } satisfies AnnounceMessage };
}

/** What Slack refused is tried again where it holds up nobody else's message. */
export function announceAsideMessage(message: Announced, delayMs: number): Outgoing {
  const body = { ...message, aside: true } satisfies AnnounceMessage;
  return { queue: 'announce', group: `aside/${message.incident}`, body, delayMs };
}

/** Waits in a line of its own, so that a delay holds up nobody else's card. */
export function announceSoonMessage(incident: string, delayMs: number): Outgoing {
  return {
    queue: 'announce',
    group: `soon/${incident}`,
    body: { incident, what: 'soon' } satisfies AnnounceMessage,
    delayMs,
  };
}
