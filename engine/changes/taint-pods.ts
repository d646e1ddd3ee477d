import type { Allowed, Taint } from '../change.ts';
import { plural } from './drafts.ts';
import { losses, lostBy, refusal, told } from './drain-pods.ts';
import type { Pod } from './objects.ts';
import { endsForGood, type Owners } from './owners.ts';
import { byName, hasLocalStorage, isFinished, isGoing, lastingCounts, placeOf, podName } from './pods.ts';
import type { Compiled } from './rules.ts';
import { startersOf } from './starters.ts';
import { tolerates } from './tolerations.ts';

/** https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown */
export const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/**
 * Of these pods those that a taint ends, now or once their time is over: of NoExecute all that do not tolerate it for
 * good, of the others none. Those on their way out end without it; but on a node that is silent they stay so for ever, and
 * out-of-service deletes them by force, whatever its effect and what they tolerate.
 */
export function endedBy(taint: Taint, pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => {
    if (isFinished(pod)) return false;
    if (isGoing(pod)) return taint.key === OUT_OF_SERVICE;
    return taint.effect === 'NoExecute' && secondsLeft(taint, pod) !== Number.POSITIVE_INFINITY;
  });
}

/**
 * What becomes of the pods of a node with NoExecute: each that ends by its name, in the words of a drain. Like a drain it is
 * refused what would be lost for good unless that is allowed; of what is allowed each loss has to be approved.
 */
export function endings(
  taint: Taint,
  running: readonly Pod[],
  allow: readonly Allowed[],
  owners: Owners,
): Pick<Compiled, 'effects' | 'blocked' | 'material' | 'touches' | 'moves' | 'starters'> {
  const going = endedBy(taint, running).toSorted(byName);
  const fates = going.map((pod) => [pod, lostBy(pod, allow, owners)] as const);
  return {
    effects: [
      `removes ${going.length} of ${plural(running.length, 'pod')}${inTime(taint, going)}, those that ${going.some(isGoing) ? 'are on their way out, or ' : ''}do not tolerate it; disruption budgets are not asked; removing the taint does not bring them back`,
      ...fates.map(([pod, refused]) => (refused ? told(pod, refused, owners) : ended(taint, pod, owners))),
    ],
    blocked: fates.flatMap(([pod, refused]) => (refused ? refusal([pod, refused]) : [])),
    material: { ends: lastingCounts(going), loses: lostForGood(going, owners) },
    ...(going.length > 0
      ? {
          touches: going.map((pod) => `Pod ${podName(pod)}`),
          moves: going.flatMap(placeOf),
          starters: startersOf(going, owners),
        }
      : {}),
  };
}

/** Pods of Jobs come and go, but a taint cannot leave out those that came since: what they lose is approved as well. */
function lostForGood(going: readonly Pod[], owners: Owners): readonly string[] {
  return going.filter((pod) => endsForGood(pod, owners) !== undefined || hasLocalStorage(pod)).map(podName);
}

function ended(taint: Taint, pod: Pod, owners: Owners): string {
  if (isGoing(pod)) return `end ${podName(pod)} by force, which is on its way out${losses(pod, owners)}`;
  const seconds = secondsLeft(taint, pod);
  return `end ${podName(pod)}${seconds > 0 ? ` after its ${seconds} s` : ''}${losses(pod, owners)}`;
}

/** How long it may stay. Of several tolerations that fit the first counts, as it does for the API. */
function secondsLeft(taint: Taint, { spec }: Pod): number {
  const fitting = spec.tolerations.find((toleration) => tolerates(toleration, taint));
  return fitting ? (fitting.tolerationSeconds ?? Number.POSITIVE_INFINITY) : 0;
}

/** " at once", or how many of them only after a while. */
function inTime(taint: Taint, going: readonly Pod[]): string {
  const times = going.map((pod) => (isGoing(pod) ? 0 : secondsLeft(taint, pod))).filter((seconds) => seconds > 0);
  if (times.length === 0) return ' at once';
  return ` (${times.length} of them after their tolerationSeconds, ${Math.max(...times)} s at most)`;
}
