import { type Course, meanIn, summed } from '../evidence/over-time.ts';
import { type Disk, diskOf, disksOf } from './devices.ts';
import { limits } from './limits.ts';
import type { Seen } from './schema.ts';

/** What the kernel charges to a pod, in bytes a second. */
export interface Traffic {
  readonly namespace: string;
  readonly pod: string;
  readonly written: number;
  readonly read: number;
}

type Charged = Pick<Seen, 'disks' | 'writers'>;

/**
 * cAdvisor names the disk of a series, or does not (a volume that it cannot map, a relabelling). Without a name it is of this
 * disk only where there is no other disk and no other name: elsewhere it cannot be told.
 */
function isUnnamedHere({ disks, writers }: Charged): boolean {
  return disksOf(disks).length === 1 && writers.every(({ labels }) => !labels.device);
}

function isOn(disk: Disk, seen: Charged) {
  const isHere = isUnnamedHere(seen);
  return ({ labels: { device } }: Course) => (device ? diskOf(device) === disk.device : isHere);
}

/** What the kernel charges to containers on this disk, in bytes a second; undefined: not seen, or on which disk is not told. */
export function chargedOn(disk: Disk, seen: Charged, minutes: readonly number[]): number | undefined {
  const untold = meanIn(
    summed(seen.writers, 'together', ({ labels }) => !labels.device),
    minutes,
  );
  const isUntold = !isUnnamedHere(seen) && (untold ?? 0) >= limits.leastBytesPerSecond;
  if (isUntold || untoldTop(seen, minutes)) return undefined;
  return meanIn(summed(seen.writers, 'together', isOn(disk, seen)), minutes);
}

/** The pod that moved most on this disk in these minutes. */
export function topOn(disk: Disk, seen: Charged, minutes: readonly number[]): Traffic | undefined {
  return topOf(seen.writers.filter(isOn(disk, seen)), minutes);
}

/** The pod that moved most on a disk that is not told, if that is worth a word. */
export function untoldTop(seen: Charged, minutes: readonly number[]): Traffic | undefined {
  if (isUnnamedHere(seen)) return undefined;
  const unnamed = seen.writers.filter(({ labels }) => !labels.device);
  const top = topOf(unnamed, minutes);
  return top && top.written + top.read >= limits.leastBytesPerSecond ? top : undefined;
}

/** Whether what pods read of this disk was seen: the largest of them, at least. */
export function readsOn(disk: Disk, seen: Charged): ReadonlyMap<number, number> {
  return summed(seen.writers, 'read', isOn(disk, seen));
}

function topOf(writers: readonly Course[], minutes: readonly number[]): Traffic | undefined {
  const pods = new Map<string, Traffic>();
  for (const { figure, labels, values } of writers) {
    const { namespace = '', pod = '' } = labels;
    if ((figure !== 'written' && figure !== 'read') || pod === '') continue;
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
