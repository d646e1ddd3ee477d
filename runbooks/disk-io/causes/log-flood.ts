import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { coverage, summed } from '../../evidence/over-time.ts';
import { chargedOn } from '../charged.ts';
import { grownIn, growthOf, loudestOf } from '../growth.ts';
import { whyNoMore } from '../hidden-growth.ts';
import { limits } from '../limits.ts';
import { placeOfLogs } from '../places.ts';
import { LOG_FLOOR_BYTES } from '../queries.ts';
import type { Maybe } from '../schema.ts';
import { type DiskCause, meanOf, onceProved } from '../signs.ts';
import { ALL_MINUTES, periodOf, queueNow } from '../stall.ts';
import { percent, rate, size } from '../words.ts';
import { byKubeletAlone, byKubeletAndDisk, contradiction } from './flood-by-kubelet.ts';

/**
 * What a container prints is written by the container runtime and charged to it (measured: a log of 399 MB, the pod's
 * own container_fs_writes_bytes_total 0). So a flood shows in the size of the log alone, and never in what its pod
 * writes. How much it grows is a lower bound: rotation takes away what nobody has looked at yet.
 *
 * A log that is flooded is large whenever it is looked at: the kubelet rotates every 10 s at the soonest by default, and
 * leaves the newest rotated file uncompressed (Kubernetes, pkg/kubelet/logs/container_log_manager.go). At 5 MB/s that is
 * 50 MB, whatever containerLogMaxSize says. So where no log was ever larger than 8 MB, none was flooded.
 */
export const logFlood: DiskCause = {
  title: 'A pod floods its log',
  judge: (seen, maybe, context) => {
    const grew = unproved(maybe);
    if (maybe.disks !== undefined || !maybe.kubelet) return grew ?? proved(seen, maybe, context);
    const found = byKubeletAlone(maybe.kubelet, maybe);
    return grew && found.verdict !== 'confirmed' ? inconclusive(`${grew.reason}; ${found.reason}`) : found;
  },
  measure: queueNow,
  remedies: ['rollBack', 'evictPod', 'quietLog', 'keepPatience'],
};

const proved = onceProved(({ stall, seen, maybe, proof }) => {
  if (maybe.logs === undefined && maybe.kubelet) return byKubeletAndDisk(maybe.kubelet, seen, stall, proof);
  const { disk, minutes } = stall;
  const period = periodOf(minutes);
  const logs = growthOf(seen.logs);
  const loudest = loudestOf(logs, period);
  const [written, read] = [meanOf(disk, 'written', period), meanOf(disk, 'read', period)];
  const charged = maybe.writers && chargedOn(disk, seen, period);
  if (loudest === undefined) return whenQuiet(logs.length === 0, seen.logs, period, maybe, proof);
  const grown = grownIn(loudest, period);
  const perSecond = grown / (60 * period.length);
  const { namespace, pod, container } = loudest;
  const words = `the log of ${namespace}/${pod} (container ${container}) grew by ${size(grown)}, ${rate(perSecond)} at least`;
  if (written === undefined || read === undefined) {
    return inconclusive(
      `${words}, but how much ${disk.device} ${written === undefined ? 'wrote' : 'read'} was not seen`,
    );
  }
  if (written + read < limits.leastBytesPerSecond)
    return inconclusive(`${words}, but ${disk.device} moved next to nothing: it is not bytes that hold it up`);
  const place = placeOfLogs(disk, seen, period, perSecond);
  if (place.is === 'elsewhere') return ruledOut(`${words}, but ${place.words}`);
  const all = `what ${disk.device} wrote (${rate(written)})`;
  const share =
    perSecond > written ? `more than ${all}: the rest is still in memory` : `${percent(perSecond / written)} of ${all}`;
  // A rotated file is read once more to be compressed: so much of what was read is the log's own.
  const readBesides = Math.max(0, read - perSecond);
  const worked = written + readBesides;
  if (perSecond >= limits.leastBytesPerSecond && perSecond >= limits.mostShare * worked) {
    if (place.is === 'untold') return inconclusive(`${words}: ${share}; but ${place.words}`);
    return confirmed(`${words}: ${share}. ${proof}`);
  }
  if (perSecond >= limits.mostShare * written) {
    const isLittle = perSecond < limits.leastBytesPerSecond;
    return inconclusive(
      `${words}: ${share}, ${isLittle ? 'which is little' : `but ${rate(readBesides)} were read besides`}. ${proof}`,
    );
  }
  const logged = logs.reduce((sum, log) => sum + grownIn(log, period), 0);
  const uncharged = charged === undefined ? undefined : written - charged;
  const hidesNoMore = whyNoMore(loudest, { period, worked, logs: seen.logs });
  if (
    perSecond >= limits.floodBytesPerSecond &&
    uncharged !== undefined &&
    uncharged >= limits.mostShare * worked &&
    place.is === 'here' &&
    grown >= limits.mostShare * logged &&
    hidesNoMore === undefined
  ) {
    return confirmed(
      `${words} (it was rotated meanwhile, which hides more): ${share}. No container is charged for ${percent(uncharged / written)} of it, as for logs, and no other log grew so. ${proof}`,
    );
  }
  if (charged !== undefined && charged >= limits.nearlyAllShare * written) {
    return ruledOut(
      `${words}, but pods wrote ${percent(Math.min(1, charged / written))} of it themselves, not through their logs`,
    );
  }
  return inconclusive(
    `${words}: ${share}, which is not the most of it. ${hidesNoMore ?? 'Rotation hides what it takes away in between'}`,
  );
});

/** Without the disks nobody is blamed; but whose log grows is worth a word. */
function unproved({ disks, logs }: Maybe): Verdict | undefined {
  const loudest = disks === undefined && logs ? loudestOf(growthOf(logs)) : undefined;
  if (loudest === undefined) return undefined;
  const { namespace, pod } = loudest;
  const words = `the log of ${namespace}/${pod} grew by ${size(grownIn(loudest, ALL_MINUTES))} at least in half an hour`;
  return inconclusive(`${words}, but whether a disk was saturated could not be seen`);
}

function whenQuiet(
  isSmall: boolean,
  logs: Parameters<typeof growthOf>[0],
  period: readonly number[],
  maybe: Maybe,
  proof: string,
) {
  const share = coverage(summed(logs, 'seen'), period);
  const other = contradiction(maybe);
  if (share < limits.coverageShare) {
    return inconclusive(
      `logs were seen in ${percent(share)} of the time only: a stalled kubelet does not answer /metrics. ${other ?? proof}`,
    );
  }
  if (other) return inconclusive(`Prometheus shows no log that grew, but ${other}`);
  return isSmall
    ? ruledOut(`no log on the node was ever larger than ${size(LOG_FLOOR_BYTES)}, and one that is flooded is`)
    : inconclusive('no log was seen to grow, but some are large: rotation may hide it');
}
