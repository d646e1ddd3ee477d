import * as z from 'zod';
import type { PlanButton } from '../plan-card.ts';
import type { Outgoing } from '../ports.ts';

const buttons = [
  'approve',
  'refuse',
  'stop',
  'undo',
  'it-was-applied',
  'it-was-not-applied',
  'plan-again',
] as const satisfies readonly PlanButton[];

/**
 * What tells one wish of a person from every other, and when it was made (RFC 3339): a message may come late, and again.
 * Absent only in what an earlier version left in the queue.
 */
const made = z.object({ wish: z.string(), at: z.string() }).optional();
export type Made = NonNullable<z.infer<typeof made>>;

/** What travels on the queue `remediate`. References only; who may do it is asked when it is worked on. */
export const RemediateMessage = z.discriminatedUnion('type', [
  /** Somebody opened a fix; `view` is the modal that waits for the plan. */
  z.object({
    type: z.literal('open'),
    incident: z.string(),
    remedy: z.string(),
    view: z.string(),
    by: z.string(),
    channel: z.string(),
    made,
  }),
  z.object({ type: z.literal('request'), plan: z.string(), by: z.string(), channel: z.string(), made }),
  z.object({
    type: z.literal('decide'),
    plan: z.string(),
    button: z.enum(buttons),
    by: z.string(),
    channel: z.string(),
    made,
  }),
  z.object({
    type: z.literal('break-glass'),
    plan: z.string(),
    reason: z.string(),
    by: z.string(),
    channel: z.string(),
    made,
  }),
  z.object({
    type: z.literal('done-by-hand'),
    incident: z.string(),
    manual: z.string(),
    by: z.string(),
    channel: z.string(),
    made,
  }),
  /** Somebody of another workspace wanted this and was sent away: for the ledger, and for nothing else. */
  z.object({
    type: z.literal('turned-away'),
    user: z.string(),
    team: z.string(),
    what: z.string(),
    plan: z.string().optional(),
    incident: z.string().optional(),
  }),
  z.object({ type: z.literal('execute'), plan: z.string() }),
  /** It could not go on, and has given its place in the line of its cluster free: it stands in that line again later. */
  z.object({ type: z.literal('wait'), plan: z.string() }),
  z.object({ type: z.literal('verify'), plan: z.string(), look: z.number() }),
  /** Whether what somebody did by hand has helped; `at`: when they said so. */
  z.object({
    type: z.literal('verify-by-hand'),
    incident: z.string(),
    manual: z.string(),
    at: z.string(),
    look: z.number(),
  }),
  /** The incident was looked at again: do its open plans still rest on something? */
  z.object({ type: z.literal('review'), incident: z.string() }),
  z.object({ type: z.literal('expire'), plan: z.string() }),
  /** An open request shows its interlocks and what the policy makes of it, as they are now. */
  z.object({ type: z.literal('refresh'), plan: z.string() }),
  /** It was put aside because it no longer fits: the plan that stands in its place is made and asked for. */
  z.object({ type: z.literal('ask-anew'), plan: z.string() }),
]);
export type RemediateMessage = z.infer<typeof RemediateMessage>;

/**
 * What concerns one plan keeps its order; so do the executions of one cluster, which happen one at a time (`line`: see
 * `lineOf`). A no stands in a line of each person's own: it waits for no execution, and for nobody else's press.
 */
export function remediateMessage(body: RemediateMessage, line?: string, delayMs?: number): Outgoing {
  return { queue: 'remediate', group: groupOf(body, line), body, ...(delayMs === undefined ? {} : { delayMs }) };
}

export function reviewMessage(incident: string): Outgoing {
  return remediateMessage({ type: 'review', incident });
}

function groupOf(body: RemediateMessage, line: string | undefined): string {
  switch (body.type) {
    case 'open':
      return `open/${body.incident}/${body.remedy}`;
    case 'execute':
      return `cluster/${line ?? body.plan}`;
    case 'turned-away':
      return `turned-away/${body.user}`;
    case 'wait':
      return `waiting/${body.plan}`;
    case 'verify':
      return `verify/${body.plan}`;
    case 'verify-by-hand':
      return `verify/${body.incident}/${body.manual}`;
    case 'done-by-hand':
    case 'review':
      return `review/${body.incident}`;
    case 'decide':
      return body.button === 'refuse' || body.button === 'stop' ? `no/${body.plan}/${body.by}` : `plan/${body.plan}`;
    case 'request':
    case 'break-glass':
    case 'ask-anew':
      return `plan/${body.plan}`;
    case 'refresh':
      // It reads the cluster: nobody's yes or no waits behind it.
      return `refresh/${body.plan}`;
    case 'expire':
      // It waits in a line of its own: what comes before its time must not wait behind it.
      return `expire/${body.plan}`;
  }
}
