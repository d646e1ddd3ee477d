import { inconclusive } from '../../engine/verdict.ts';
import { clockTime, secondsSince } from '../evidence/node-words.ts';
import type { Maybe } from './evidence.ts';
import { portOf } from './ports.ts';
import { isFlapping, LATELY_SECONDS, lifeOf, type NodeCause, readinessOf, trusting } from './signs.ts';

/** The window of `readinessChanges` (queries.ts). */
const FLAPPING_SECONDS = 1800;

/**
 * Words when the node was silent a short while ago, or may have been: then what is well now rules nothing out. Only the
 * controller manager's NodeNotReady means silence; the kubelet's own says that it lives. On a node that flaps, or whose
 * changes could not be counted, the while is longer.
 */
export function lately(maybe: Maybe, now: Date): string | undefined {
  const { events } = maybe;
  const changes = maybe.history?.readinessChanges;
  if (!events) return changes === 0 ? undefined : 'but whether it was silent before, its events would tell';
  const falls = events.filter(({ reason }) => reason === 'NodeNotReady');
  if (isFlapping(maybe) && falls.length === 0) return `but its readiness changed ${changes} times within 30 minutes`;
  const silent = falls.findLast(({ from }) => from === 'node-controller');
  if (!silent) return undefined;
  const ended = [silent.lastSeen, readinessOf(maybe)?.since ?? silent.lastSeen];
  const age = Math.min(...ended.map((time) => secondsSince(time, now)));
  const isSteady = changes !== undefined && !isFlapping(maybe);
  if (age > (isSteady ? LATELY_SECONDS : FLAPPING_SECONDS)) return undefined;
  return `but it was called NotReady for its silence at ${clockTime(silent.lastSeen)}`;
}

/** The judgement of one kind of silence. On a node that is not silent now, what is well now rules out nothing before. */
export function ofSilence(judge: NodeCause['judge']): NodeCause['judge'] {
  return trusting((seen, maybe, context) => {
    const verdict = judge(seen, maybe, context);
    if (verdict.verdict !== 'ruled-out' || isSilent(maybe, context.now)) return verdict;
    const silence = lately(maybe, context.now);
    return silence === undefined ? verdict : inconclusive(`${verdict.reason} now, ${silence}`);
  });
}

/** Whether its lease says so; where that is unseen, nothing must say that it is back. */
function isSilent(maybe: Maybe, now: Date): boolean {
  const { state } = lifeOf(maybe, now);
  if (state !== 'unseen') return state !== 'renewing';
  const port = portOf(maybe, now)?.kind;
  return readinessOf(maybe)?.status === 'Unknown' && port !== 'answers' && port !== 'half';
}
