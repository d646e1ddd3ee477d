import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural, secondsSince } from '../../evidence/node-words.ts';
import { coverage, summed } from '../../evidence/over-time.ts';
import { chargedOn } from '../charged.ts';
import { grownIn, growthOf } from '../growth.ts';
import { limits } from '../limits.ts';
import type { Seen } from '../schema.ts';
import { type DiskCause, meanOf, onceProved } from '../signs.ts';
import { periodOf, queueNow } from '../stall.ts';
import { percent, rate } from '../words.ts';

/**
 * The runtime fetches and unpacks images: charged to no container, like logs, and in no log. A pull is counted when it
 * has ended; those under way show as pods that wait with the event Pulling.
 */
export const imagePulls: DiskCause = {
  title: 'Image pulls work the disk',
  judge: onceProved(({ stall: { disk, minutes }, seen, now, proof }) => {
    const { pulls, starting } = seen;
    const under = pullingMinutes(pulls, starting, now);
    const during = minutes.filter((minute) => under.has(minute));
    const ended = endedIn(pulls);
    const words = `${ended === 0 ? 'no image pull' : plural(ended, 'image pull')} ended in half an hour${starting.starts.some(({ pullingSince }) => pullingSince) ? ', and pods are pulling now' : ''}`;
    if (during.length === 0) {
      const share = coverage(summed(pulls, 'seen'), periodOf(minutes));
      if (share < limits.coverageShare) {
        return inconclusive(`the kubelet's calls were seen in ${percent(share)} of the time only; ${words}`);
      }
      if (starting.waiting > starting.starts.length) {
        return inconclusive(
          `${words}; ${plural(starting.waiting, 'pod')} wait to start, of which only ${starting.starts.length} were asked what for`,
        );
      }
      return ruledOut(ended === 0 ? words : `${words}, none of them while ${disk.device} was saturated`);
    }
    const part = `pulls were under way in ${during.length} of ${plural(minutes.length, 'saturated minute')}`;
    const period = periodOf(minutes);
    const written = meanOf(disk, 'written', period);
    const charged = chargedOn(disk, seen, period);
    if (written === undefined || charged === undefined)
      return inconclusive(`${words}; ${part}, but who wrote was not seen`);
    const logged = growthOf(seen.logs).reduce((sum, log) => sum + grownIn(log, period), 0) / (60 * period.length);
    const logsSeen = coverage(summed(seen.logs, 'seen'), period);
    const left = written - charged - logged;
    const share = `${percent(Math.max(0, left) / written)} of what ${disk.device} wrote (${rate(written)}) is in no log and charged to no container`;
    if (logsSeen < limits.coverageShare)
      return inconclusive(`${words}; ${part}, but logs were seen in ${percent(logsSeen)} of the time only`);
    if (
      during.length >= limits.mostShare * minutes.length &&
      left >= limits.mostShare * written &&
      left >= limits.leastBytesPerSecond &&
      logged < limits.littleShare * written
    ) {
      return confirmed(`${words}: ${part}, and ${share}. ${proof}`);
    }
    return inconclusive(`${words}; ${part}; ${share}: not the most of it`);
  }),
  measure: queueNow,
  remedies: ['cordon', 'sparePulls', 'keepPatience'],
};

/** Minutes ago in which images were being pulled, as far as it can be told. */
function pullingMinutes(pulls: Seen['pulls'], { starts }: Seen['starting'], now: Date): ReadonlySet<number> {
  const [counts, seconds] = [summed(pulls, 'ended'), summed(pulls, 'seconds')];
  const isSeen = summed(pulls, 'seen');
  const under = new Set<number>();
  for (const [minute, count] of counts) {
    // Before the first pull of a kubelet's process its counters are not there.
    const before = counts.get(minute + 1) ?? (isSeen.has(minute + 1) ? 0 : count);
    if (count <= before) continue;
    const took = (seconds.get(minute) ?? 0) - (seconds.get(minute + 1) ?? 0);
    const length = Math.ceil(took / (count - before) / 60);
    for (let back = 0; back <= length; back += 1) under.add(minute + back);
  }
  for (const { pullingSince } of starts) {
    if (pullingSince === undefined) continue;
    for (let minute = 0; minute <= secondsSince(pullingSince, now) / 60; minute += 1) under.add(minute);
  }
  return under;
}

/** A counter that began anew counts from there. */
function endedIn(pulls: Seen['pulls']): number {
  const counts = [...summed(pulls, 'ended')].toSorted(([a], [b]) => b - a);
  return counts.reduce((sum, [, count], index) => {
    const before = counts[index - 1]?.[1];
    if (before === undefined) return sum;
    return sum + (count >= before ? count - before : count);
  }, 0);
}
