import { type Disk, diskOf, disksOf, isUnderKubelet } from './devices.ts';
import { limits } from './limits.ts';
import type { Mounts, Seen } from './schema.ts';
import { meanOf, movedBy } from './signs.ts';
import { listed, rate } from './words.ts';

/**
 * What the container runtime and the kernel write is charged to no pod, so nothing names its disk. Beside a volume that a
 * database saturates there are a loud log, pulls and swap on another disk, which are not why. Mounts tell where they lie; but
 * a directory may be moved (a symbolic link, a setting of the runtime), so what the disks wrote has to agree.
 */
export type Place =
  | { readonly is: 'here' }
  /** On another disk, or not told on which: in words. */
  | { readonly is: 'elsewhere' | 'untold'; readonly words: string };

type Figures = Pick<Seen, 'disks' | 'mounts'>;

/** Of every CRI runtime (KubeletConfiguration, podLogsDir: default), and of Docker. */
const LOGS = ['/var/log/pods', '/var/lib/docker/containers'];
/** Of containerd, CRI-O and Docker, and where one program is all of it: k0s, K3s, RKE2, MicroK8s. */
const IMAGES = [
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/docker',
  '/var/lib/k0s/containerd',
  '/var/lib/rancher/k3s/agent/containerd',
  '/var/lib/rancher/rke2/agent/containerd',
  '/var/snap/microk8s/common',
];
/** What a machine may have mounted for reasons of its own: says nothing about its runtime. */
const COMMON = ['/', '/var', '/var/lib', '/var/log', '/var/snap'];

/** Where logs lie that grew by so many bytes a second. */
export function placeOfLogs(disk: Disk, seen: Figures, minutes: readonly number[], perSecond: number): Place {
  const mounts = LOGS.flatMap((path) => mountOf(seen.mounts, path) ?? []);
  const isUsed = ({ mountpoint }: Mount, index: number) => index === 0 || !COMMON.includes(mountpoint);
  return placeOf(disk, seen, mounts.filter(isUsed), { what: 'logs', minutes, perSecond });
}

/** Where images lie, to which so many bytes a second would have to be owed. */
export function placeOfImages(disk: Disk, seen: Figures, minutes: readonly number[], perSecond: number): Place {
  const mounts = IMAGES.flatMap((path) => mountOf(seen.mounts, path) ?? []);
  const own = mounts.filter(({ mountpoint }) => !COMMON.includes(mountpoint));
  return placeOf(disk, seen, own.length > 0 ? own : mounts, { what: 'images', minutes, perSecond });
}

/** No metric tells where swap is. A disk that the kubelet does not need seldom has it; one that moved less never. */
export function placeOfSwap(disk: Disk, seen: Figures, minutes: readonly number[], perSecond: number): Place {
  const disks = disksOf(seen.disks);
  if (disks.length === 1) return { is: 'here' };
  const untold = (words: string): Place => ({ is: 'untold', words: `on which disk swap lies is not told: ${words}` });
  if (isUnderKubelet(disk.device, disks, seen.mounts) !== true) {
    return untold(`the kubelet is not known to keep anything on ${disk.device}`);
  }
  const other = disks.find((one) => one.device !== disk.device && isEnough(movedBy(one, minutes), perSecond));
  return other ? untold(`${other.device} moved enough for it as well`) : { is: 'here' };
}

interface Sought {
  readonly what: string;
  readonly minutes: readonly number[];
  readonly perSecond: number;
}

function placeOf(disk: Disk, seen: Figures, mounts: readonly Mount[], { what, minutes, perSecond }: Sought): Place {
  const disks = disksOf(seen.disks);
  if (disks.length === 1) return { is: 'here' };
  const told = new Set(mounts.map(({ device }) => diskOf(device)));
  const isTold = told.has(disk.device);
  if (isTold && told.size === 1) return { is: 'here' };
  const others = disks.flatMap((one) =>
    one.device === disk.device ? [] : [{ ...one, written: meanOf(one, 'written', minutes) }],
  );
  const enough = others.filter(({ written }) => isEnough(written, perSecond));
  const where = listed(
    [...new Set(mounts.map(({ device, mountpoint }) => `${diskOf(device)} (${mountpoint})`))].toSorted(),
  );
  const isSeen = [...told].every((name) => disks.some(({ device }) => device === name));
  if (
    told.size > 0 &&
    !isTold &&
    isSeen &&
    enough.some(({ device, written }) => told.has(device) && written !== undefined)
  ) {
    return { is: 'elsewhere', words: `${what} lie on ${where}, not on ${disk.device}` };
  }
  if (enough.length === 0 && isUnderKubelet(disk.device, disks, seen.mounts) === true) return { is: 'here' };
  if (told.size === 0) return { is: 'untold', words: `on which disk ${what} lie is not told` };
  const doubt = isTold || !isSeen ? '' : `, though it did not write ${rate(perSecond)}`;
  return {
    is: 'untold',
    words: `by the mounts ${what} lie on ${where}${doubt}: whether on ${disk.device} is not told`,
  };
}

interface Mount {
  readonly device: string;
  readonly mountpoint: string;
}

/** What this path lies on: the longest mount point above it. */
function mountOf(mounts: Mounts, path: string): Mount | undefined {
  return mounts
    .filter(
      ({ mountpoint, holdsData }) =>
        holdsData !== undefined && `${path}/`.startsWith(mountpoint === '/' ? '/' : `${mountpoint}/`),
    )
    .toSorted((a, b) => b.mountpoint.length - a.mountpoint.length || (a.device < b.device ? -1 : 1))[0];
}

/** What was not seen may have been enough. */
function isEnough(moved: number | undefined, perSecond: number): boolean {
  return moved === undefined || moved >= limits.mostShare * perSecond;
}
