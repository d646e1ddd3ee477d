import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import {
  areSmall,
  grownBetween,
  type KubeletLooks,
  largestIn,
  latestOf,
  nameOf,
  noPodWaits,
  stalledWords,
} from '../kubelet.ts';
import { limits } from '../limits.ts';
import { placeOfLogs } from '../places.ts';
import { LOG_FLOOR_BYTES } from '../queries.ts';
import type { Maybe, Seen } from '../schema.ts';
import { meanOf, type Saturated } from '../signs.ts';
import { percent, rate, size } from '../words.ts';

/** Minutes: a disk that was saturated so lately is so while its kubelet is asked. Figures of Prometheus are means of two. */
const LATELY_MINUTES = 2;
const FLOODED_WORDS = `no log on the node is larger than ${size(LOG_FLOOR_BYTES)}, and one that is flooded is`;

/**
 * Where Prometheus shows no disk: tasks that wait for I/O, none of them of a pod, and a log that grows meanwhile. Which disk it
 * is, and what else is written to it, a kubelet does not tell: a process of the machine may saturate it beside any loud log.
 */
export function byKubeletAlone(looks: KubeletLooks, { starting }: Maybe): Verdict {
  const latest = latestOf(looks);
  const words = logWords(looks);
  if (latest.stalled === undefined) {
    return inconclusive(`${words}; but whether a disk holds the node up its kubelet does not tell (PSI)`);
  }
  const { in10, in60 } = latest.stalled;
  const stall = `by its kubelet ${stalledWords(latest.stalled)}`;
  if (Math.min(in10, in60) < limits.stalledShare) {
    return inconclusive(`${words}; ${stall}, and what was before was not seen`);
  }
  if (areSmall(latest)) return ruledOut(`${FLOODED_WORDS}, while ${stall}`);
  const pulls = starting?.starts.find(({ pullingSince }) => pullingSince);
  if (pulls)
    return inconclusive(`${words}; ${stall}; but ${pulls.pod} pulls an image, which the runtime writes as well`);
  const own = noPodWaits(latest) ? ', and no pod waited itself' : '';
  return inconclusive(`${words}; meanwhile ${stall}${own}. Which disk, and what else it writes, was not seen`);
}

/** Where Prometheus shows the disk, and no logs. */
export function byKubeletAndDisk(
  looks: KubeletLooks,
  seen: Pick<Seen, 'disks' | 'mounts'>,
  { disk, minutes }: Saturated,
  proof: string,
): Verdict {
  const words = logWords(looks);
  const now = minutes.filter((minute) => minute <= LATELY_MINUTES);
  if (now.length === 0)
    return inconclusive(`${words}; but now, when its kubelet tells that, ${disk.device} is not saturated`);
  if (areSmall(latestOf(looks))) return ruledOut(FLOODED_WORDS);
  const [loudest] = grownBetween(looks);
  const [written, read] = [meanOf(disk, 'written', now), meanOf(disk, 'read', now)];
  if (!loudest || written === undefined || read === undefined) return inconclusive(`${words}. ${proof}`);
  const { perSecond } = loudest;
  const place = placeOfLogs(disk, seen, now, perSecond);
  if (place.is === 'elsewhere') return ruledOut(`${words}, but ${place.words}`);
  const readBesides = Math.max(0, read - perSecond);
  const share = `${percent(Math.min(1, perSecond / written))} of what ${disk.device} wrote (${rate(written)})`;
  if (perSecond >= limits.leastBytesPerSecond && perSecond >= limits.mostShare * (written + readBesides)) {
    if (place.is === 'untold') return inconclusive(`${words}: ${share}; but ${place.words}`);
    return confirmed(`${words}: ${share}. ${proof}`);
  }
  // Nothing is hidden: rotated every 10 s at the soonest, a log that grew within 6 s was not rotated meanwhile.
  const besides = readBesides > written ? `, and ${rate(readBesides)} were read besides` : '';
  return inconclusive(`${words}: ${share}${besides}, which is not the most of what moved`);
}

/** A log that Prometheus does not show: the kubelet tells both of them the same figure, at another moment. */
export function contradiction({ kubelet }: Maybe): string | undefined {
  const large = kubelet && largestIn(latestOf(kubelet));
  return large && `its kubelet tells now that the log of ${nameOf(large)} has ${size(large.bytes)}`;
}

function logWords(looks: KubeletLooks): string {
  const [loudest] = grownBetween(looks);
  if (loudest) {
    return `the log of ${nameOf(loudest)} grew by ${rate(loudest.perSecond)} at least between two looks of its kubelet, to ${size(loudest.bytes)}`;
  }
  const large = largestIn(latestOf(looks));
  if (large === undefined) return `no log that its kubelet counts is larger than ${size(LOG_FLOOR_BYTES)}`;
  const why = looks.gap ? `it was not seen a second time: ${looks.gap}` : 'it did not grow between two looks';
  return `the log of ${nameOf(large)} has ${size(large.bytes)}, and ${why}`;
}
