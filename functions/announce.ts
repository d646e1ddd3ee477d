import type { Acting } from '../engine/acting/desk.ts';
import { planCardOf } from '../engine/acting/plan-card.ts';
import { planById } from '../engine/acting/stored.ts';
import { announceCard, announceThread } from '../engine/announce.ts';
import { announceBreakGlass, announcePlan } from '../engine/announce-plan.ts';
import { Refused } from '../engine/errors.ts';
import { type Announced, AnnounceMessage, announceAsideMessage, announceMessage } from '../engine/messages.ts';
import { pace, slackPace } from '../engine/pace.ts';
import type { Chat, Outgoing } from '../engine/ports.ts';
import { REFUSED_RETRY_MS } from './retry.ts';
import type { Tallies } from './tallies.ts';
import type { Handler } from './worker.ts';

/** The queue `announce`: cards and plans first; the evidence goes into the threads beside them, at what pace they leave. */
export function announceHandler(desk: Acting, chat: Chat, metrics: Tallies): Handler {
  const paced = atSlacksPace(desk, chat);
  return async (body) => {
    const message = AnnounceMessage.parse(body);
    if (message.what === 'tell') {
      await desk.chat.whisper({ channel: desk.channel }, message.user, message.text);
      metrics.messages.inc({ kind: message.what });
      return [];
    }
    try {
      const next = await announced(message);
      if (message.what !== 'soon') metrics.messages.inc({ kind: message.what });
      return next;
    } catch (failure) {
      if (!(failure instanceof Refused) || message.aside) throw failure;
      return [announceAsideMessage(message, REFUSED_RETRY_MS)];
    }
  };

  async function announced(message: Announced): Promise<readonly Outgoing[]> {
    const { incident, what } = message;
    if (what === 'soon') return [announceMessage(desk.channel, incident)];
    if (what === 'thread') {
      await announceThread(desk, paced, incident);
      return [];
    }
    if (message.what === 'plan') {
      const plan = await planById(desk.store, message.plan);
      if (plan) await announcePlan(desk, paced, await planCardOf(desk, plan));
      return [];
    }
    if (message.what === 'break-glass') {
      const plan = await planById(desk.store, message.plan);
      if (plan) await announceBreakGlass(desk, paced, await planCardOf(desk, plan));
      return [];
    }
    const { outcome, threadDue } = await announceCard(desk, paced, incident);
    if (outcome) metrics.alerts.inc({ outcome });
    return threadDue ? [announceMessage(desk.channel, incident, 'thread')] : [];
  }
}

/** Of the posts that Slack takes at once (`slackPace`). */
const SPARED_FOR_CARDS = 1;

function atSlacksPace(desk: Pick<Acting, 'clock'>, chat: Chat): Chat {
  const mayPost = pace(desk.clock, slackPace.post);
  const mayUpdate = pace(desk.clock, slackPace.update);
  return {
    ...chat,
    async post(...posted) {
      const [, message] = posted;
      mayPost(message.kind === 'evidence' ? SPARED_FOR_CARDS : 0);
      return chat.post(...posted);
    },
    async update(...message) {
      mayUpdate();
      return chat.update(...message);
    },
  };
}
