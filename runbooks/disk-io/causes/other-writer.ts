import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { coverage, summed } from '../../evidence/over-time.ts';
import { readsOn, topOn, untoldTop } from '../charged.ts';
import type { Disk } from '../devices.ts';
import { grownIn, growthOf } from '../growth.ts';
import { limits } from '../limits.ts';
import { placeOfLogs } from '../places.ts';
import type { Seen } from '../schema.ts';
import { type DiskCause, meanOf, movedBy, onceProved } from '../signs.ts';
import { periodOf, queueNow } from '../stall.ts';
import { percent, rate } from '../words.ts';

/** The kernel charges reads and writes of its own files to a pod; so this names it, where that is collected. */
export const otherWriter: DiskCause = {
  title: 'A pod writes or reads too much itself',
  judge: onceProved(({ stall: { disk, minutes }, seen, maybe, proof }) => {
    const moved = movedBy(disk, minutes);
    if (moved === undefined) return inconclusive(`how much ${disk.device} moved was not seen. ${proof}`);
    const top = topOn(disk, seen, minutes);
    if (moved < limits.leastBytesPerSecond) {
      return inconclusive(`${disk.device} moved next to nothing (${rate(moved)}): it is not bytes that hold it up`);
    }
    const all = `what ${disk.device} moved (${rate(moved)})`;
    const own = top ? top.written + top.read : 0;
    const words = top
      ? `${top.namespace}/${top.pod} wrote ${rate(top.written)} and read ${rate(top.read)}, ${percent(Math.min(1, own / moved))} of ${all}`
      : `no pod is charged for any of ${all}`;
    if (top && own >= limits.leastBytesPerSecond && own >= limits.mostShare * moved)
      return confirmed(`${words}. ${proof}`);
    const untold = untoldTop(seen, minutes);
    if (untold)
      return inconclusive(
        `${words}. ${untold.namespace}/${untold.pod} wrote ${rate(untold.written)} and read ${rate(untold.read)}, on which disk cAdvisor does not tell`,
      );
    const share = Math.min(coverage(summed(seen.writers, 'together'), minutes), coverage(readsOn(disk, seen), minutes));
    if (share < limits.coverageShare)
      return inconclusive(`what pods write and read was seen in ${percent(share)} of the time only; ${words}`);
    const logged = maybe.logs && logShare(disk, { disks: seen.disks, mounts: seen.mounts, logs: maybe.logs }, minutes);
    if (own < limits.littleShare * moved && logged !== undefined && logged >= limits.nearlyAllShare) {
      return ruledOut(`${words}; logs explain ${percent(Math.min(1, logged))} of what it wrote`);
    }
    return inconclusive(
      `${words}: not the most of it. On cgroup v1, and for a process outside all pods, the kernel charges nobody`,
    );
  }),
  measure: queueNow,
  remedies: ['evictPod', 'slowWriter', 'keepPatience'],
};

/** Share of what the disk wrote that logs grew by; undefined: not seen, or they do not lie on it for sure. */
function logShare(
  disk: Disk,
  { disks, mounts, logs }: Pick<Seen, 'disks' | 'mounts' | 'logs'>,
  minutes: readonly number[],
): number | undefined {
  const period = periodOf(minutes);
  const written = meanOf(disk, 'written', period);
  const logged = growthOf(logs).reduce((sum, log) => sum + grownIn(log, period), 0) / (60 * period.length);
  if (!written || placeOfLogs(disk, { disks, mounts }, period, logged).is !== 'here') return undefined;
  return logged / written;
}
