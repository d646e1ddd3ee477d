import { announceBreakGlassMessage } from '../messages.ts';
import { type Answer, decided, type Gate, stateWords } from './decided.ts';
import type { Acting } from './desk.ts';
import { type Caller, mayBreakGlass } from './policy.ts';
import { closedOf, interlocksNow, inWords } from './present-interlocks.ts';
import { changed } from './stored.ts';

const SHORTEST_REASON = 10;

/**
 * Somebody whom the policy names goes on although a rule of the team's own does not hold: for the rules that stand in
 * the way now, and no others. With a reason, and told to the whole channel.
 */
export async function breakGlass(acting: Acting, id: string, caller: Caller, reason: string): Promise<Answer> {
  const said = reason.trim();
  if (said.length < SHORTEST_REASON) return 'Say why, in a sentence: it stands in the channel and in the ledger.';
  return decided(acting, id, caller, 'break the glass', mayBreakGlassNow, async (plan) => {
    if (plan.state !== 'requested') return { refused: stateWords(plan) };
    const interlocks = await interlocksNow(acting, plan);
    if (!interlocks) return { refused: 'the cluster cannot be looked at, so nobody knows what stands in the way' };
    const closed = closedOf({}, interlocks).filter(({ breakable }) => breakable);
    if (closed.length === 0) return { refused: 'nothing stands in the way that somebody could answer for' };
    const now = acting.clock.now();
    const ids = closed.map((one) => one.id);
    const breakGlass = {
      by: caller.user,
      at: now.toISOString(),
      channel: caller.channel,
      reason: said,
      interlocks: ids,
      although: closed.map(({ value }) => value),
    };
    return {
      kind: 'broke-glass',
      plan: changed(plan, { interlocks, breakGlass }, now),
      send: [announceBreakGlassMessage(acting.channel, plan.incident, id)],
      details: { reason: said, interlocks: ids, although: inWords(closed) },
    };
  });
}

const mayBreakGlassNow: Gate = ({ people }, rule, _plan, caller) => mayBreakGlass(people, rule, caller);
