import { inconclusive } from '../../engine/verdict.ts';
import { clockTime, secondsSince } from '../evidence/node-words.ts';
import type { Maybe } from './evidence.ts';
import { FLAPPING_SECONDS, isFlapping } from './flapping.ts';
import { exporterOf, portOf } from './ports.ts';
import { LATELY_SECONDS, lifeOf, type NodeCause, readinessOf, trusting } from './signs.ts';

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
  if (isFlapping(maybe, now) && falls.length === 0)
    return `but its readiness changed ${changes} times within 30 minutes`;
  const silent = falls.findLast(({ from }) => from === 'node-controller');
  if (!silent) return undefined;
  const ended = [silent.lastSeen, readinessOf(maybe)?.since ?? silent.lastSeen];
  const age = Math.min(...ended.map((time) => secondsSince(time, now)));
  const isSteady = changes !== undefined && !isFlapping(maybe, now);
  if (age > (isSteady ? LATELY_SECONDS : FLAPPING_SECONDS)) return undefined;
  return `but it was called NotReady for its silence at ${clockTime(silent.lastSeen)}`;
}

/** With half of the kubelets silent or more, Prometheus may be on the smaller side. (Of two machines one is its own.) */
const MOST_DOWN = 0.5;

/** Why a silence may be that of Prometheus: those of its own machine, or rack, answer it also when it is cut off. */
export function cutOffItself({ fleet }: Maybe): string | undefined {
  const { kubelets, kubeletsDown } = fleet ?? {};
  if (kubelets === undefined || kubeletsDown === undefined)
    return 'whether Prometheus reaches other nodes could not be seen';
  if (kubeletsDown < MOST_DOWN * kubelets) return undefined;
  return `${kubelets - kubeletsDown} of ${kubelets} kubelets answer Prometheus: it may be Prometheus that is cut off`;
}

/** Whether nothing but the silence of its ports was seen. */
function bySilenceAlone(maybe: Maybe, now: Date): boolean {
  const isHeard = lifeOf(maybe, now).state === 'renewing' || exporterOf(maybe, now)?.kind === 'answers';
  return !isHeard && portOf(maybe, now)?.kind === 'silent';
}

/** The judgement of one kind of silence. On a node that is not silent now, what is well now rules out nothing before. */
export function ofSilence(judge: NodeCause['judge']): NodeCause['judge'] {
  return trusting((seen, maybe, context) => {
    const verdict = judge(seen, maybe, context);
    if (verdict.verdict !== 'ruled-out') return verdict;
    const blind = bySilenceAlone(maybe, context.now) ? cutOffItself(maybe) : undefined;
    if (blind) return inconclusive(`${verdict.reason}; but ${blind}`);
    if (isSilent(maybe, context.now)) return verdict;
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
