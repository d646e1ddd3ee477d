import { type Course, coverage } from '../evidence/over-time.ts';
import { limits } from './limits.ts';
import type { Mounts } from './schema.ts';

/** One disk in one minute. What was not seen is absent. */
export interface DiskMinute {
  readonly minutesAgo: number;
  readonly busy: number;
  readonly queue?: number | undefined;
  readonly written?: number | undefined;
  readonly read?: number | undefined;
  readonly requests?: number | undefined;
  /** Of the whole machine: all tasks waited for I/O this share of the time. */
  readonly stalled?: number | undefined;
}

export interface Disk {
  readonly device: string;
  /** Oldest first. */
  readonly minutes: readonly DiskMinute[];
  readonly saturated: readonly DiskMinute[];
  /** It is there by other figures, and how busy it was is missing of too many minutes: it need not be calm. */
  readonly isHalfSeen: boolean;
}

/** The disks that were seen, by name. */
export function disksOf(courses: readonly Course[]): readonly Disk[] {
  const devices = [...new Set(courses.flatMap(({ labels }) => labels.device ?? []))].toSorted();
  const stalled = valuesOf(courses, 'stalled', undefined);
  return devices.map((device) => {
    const [queue, written, read, requests] = ['queue', 'written', 'read', 'requests'].map((figure) =>
      valuesOf(courses, figure, device),
    );
    const busyAt = valuesOf(courses, 'busy', device);
    const there = [...new Set([queue, written, read, requests].flatMap((values) => [...(values?.keys() ?? [])]))];
    const isHalfSeen = there.length > 0 && coverage(busyAt, there) < limits.coverageShare;
    const minutes = [...busyAt].map(
      ([minutesAgo, busy]): DiskMinute => ({
        minutesAgo,
        busy,
        queue: queue?.get(minutesAgo),
        written: written?.get(minutesAgo),
        read: read?.get(minutesAgo),
        requests: requests?.get(minutesAgo),
        stalled: stalled.get(minutesAgo),
      }),
    );
    return { device, minutes, saturated: minutes.filter(isSaturated), isHalfSeen };
  });
}

/** All minutes of the machine's PSI figure. */
export function stalledOf(courses: readonly Course[]): ReadonlyMap<number, number> {
  return valuesOf(courses, 'stalled', undefined);
}

function valuesOf(courses: readonly Course[], figure: string, device: string | undefined): Map<number, number> {
  const course = courses.find((one) => one.figure === figure && one.labels.device === device);
  return new Map(course?.values.map(({ minutesAgo, value }) => [minutesAgo, value]) ?? []);
}

/** Waiting time and length of the queue are undefined where nothing finishes: busy and queue decide, never the latency. */
function isSaturated({ busy, queue = 0, stalled = 0 }: DiskMinute): boolean {
  return busy >= limits.busyShare && (queue >= limits.queue || stalled >= limits.stalledShare);
}

/** Busy, and whether requests queue is not told. */
export function isUnknown(minute: DiskMinute): boolean {
  return minute.busy >= limits.busyShare && minute.queue === undefined && !isSaturated(minute);
}

/** Whether the kubelet or its runtime keeps data on this disk; `undefined`: that is not known. */
export function isUnderKubelet(device: string, disks: readonly Disk[], mounts: Mounts): boolean | undefined {
  if (disks.length === 1) return true;
  const holds = mounts.flatMap(({ device: mounted, holdsData }) => (holdsData === undefined ? [] : [diskOf(mounted)]));
  if (holds.includes(device)) return true;
  const allKnown = holds.length > 0 && holds.every((one) => disks.some((disk) => disk.device === one));
  return allKnown ? false : undefined;
}

/**
 * Whether the kubelet or its runtime keeps data on what an error names. Unlike a disk that is seen, it may be one that
 * node_exporter does not show: a volume that was detached since. `undefined`: that is not known.
 */
export function isKubeletsDisk(path: string, disks: readonly Disk[], mounts: Mounts): boolean | undefined {
  const device = diskOf(path);
  const isSeen = disks.some((disk) => disk.device === device);
  if (isSeen) return isUnderKubelet(device, disks, mounts);
  const holds = mounts.flatMap(({ device: mounted, holdsData }) => (holdsData === undefined ? [] : [diskOf(mounted)]));
  if (holds.includes(device)) return true;
  return holds.length > 0 && holds.every((one) => disks.some((disk) => disk.device === one)) ? false : undefined;
}

/** The device that a line of the kernel names: `… error on dev vda1, …`, `EXT4-fs error (device sda1): …`, `XFS (vda1): …`. */
export function errorDevice(message: string): string | undefined {
  return /\bdev(?:ice)?\s+([\w!-]+)/.exec(message)?.[1] ?? /\b(?:XFS|EXT4-fs) \(([\w!-]+)\)/.exec(message)?.[1];
}

/** `/dev/vda1` → `vda`, `/dev/nvme0n1p2` → `nvme0n1`. Mapped devices stay as they are: what is under them is not seen. */
export function diskOf(path: string): string {
  const name = path.replace(/^.*\//, '');
  return name.replace(/^((?:nvme\d+n\d+|mmcblk\d+))p\d+$/, '$1').replace(/^((?:x?v|s|h)d[a-z]+)\d+$/, '$1');
}
