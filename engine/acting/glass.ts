import { announceBreakGlassMessage } from '../messages.ts';
import type { Plan } from '../plan.ts';
import { amendNoted } from './amend-noted.ts';
import { type Answer, decided, type Gate, stateWords } from './decided.ts';
import type { Acting } from './desk.ts';
import { aboutPlan } from './ledger.ts';
import type { Made } from './messages.ts';
import { type Caller, mayBreakGlass } from './policy.ts';
import { asSeen, closedOf, interlocksNow, inWords } from './present-interlocks.ts';
import { changed, planById } from './stored.ts';
import { answered, isAnswered } from './wished.ts';

const SHORTEST_REASON = 10;
/** A wish that is older is not taken any more: its message waited, or came again, and what stands in the way has changed. */
const HOLDS_MS = 60_000;

/**
 * Somebody whom the policy names goes on although a rule of the team's own does not hold: for what stood in the way when
 * they said so and does now, and for nothing else. With a reason, and told to the whole channel. What is said is good for
 * a minute, and once: a message that waited longer is refused, one that comes again changes nothing.
 */
export async function breakGlass(
  acting: Acting,
  id: string,
  caller: Caller,
  reason: string,
  made?: Made | undefined,
): Promise<Answer> {
  const said = reason.trim();
  if (said.length < SHORTEST_REASON) return 'Say why, in a sentence: it stands in the channel and in the ledger.';
  const known = await planById(acting.store, id);
  if (known && isAnswered(known, made)) return undefined;
  if (known && (!made || isLate(made, acting.clock.now()))) return refuseLate(acting, known, caller, made);
  return decided(acting, id, caller, 'break the glass', mayBreakGlassNow, async (plan) => {
    // Two copies of a message at once.
    if (isAnswered(plan, made)) return { refused: 'it was done already' };
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
      plan: changed(asSeen(plan, sight, now), { breakGlass, ...answered(plan, made) }, now),
      send: [announceBreakGlassMessage(acting.channel, plan.incident, id)],
      details: { reason: said, interlocks, although: inWords(although) },
    };
  });
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

function isLate({ at }: Made, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(at);
  // A time that cannot be read, or that is far ahead, proves nothing.
  return !(Math.abs(ageMs) <= HOLDS_MS);
}

async function refuseLate(acting: Acting, { id }: Plan, { user: by }: Caller, made: Made | undefined): Promise<Answer> {
  const why = made
    ? `it was said at ${made.at} and is good for ${HOLDS_MS / 1_000} seconds: by now something else may stand in the way`
    : 'nobody knows when it was said, so something else may stand in the way by now';
  await amendNoted<void>(acting, id, async (plan, { note }) => {
    if (isAnswered(plan, made)) return { result: undefined };
    const details = { what: 'break the glass', why, ...(made ? { saidAt: made.at } : {}) };
    await note({ kind: 'denied', ...aboutPlan(plan), by, details });
    return made ? { result: undefined, value: { ...plan, ...answered(plan, made) } } : { result: undefined };
  });
  return `The glass was not broken: ${why}. Look at the request, and say it again.`;
}

const mayBreakGlassNow: Gate = ({ people }, rule, _plan, caller) => mayBreakGlass(people, rule, caller);
