import { announceBreakGlassMessage } from '../messages.ts';
import { type Answer, decided, type Gate, stateWords } from './decided.ts';
import type { Acting } from './desk.ts';
import { type Caller, mayBreakGlass } from './policy.ts';
import { asSeen, closedOf, interlocksNow, inWords } from './present-interlocks.ts';
import { changed } from './stored.ts';

const SHORTEST_REASON = 10;

/**
 * Somebody whom the policy names goes on although a rule of the team's own does not hold: for what stands in the
 * way now, as it stands there now, and for nothing else. With a reason, and told to the whole channel.
 */
export async function breakGlass(acting: Acting, id: string, caller: Caller, reason: string): Promise<Answer> {
  const said = reason.trim();
  if (said.length < SHORTEST_REASON) return 'Say why, in a sentence: it stands in the channel and in the ledger.';
  return decided(acting, id, caller, 'break the glass', mayBreakGlassNow, async (plan) => {
    if (plan.state !== 'requested') return { refused: stateWords(plan) };
    const sight = await interlocksNow(acting, plan);
    if ('unseen' in sight)
      return { refused: `the cluster cannot be looked at, so nobody knows what stands in the way: ${sight.unseen}` };
    const although = closedOf({}, sight.interlocks).filter(({ breakable }) => breakable);
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
  });
}

const mayBreakGlassNow: Gate = ({ people }, rule, _plan, caller) => mayBreakGlass(people, rule, caller);
