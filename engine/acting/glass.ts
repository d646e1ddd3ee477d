import { announceBreakGlassMessage } from '../messages.ts';
import type { Plan } from '../plan.ts';
import { type Answer, type Decision, decided, deny, type Gate, stateWords } from './decided.ts';
import type { Acting } from './desk.ts';
import { atPress } from './looking-up.ts';
import type { Made } from './messages.ts';
import { type Caller, mayBreakGlass } from './policy.ts';
import { asSeen, closedOf, interlocksNow, inWords } from './present-interlocks.ts';
import { changed, planById } from './stored.ts';
import { isAnswered, isOlder } from './wished.ts';

const SHORTEST_REASON = 10;
/** A wish that is older is not taken any more: its message waited, or came again, and what stands in the way has changed. */
const HOLDS_MS = 60_000;

/**
 * Somebody whom the policy names goes on although a rule of the team's own does not hold: for what stood in the way when
 * they said so and does now, and for nothing else. With a reason, and told to the whole channel. What is said is good for
 * a minute, and once: a message that waited longer is refused, one that comes again changes nothing.
 */
export async function breakGlass(
  desk: Acting,
  id: string,
  caller: Caller,
  reason: string,
  made?: Made | undefined,
): Promise<Answer> {
  const acting = atPress(desk, made);
  const said = reason.trim();
  if (said.length < SHORTEST_REASON) return 'Say why, in a sentence: it stands in the channel and in the ledger.';
  const known = await planById(acting.store, id);
  if (known && isAnswered(known, made)) return undefined;
  if (known && (!made || isOlder(made, acting.clock.now(), HOLDS_MS))) return refuseLate(acting, known, caller, made);
  const decide = async (plan: Plan): Promise<Decision> => {
    if (plan.state !== 'requested') return { refused: stateWords(plan) };
    const sight = await interlocksNow(acting, plan);
    if ('unseen' in sight)
      return { refused: `the cluster cannot be looked at, so nobody knows what stands in the way: ${sight.unseen}` };
    const closed = closedOf({}, sight.interlocks).filter(({ breakable }) => breakable);
    const although = closed.length > 0 ? await alsoThen(acting, plan, closed, made) : [];
    if (although.length === 0 && closed.length > 0)
      return { refused: `what stands in the way now did not when you said it, so say it again: ${inWords(closed)}` };
    if (although.length === 0) return { refused: 'nothing stands in the way that somebody could answer for' };
    const now = acting.clock.now();
    const { user: by, channel } = caller;
    const breakGlass = { by, at: now.toISOString(), channel, reason: said, although };
    const interlocks = although.map((one) => one.id);
    return {
      kind: 'broke-glass',
      plan: changed(asSeen(plan, sight, now), { breakGlass }, now),
      send: [announceBreakGlassMessage(acting.channel, plan.incident, id)],
      details: { reason: said, interlocks, although: inWords(although) },
    };
  };
  return decided(acting, id, caller, 'break the glass', mayBreakGlassNow, decide, made);
}

/** Of what is closed now, what was closed for the same reasons at the time the wish was made, as far as time decides it. */
async function alsoThen(acting: Acting, plan: Plan, closed: ReturnType<typeof closedOf>, made: Made | undefined) {
  const clock = { now: () => (made ? new Date(made.at) : acting.clock.now()) };
  const then = await interlocksNow({ ...acting, clock }, plan);
  if ('unseen' in then) return [];
  const although = closedOf({}, then.interlocks);
  const stillClosed = closedOf({ breakGlass: { by: '', at: '', reason: '', although } }, closed);
  return closed.filter((one) => !stillClosed.includes(one));
}

function refuseLate(acting: Acting, plan: Plan, caller: Caller, made: Made | undefined): Promise<Answer> {
  const why = made
    ? `it was said at ${made.at} and is good for ${HOLDS_MS / 1_000} seconds: by now something else may stand in the way`
    : 'nobody knows when it was said, so something else may stand in the way by now';
  const details = { what: 'break the glass', why, ...(made ? { saidAt: made.at } : {}) };
  const text = `The glass was not broken: ${why}. Look at the request, and say it again.`;
  return deny(acting, plan, caller, { details, text }, made);
}

const mayBreakGlassNow: Gate = ({ people }, rule, _plan, caller) => mayBreakGlass(people, rule, caller);
