import { type RemediateMessage, remediateMessage } from '../engine/acting/messages.ts';
import type { Queue } from '../engine/ports.ts';
import type { Caller, SlackHandlers } from '../infra/slack/listeners.ts';
import type { Reply } from '../infra/slack/reply.ts';

type Wishes = Pick<SlackHandlers, 'openPlan' | 'request' | 'decide' | 'doneByHand'>;

/**
 * What people want of a plan: stored, and acknowledged. Who may, and whether it still fits, is asked when it is worked
 * on. Needs nothing but the queue, so that whoever takes Slack's requests can be allowed nothing else.
 */
export function wishes(queue: Pick<Queue, 'send'>): Wishes {
  return {
    openPlan: ({ incident, remedy, viewId, caller }) =>
      store(queue, { type: 'open', incident, remedy, view: viewId, ...by(caller) }),
    request: ({ plan, caller }) => store(queue, { type: 'request', plan, ...by(caller) }),
    decide: ({ plan, button, caller }) => store(queue, { type: 'decide', plan, button, ...by(caller) }),
    doneByHand: ({ incident, manual, caller }) =>
      store(queue, { type: 'done-by-hand', incident, manual, ...by(caller) }),
  };
}

/** `/nightshift break-glass PLAN REASON`; `undefined` for every other command. */
export async function breakGlass(
  queue: Pick<Queue, 'send'>,
  { text, ...caller }: Caller & { readonly text: string },
): Promise<Reply | undefined> {
  const [word = '', plan, ...reason] = text.trim().split(/\s+/);
  if (word.toLowerCase() !== 'break-glass') return undefined;
  if (!plan || reason.length === 0) return { text: 'Usage: /nightshift break-glass <plan> <reason, in a sentence>' };
  await store(queue, { type: 'break-glass', plan, reason: reason.join(' '), ...by(caller) });
  return { text: 'Noted: what comes of it stands in the channel.' };
}

async function store(queue: Pick<Queue, 'send'>, body: RemediateMessage): Promise<undefined> {
  await queue.send([remediateMessage(body)]);
}

function by({ userId, channelId }: Caller) {
  return { by: userId, channel: channelId };
}
