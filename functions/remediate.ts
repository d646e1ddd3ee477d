import { doneByHand } from '../engine/acting/by-hand.ts';
import { approve, request } from '../engine/acting/decide.ts';
import type { Acting } from '../engine/acting/desk.ts';
import { expire, refresh } from '../engine/acting/expire.ts';
import { breakGlass } from '../engine/acting/glass.ts';
import { refuse } from '../engine/acting/halt.ts';
import { RemediateMessage } from '../engine/acting/messages.ts';
import { openPlan, planAnew } from '../engine/acting/open.ts';
import { askAnew } from '../engine/acting/replace.ts';
import { review } from '../engine/acting/review.ts';
import { settleUnknown } from '../engine/acting/settle.ts';
import { planById } from '../engine/acting/stored.ts';
import { executeInTurn, standInLine } from '../engine/acting/turn.ts';
import { noteTurnedAway } from '../engine/acting/turned-away.ts';
import { verify } from '../engine/acting/verify.ts';
import { verifyByHand } from '../engine/acting/verify-by-hand.ts';
import { answerOnce } from '../engine/acting/wished.ts';
import { Refused } from '../engine/errors.ts';
import { tellMessage } from '../engine/messages.ts';
import type { Outgoing } from '../engine/ports.ts';
import type { PracticeCluster } from '../infra/local/practice/practice.ts';
import { atMost } from './at-most.ts';
import type { Tallies } from './tallies.ts';
import type { Handler } from './worker.ts';

/** Each plan costs a diagnosis and a compilation: nobody reads more of them in a minute. */
const OPENED_A_MINUTE = 20;
const TOO_MANY = `You have opened ${OPENED_A_MINUTE} plans within a minute, and each one reads the cluster. Wait a moment.`;

/** An earlier version left it in the queue: nobody knows for which moment it was meant. */
const UNDATED = 'Nothing was done: nobody knows when this was said. Look at the plan as it is now, and press again.';

type Decision = Extract<RemediateMessage, { type: 'decide' }>;

/** The queue `remediate`: people's wishes and decisions, executions, verifications. */
export function remediateHandler(
  acting: Acting,
  metrics: Tallies,
  practice?: Pick<PracticeCluster, 'doneByHand'>,
): Handler {
  const mayOpen = atMost(acting, 'opened', OPENED_A_MINUTE, 60_000);
  return async (body, stopping) => {
    const message = RemediateMessage.parse(body);
    metrics.remediations.inc({ step: message.type });
    switch (message.type) {
      case 'execute':
        return executed({ ...acting, stopping }, metrics, message.plan);
      case 'wait':
        return standInLine(acting, message.plan);
      case 'verify':
        await verify(acting, message.plan, message.look);
        return [];
      case 'verify-by-hand':
        await verifyByHand(acting, message);
        return [];
      case 'turned-away':
        await noteTurnedAway(acting, message);
        return [];
      case 'review':
        await review(acting, message.incident);
        return [];
      case 'expire':
        await expire(acting, message.plan);
        return [];
      case 'refresh':
        return refresh(acting, message.plan);
      case 'ask-anew':
        await askAnew(acting, message.plan);
        return [];
      case 'open':
        if (await mayOpen(message.by, message.made?.wish)) await openPlan(acting, message);
        else await acting.chat.showPlan(message.view, { problem: TOO_MANY });
        return [];
      default:
        return told(
          message,
          makesPlan(message) && !(await mayOpen(message.by, message.made?.wish))
            ? await answerOnce(acting, message.plan, { user: message.by }, TOO_MANY, message.made)
            : await answerOf(acting, message, practice),
        );
    }
  };
}

/** "Undo" and "Plan Again" make plans as opening a fix does. */
function makesPlan(message: Wish): message is Decision {
  return message.type === 'decide' && (message.button === 'undo' || message.button === 'plan-again');
}

type Wish = Exclude<Extract<RemediateMessage, { channel: string; by: string }>, { type: 'open' }>;

/** What somebody asked for by a click or a command; the answer is for them alone. */
async function answerOf(
  acting: Acting,
  message: Wish,
  practice: Pick<PracticeCluster, 'doneByHand'> | undefined,
): Promise<string | undefined> {
  const caller = { user: message.by, channel: message.channel };
  try {
    switch (message.type) {
      case 'request':
        return message.made ? await request(acting, message.plan, caller, message.made) : UNDATED;
      case 'decide':
        return await decide(acting, message, caller);
      case 'break-glass':
        return await breakGlass(acting, message.plan, caller, message.reason, message.made);
      case 'done-by-hand':
        return await doneByHand(acting, message, (manual) => practice?.doneByHand(manual));
    }
  } catch (failure) {
    // The configuration cannot be read, say: whoever asked must know that nothing was done.
    if (!(failure instanceof Refused)) throw failure;
    const text = `Nothing was done: ${failure.message}`;
    return 'plan' in message ? answerOnce(acting, message.plan, caller, text, message.made) : text;
  }
}

async function decide(
  acting: Acting,
  { plan, button, made }: Decision,
  caller: { readonly user: string; readonly channel: string },
): Promise<string | undefined> {
  switch (button) {
    case 'approve':
      return made ? approve(acting, plan, caller, made) : UNDATED;
    case 'refuse':
    case 'stop':
      return refuse(acting, plan, caller, button, made);
    case 'undo':
      return planAnew(acting, plan, caller, 'undo', made);
    case 'plan-again':
      return planAnew(acting, plan, caller, 'again', made);
    case 'it-was-applied':
      return settleUnknown(acting, plan, caller, true, made);
    case 'it-was-not-applied':
      return settleUnknown(acting, plan, caller, false, made);
  }
}

/** By a message of its own: what is decided is done, whatever Slack does with the answer. */
function told({ by }: Wish, text: string | undefined): readonly Outgoing[] {
  return text === undefined ? [] : [tellMessage(by, text)];
}

/** What only waits has no outcome yet. */
async function executed(acting: Acting, metrics: Tallies, id: string): Promise<readonly Outgoing[]> {
  const waiting = await executeInTurn(acting, id);
  const plan = waiting.length === 0 ? await planById(acting.store, id) : undefined;
  if (plan) metrics.executions.inc({ outcome: plan.state });
  return waiting;
}
