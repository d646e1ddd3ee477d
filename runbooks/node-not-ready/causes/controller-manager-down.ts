import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { clockWords } from '../../evidence/control-plane.ts';
import { conditionOf } from '../../evidence/node.ts';
import { clockTime, duration, secondsSince } from '../../evidence/node-words.ts';
import { clockDoubt, RUN_OUT_SECONDS } from '../control-plane.ts';
import type { Seen } from '../evidence.ts';
import { LATELY_SECONDS, type NodeCause, SKEW_SECONDS, trusting } from '../signs.ts';

/** Only the controller manager turns a silent node Unknown: without it conditions, taints and evictions stand still. */
export const controllerManagerDown: NodeCause = {
  title: 'Nobody judges the nodes: the controller manager is down',
  present: true,
  judge: trusting((seen, maybe, { now }) => {
    const { controllerManager } = seen;
    if (controllerManager === null) {
      return inconclusive('it shows no lease here (kube-system/kube-controller-manager); its provider can tell');
    }
    const age = secondsSince(controllerManager.renewedAt, now);
    const words = `its lease, renewed every 2 s in health, is ${duration(age)} old`;
    const clock = clockWords(maybe.readyz);
    if (age < -SKEW_SECONDS) {
      return inconclusive(`its lease is dated ${duration(age)} in the future: it does not tell when it was renewed`);
    }
    if (age <= RUN_OUT_SECONDS) return ruledOut(`${age < 0 ? 'its lease has just been renewed' : words}${clock}`);
    const acted = lastAct(seen, controllerManager.renewedAt);
    if (acted !== undefined) {
      const says = `${words}, but it ${acted.words} after that: it works without renewing this lease`;
      return secondsSince(acted.at, now) < LATELY_SECONDS
        ? ruledOut(`${says}${clock}`)
        : inconclusive(`${says}, so that the lease does not tell whether it works now`);
    }
    const byOurs = age + (maybe.readyz?.clockAheadSeconds ?? 0);
    if (byOurs <= RUN_OUT_SECONDS) {
      return inconclusive(`${words} by the API server's clock, and ${duration(byOurs)} by ours: the clocks disagree`);
    }
    const doubt = clockDoubt(maybe, now);
    if (doubt !== undefined) return inconclusive(`${words}, but ${doubt}`);
    return confirmed(`${words}: no node turns Unknown, or is tainted, while it is away${clock}`);
  }),
  remedies: ['checkControlPlane'],
};

/**
 * What only the controller manager does, later than any other instance would have taken over: without leader election
 * (one master, k3s) an old Lease may be left over.
 */
function lastAct({ node, events }: Seen, renewedAt: string): { at: string; words: string } | undefined {
  const ready = conditionOf(node, 'Ready');
  const event = events.findLast(({ reason, from }) => reason === 'NodeNotReady' && from === 'node-controller');
  const acts = [
    ...(ready?.status === 'Unknown' && ready.lastTransitionTime
      ? [{ at: ready.lastTransitionTime, words: `turned this node Unknown at ${clockTime(ready.lastTransitionTime)}` }]
      : []),
    ...(event ? [{ at: event.lastSeen, words: `posted NodeNotReady at ${clockTime(event.lastSeen)}` }] : []),
  ];
  const later = acts.filter(({ at }) => secondsSince(renewedAt, new Date(at)) > RUN_OUT_SECONDS);
  return later.sort((one, other) => Date.parse(one.at) - Date.parse(other.at)).at(-1);
}
