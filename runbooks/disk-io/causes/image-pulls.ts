import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { coverage, summed } from '../../evidence/over-time.ts';
import { chargedOn } from '../charged.ts';
import { grownIn, growthOf } from '../growth.ts';
import { limits } from '../limits.ts';
import { placeOfImages, placeOfLogs } from '../places.ts';
import { endedIn, pulledBytes, pullingMinutes } from '../pulls.ts';
import { type DiskCause, meanOf, onceProved } from '../signs.ts';
import { periodOf, queueNow } from '../stall.ts';
import { percent, rate, size } from '../words.ts';

/**
 * The runtime fetches and unpacks images: charged to no container, like logs, and in no log. A pull is counted when it
 * has ended; those under way show as pods that wait with the event Pulling. On a disk that another works, a small image
 * takes minutes as well: so only pulls that are large enough to be the reason are blamed, never one that has not ended.
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
    // What logs take on another disk is not of this one's bytes.
    const loggedHere = placeOfLogs(disk, seen, period, logged).is === 'elsewhere' ? 0 : logged;
    const left = written - charged - loggedHere;
    const place = placeOfImages(disk, seen, period, left);
    if (place.is === 'elsewhere') return ruledOut(`${words}; ${part}, but ${place.words}`);
    const share = `${percent(Math.max(0, left) / written)} of what ${disk.device} wrote (${rate(written)}) is in no log and charged to no container`;
    if (logsSeen < limits.coverageShare)
      return inconclusive(`${words}; ${part}, but logs were seen in ${percent(logsSeen)} of the time only`);
    if (
      during.length >= limits.mostShare * minutes.length &&
      left >= limits.mostShare * written &&
      left >= limits.leastBytesPerSecond &&
      loggedHere < limits.littleShare * written
    ) {
      const pulled = pulledBytes(seen.pulls, period);
      if (pulled === undefined)
        return inconclusive(`${words}: ${part}, and ${share}; how large the images were is not told`);
      const sizes = `the images that came were of ${size(pulled)} at least`;
      if (limits.writtenPerImage * pulled < limits.mostShare * left * 60 * period.length)
        return inconclusive(`${words}: ${part}, and ${share}; but ${sizes}, which need not explain it`);
      if (place.is === 'untold') return inconclusive(`${words}: ${part}, and ${share}; but ${place.words}`);
      return confirmed(`${words}: ${part}, ${sizes}, and ${share}. ${proof}`);
    }
    return inconclusive(`${words}; ${part}; ${share}: not the most of it`);
  }),
  measure: queueNow,
  remedies: ['cordon', 'sparePulls', 'keepPatience'],
};
