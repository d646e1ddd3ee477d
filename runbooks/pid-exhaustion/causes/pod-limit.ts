import type { Measure } from '../../../engine/measure.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { wasWithin } from '../../evidence/log-time.ts';
import { clockTime, plural } from '../../evidence/node-words.ts';
import { summed } from '../../evidence/over-time.ts';
import { growsWithoutPause, minutesUntil } from '../growth.ts';
import { limits } from '../limits.ts';
import { ALL_MINUTES, isCovered, minutesFrom } from '../machine.ts';
import type { Maybe, Seen } from '../schema.ts';
import { CLEARLY_WORSE } from '../shortage.ts';
import type { PidCause } from '../signs.ts';
import { biggestOf, fresh, gapInLimits, holdsWords, meanOver, nearestOf, type PodUse, podsIn } from '../threads.ts';
import { amount, clockMinute, percent } from '../words.ts';

/**
 * The limit of a pod (podPidsLimit) shows nowhere in the API: Running, Ready, no event (measured at 99 of 100). The node
 * has PIDs enough, PIDPressure is about something else, and `kubectl exec -- true` works even at 100 of 100.
 */
export const podLimit: PidCause = {
  title: 'A pod reached its own limit of PIDs',
  judge: (seen, _maybe, { now }) => {
    const use = podsIn(seen.threads);
    const nearest = nearestOf(use);
    const peak = nearest ? Math.max(...nearest.share.values()) : 0;
    if (nearest && peak >= limits.atLimitShare && !isPool(nearest)) return confirmed(fullWords(nearest, peak, now));
    const said = seen.refusals.said.filter(({ at }) =>
      wasWithin(limits.signMinutes * 60, at, serverTime(seen.readyz, now)),
    );
    const own = nearest && said.find(({ pod }) => pod === `${nearest.namespace}/${nearest.pod}`);
    if (nearest && own && peak >= limits.tightShare) {
      return confirmed(
        `${nearWords(nearest, peak)}, and was refused a fork at ${clockTime(own.at)} (${own.line}): it reached its limit between two looks`,
      );
    }
    const full = nearest && (fresh(nearest.share) ?? 0) >= limits.fullShare && minutesUntil(1, nearest.share);
    if (nearest && full && growsWithoutPause(nearest.share)) {
      return confirmed(
        `${nearWords(nearest, peak)}, and it grows without a pause: at the pace of the last minutes it is full within ${plural(full, 'minute')}`,
      );
    }
    if (nearest && peak >= limits.atLimitShare)
      return inconclusive(
        `${nearWords(nearest, peak)}, as many whenever it was seen, and was refused no fork: a pool of that size, or its limit is reached`,
      );
    return withoutProof(seen, use, nearest && nearWords(nearest, peak), peak, said[0] && refusedWords(said[0]));
  },
  measure: shareNow,
  remedies: ['rollBackFull', 'evictFullPod', 'endLeak', 'keepPatience'],
};

function withoutProof(
  { threads }: Seen,
  use: readonly PodUse[],
  near: string | undefined,
  peak: number,
  refused: string | undefined,
): Verdict {
  const limitsSeen = summed(threads, 'limitsSeen');
  const also = refused ? `; ${refused}` : '';
  if (limitsSeen.size === 0) {
    const biggest = biggestOf(use, [0, 1, 2]);
    const holds = biggest ? meanOver(biggest.threads, [0, 1, 2]) : 0;
    const most =
      biggest && holds > 0 ? `. ${biggest.namespace}/${biggest.pod} has most: ${holdsWords(biggest, holds)}` : '';
    return inconclusive(`the limits of pods are not collected (container_threads_max)${also}${most}`);
  }
  if (!isCovered(limitsSeen)) return inconclusive(`the limits of pods were not seen all the time${also}`);
  const gap = gapInLimits(threads, ALL_MINUTES);
  if (gap) return inconclusive(`${gap}${also}`);
  if (refused) return inconclusive(`${near ?? 'no pod has a limit'}, but ${refused}`);
  if (peak >= limits.fullShare)
    return inconclusive(
      `${near}: near to it, yet no fork is known to be refused, and a pool of threads may be as large as that for good`,
    );
  if (peak >= limits.tightShare) return inconclusive(`${near}: neither free nor full`);
  return ruledOut(near ? `no pod came near to its limit: ${near}` : 'no pod here has a limit of PIDs');
}

/** So near to its limit whenever it was seen, and never at it: whoever takes what it needs once looks the same. */
function isPool({ share, limit }: PodUse): boolean {
  const spare = limit === undefined ? Number.POSITIVE_INFINITY : (1 - Math.max(...share.values())) * limit;
  return spare > limits.sparePids && [...share.values()].every((one) => one >= limits.atLimitShare);
}

function fullWords(pod: PodUse, peak: number, now: Date): string {
  const { namespace, pod: name, limit, share, threads } = pod;
  const full = minutesFrom(share, limits.atLimitShare);
  const [last, first] = [Math.min(...full), Math.max(...full)].map((minute) => clockMinute(now, minute));
  const of = `${percent(peak)} of ${limit === undefined ? 'its limit' : `its ${amount(limit)} PIDs`}`;
  const was = `${namespace}/${name} was at its limit from ${first} to ${last}: ${of}`;
  const current = fresh(share);
  if (current === undefined) return `${was}. It was not seen since`;
  if (current < limits.tightShare) return `${was}. It has fewer now: a restart frees them, and hides who took them`;
  if (current < limits.atLimitShare) return `${was}. It has ${percent(current)} of them now`;
  const holds = fresh(threads);
  const what = holds === undefined ? '' : `, ${holdsWords(pod, holds)}`;
  return `${namespace}/${name} is at its limit since ${first}: ${of}${what}. Its forks are refused, whatever the node has left`;
}

/** Whether it has PIDs enough again, or is gone. */
export function isOver({ share }: PodUse): boolean {
  return (fresh(share) ?? 0) < limits.tightShare;
}

function nearWords({ namespace, pod, limit }: PodUse, peak: number): string {
  return `${namespace}/${pod} used at most ${percent(peak)} of ${limit === undefined ? 'its limit' : `its ${amount(limit)} PIDs`}`;
}

function refusedWords({ pod, at, line }: Seen['refusals']['said'][number]): string {
  return `${pod} was refused a fork at ${clockTime(at)} (${line})`;
}

function shareNow({ threads }: Seen, _maybe: Maybe): Measure | undefined {
  const nearest = nearestOf(podsIn(threads));
  const share = nearest && fresh(nearest.share);
  if (!nearest || share === undefined) return undefined;
  return {
    of: `PIDs of ${nearest.namespace}/${nearest.pod}, of its limit`,
    value: share,
    unit: 'share',
    worseWhen: 'higher',
    clearlyWorse: CLEARLY_WORSE,
    fineUntil: limits.tightShare,
  };
}
