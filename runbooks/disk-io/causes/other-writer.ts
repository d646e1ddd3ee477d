import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { type Course, coverage, meanIn, summed } from '../../evidence/over-time.ts';
import type { Disk } from '../devices.ts';
import { grownIn, growthOf } from '../growth.ts';
import { limits } from '../limits.ts';
import type { Seen } from '../schema.ts';
import { type DiskCause, isOn, meanOf, movedBy, onceProved } from '../signs.ts';
import { periodOf, queueNow } from '../stall.ts';
import { percent, rate } from '../words.ts';

export interface Traffic {
  readonly namespace: string;
  readonly pod: string;
  readonly written: number;
  readonly read: number;
}

/** The kernel charges reads and writes of its own files to a pod; so this names it, where that is collected. */
export const otherWriter: DiskCause = {
  title: 'A pod writes or reads too much itself',
  judge: onceProved(({ stall: { disk, minutes }, seen, maybe, proof }) => {
    const moved = movedBy(disk, minutes);
    if (moved === undefined) return inconclusive(`how much ${disk.device} moved was not seen. ${proof}`);
    const top = topOn(disk, seen.writers, minutes);
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
    const share = coverage(summed(seen.writers, 'together'), minutes);
    if (share < limits.coverageShare)
      return inconclusive(`pods were seen in ${percent(share)} of the time only; ${words}`);
    const logged = maybe.logs && logShare(disk, maybe.logs, minutes);
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

/** The pod that moved most on this disk in these minutes. */
export function topOn(disk: Disk, writers: Seen['writers'], minutes: readonly number[]): Traffic | undefined {
  const pods = new Map<string, Traffic>();
  for (const { figure, labels, values } of writers) {
    const { namespace = '', pod = '', device } = labels;
    if ((figure !== 'written' && figure !== 'read') || pod === '' || !isOn(disk, device)) continue;
    const key = `${namespace}/${pod}`;
    const known = pods.get(key) ?? { namespace, pod, written: 0, read: 0 };
    pods.set(key, { ...known, [figure]: known[figure] + perMinute({ values }, minutes) });
  }
  const weight = ({ written, read }: Traffic) => written + read;
  return [...pods.values()].toSorted(
    (a, b) => weight(b) - weight(a) || (`${a.namespace}/${a.pod}` < `${b.namespace}/${b.pod}` ? -1 : 1),
  )[0];
}

/** Mean over all of these minutes: one in which a pod was not among the first five counts as none of its bytes. */
function perMinute({ values }: Pick<Course, 'values'>, minutes: readonly number[]): number {
  const byMinute = new Map(values.map(({ minutesAgo, value }) => [minutesAgo, value]));
  return meanIn(new Map(minutes.map((minute) => [minute, byMinute.get(minute) ?? 0])), minutes) ?? 0;
}

/** Share of what the disk wrote that logs grew by. */
function logShare(disk: Disk, logs: Seen['logs'], minutes: readonly number[]): number | undefined {
  const period = periodOf(minutes);
  const written = meanOf(disk, 'written', period);
  if (!written) return undefined;
  return growthOf(logs).reduce((sum, log) => sum + grownIn(log, period), 0) / (60 * period.length) / written;
}
