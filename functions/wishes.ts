import { randomUUID } from 'node:crypto';
import { type RemediateMessage, remediateMessage } from '../engine/acting/messages.ts';
import type { Clock, Queue } from '../engine/ports.ts';
import { redact } from '../engine/redact.ts';
import type { Asking, Caller, SlackHandlers } from '../infra/slack/listeners.ts';
import type { Reply } from '../infra/slack/reply.ts';
import { systemClock } from './clock.ts';

type Wishes = Pick<SlackHandlers, 'openPlan' | 'request' | 'decide' | 'doneByHand' | 'turnedAway'>;
type Sending = Pick<Queue, 'send'>;

/**
 * What people want of a plan: stored, and acknowledged. Who may, and whether it still fits, is asked when it is worked
 * on. Needs nothing but the queue, so that whoever takes Slack's requests can be allowed nothing else.
 */
export function wishes(queue: Sending, clock: Clock = systemClock): Wishes {
  const store = (body: RemediateMessage) => queue.send([remediateMessage(body)]).then(() => undefined);
  return {
    openPlan: ({ incident, remedy, viewId, caller }, asking) =>
      store({ type: 'open', incident, remedy, view: viewId, ...by(caller), made: made(clock, asking) }),
    request: ({ plan, caller }, asking) => store({ type: 'request', plan, ...by(caller), made: made(clock, asking) }),
    decide: ({ plan, button, caller }, asking) =>
      store({ type: 'decide', plan, button, ...by(caller), made: made(clock, asking) }),
    doneByHand: ({ incident, manual, caller }, asking) =>
      store({ type: 'done-by-hand', incident, manual, ...by(caller), made: made(clock, asking) }),
    turnedAway: ({ caller: { userId, teamId }, ...wanted }) =>
      store({ type: 'turned-away', ...wanted, user: userId, team: teamId }),
  };
}

/**
 * `/nightshift break-glass PLAN REASON`; `undefined` for every other command. The reason goes into the queue, the channel,
 * the plan and the ledger: whatever in it looks like a secret is masked before the first of them.
 */
export async function breakGlass(
  queue: Sending,
  { text, ...caller }: Caller & { readonly text: string },
  asking?: Asking,
  clock: Clock = systemClock,
): Promise<Reply | undefined> {
  const [word = '', plan, ...reason] = text.trim().split(/\s+/);
  if (word.toLowerCase() !== 'break-glass') return undefined;
  if (!plan || reason.length === 0) return { text: 'Usage: /nightshift break-glass <plan> <reason, in a sentence>' };
  const wish = { type: 'break-glass', plan, reason: redact(reason.join(' ')), made: made(clock, asking) } as const;
  await queue.send([remediateMessage({ ...wish, ...by(caller) })]);
  return { text: 'Noted: what comes of it stands in the channel.' };
}

/** Slack's own name for the press, the same when Slack delivers it again. */
function made(clock: Clock, asking: Asking | undefined) {
  return { wish: asking?.id || randomUUID(), at: clock.now().toISOString() };
}

function by({ userId, channelId }: Caller) {
  return { by: userId, channel: channelId };
}
