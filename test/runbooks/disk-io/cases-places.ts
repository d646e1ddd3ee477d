import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { kubeletNotScraped, small, stall, twice } from './cases-kubelet.ts';
import type { World } from './world.ts';
import { always, calm, disk, growing, last, saturated } from './worlds.ts';

const MB = 1e6;
const EXPORT = 'export-7d9f-abcde';
const open = ['failingDisk', 'slowDevice'];

const root = { device: '/dev/vda1', mountpoint: '/' };
const ofToday = { name: 'export-7d9f', deployment: 'export', madeMinutesAgo: 300, revision: 5 };
/** On its way to disk since hours, at 4 MB a second. */
const loud = (minutesAgo: number) => 20e9 - minutesAgo * 60 * 4 * MB;
const db = (mbPerSecond: number): Pick<World, 'writers' | 'together'> => ({
  writers: [{ pod: 'db-0', figure: 'written', device: '/dev/vdb', is: last(12, mbPerSecond * MB, 0.1 * MB) }],
  together: { '/dev/vdb': last(12, mbPerSecond * MB, 0.1 * MB), '/dev/vda': always(0.5 * MB) },
});

/** A volume of a pod is saturated, with 6 MB a second of small writes; the machine's own disk takes a log, and has time to spare. */
const volume: World = {
  ...calm,
  disks: {
    vda: disk(31, { busy: 0.2, queue: 0.3, written: 6, read: 0.1, requests: 120 }),
    vdb: disk(12, { busy: 1, queue: 40, written: 6, read: 0.3, requests: 3_000 }),
  },
  stalled: last(12, 0.02, 0.004),
  mounts: [root],
  best: { vdb: { bytes: 7 * MB, requests: 3_000 } },
  logs: { [EXPORT]: loud },
  set: ofToday,
  ...db(5.8),
};

/** The machine's own disk is calm, or has so much to write; all that is saturated is another one. */
const second = (written = 0.8): Pick<World, 'disks' | 'stalled' | 'best'> => ({
  disks: { vda: disk(31, { busy: 0.3, queue: 1, written, read: 0.2, requests: 200 }), vdb: disk(12) },
  stalled: last(12, 0.6, 0.004),
  best: { vdb: { bytes: 70 * MB, requests: 500 } },
});

const pulls: Pick<World, 'pulls' | 'sizes'> = {
  sizes: { '1GB-5GB': (minutesAgo) => (minutesAgo > 11 ? undefined : 12 - minutesAgo) },
  pulls: {
    seen: (minutesAgo) => 9_000 - minutesAgo * 60,
    ended: (minutesAgo) => 7 + Math.max(0, 12 - minutesAgo),
    seconds: (minutesAgo) => 41 + Math.max(0, 12 - minutesAgo) * 70,
  },
};
const swap = (mbPerSecond: number): Pick<World, 'machine'> => ({
  machine: {
    ...calm.machine,
    swapped: last(12, mbPerSecond * MB, 0),
    swapBytes: always(8e9),
    memoryAvailable: last(12, 0.02, 0.4),
  },
});
/** Nobody's bytes but the runtime's, the kernel's, or a process's outside all pods. */
const uncharged: Pick<World, 'writers' | 'together'> = {
  writers: [{ pod: 'db-0', figure: 'written', device: '/dev/vdb', is: always(0.1 * MB) }],
  together: { '/dev/vdb': always(0.1 * MB), '/dev/vda': always(0.3 * MB) },
};

const logs: Record<string, Case> = {
  'loud-log-beside-a-volume': caseOf(
    'A database saturates a volume of its own; a log takes as many bytes on the disk of the machine, as it always did.',
    volume,
    { confirmed: ['otherWriter'], inconclusive: open, recovered: 'ruled-out' },
  ),
  'new-flood-beside-a-volume': caseOf(
    'A process of the machine saturates a volume; since a new version a log grows by 5 MB a second on the disk of the machine.',
    {
      ...volume,
      logs: { [EXPORT]: growing(13, 5) },
      set: { name: 'export-7d9f', deployment: 'export', madeMinutesAgo: 14, revision: 5 },
      ...uncharged,
    },
    { inconclusive: [...open, 'otherWriter'], recovered: 'ruled-out' },
  ),
  'loud-log-beside-a-volume-and-a-mapper': caseOf(
    'As the first; the machine lies on a mapped device, and under which of the disks is not told.',
    { ...volume, mounts: [{ device: '/dev/mapper/vg-root', mountpoint: '/' }] },
    { confirmed: ['otherWriter'], inconclusive: [...open, 'logFlood'], recovered: 'ruled-out' },
  ),
  'flood-beside-a-disk-of-images': caseOf(
    'Images have a disk of their own, which pulls saturate; a log takes 50 MB a second on the other one, which has time to spare.',
    {
      ...saturated,
      ...second(55),
      ...pulls,
      mounts: [root, { device: '/dev/vdb', mountpoint: '/var/lib/containerd' }],
      logs: { [EXPORT]: growing(13, 50) },
      set: ofToday,
      ...uncharged,
    },
    { confirmed: ['imagePulls'], inconclusive: [...open, 'otherWriter'], recovered: 'ruled-out' },
  ),
  'flood-on-a-disk-of-logs': caseOf(
    'Logs have a disk of their own, and one of them floods it.',
    {
      ...saturated,
      ...second(40),
      mounts: [root, { device: '/dev/vdb', mountpoint: '/var/log/pods' }],
      logs: { [EXPORT]: growing(13, 45) },
      set: ofToday,
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'], recovered: 'ruled-out' },
  ),
  'flood-on-a-disk-of-docker': caseOf(
    'Docker has a disk of its own, where its logs lie, too; one of them floods it, and the other disk hardly writes.',
    {
      ...saturated,
      ...second(),
      mounts: [root, { device: '/dev/vdb', mountpoint: '/var/lib/docker' }],
      logs: { [EXPORT]: growing(13, 45) },
      set: ofToday,
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'], recovered: 'ruled-out' },
  ),
  'flood-in-a-directory-that-was-moved': caseOf(
    'The directory of logs is a link to a volume, which one of them floods: by the mounts it is on a disk that writes nothing.',
    { ...calm, ...second(), logs: { [EXPORT]: growing(13, 45) }, set: ofToday },
    { inconclusive: [...open, 'otherWriter', 'logFlood'], recovered: 'ruled-out' },
  ),
  'two-pods-share-a-disk': caseOf(
    'Two at once: a log takes 31 MB a second, a database writes 30, and the disk 60.',
    {
      ...saturated,
      logs: { [EXPORT]: growing(13, 31) },
      set: ofToday,
      writers: [{ pod: 'db-0', figure: 'written', is: last(12, 31 * MB, 0.4 * MB) }],
      together: { '/dev/vda': last(12, 31 * MB, 0.5 * MB) },
    },
    { confirmed: ['logFlood', 'otherWriter'], inconclusive: open, recovered: 'ruled-out' },
  ),
  'kubelet-not-scraped-and-a-volume': caseOf(
    'As the first; Prometheus scrapes no kubelet, which tells itself that the log grows by 4 MB a second.',
    {
      ...volume,
      logs: {},
      set: undefined,
      kubelet: twice({ stalled: stall, logs: { ...small, [EXPORT]: 20_000 * MB } }, { [EXPORT]: 20_028 * MB }),
    },
    { inconclusive: [...open, 'otherWriter', 'imagePulls', 'writerUnseen'], recovered: 'ruled-out' },
    kubeletNotScraped,
  ),
  'kubelet-not-scraped-and-a-volume-and-a-mapper': caseOf(
    'The same, on a mapped device.',
    {
      ...volume,
      logs: {},
      set: undefined,
      mounts: [{ device: '/dev/mapper/vg-root', mountpoint: '/' }],
      kubelet: twice({ stalled: stall, logs: { ...small, [EXPORT]: 20_000 * MB } }, { [EXPORT]: 20_028 * MB }),
    },
    { inconclusive: [...open, 'otherWriter', 'imagePulls', 'logFlood', 'writerUnseen'], recovered: 'ruled-out' },
    kubeletNotScraped,
  ),
};

const others: Record<string, Case> = {
  'pulls-beside-a-volume': caseOf(
    'A process of the machine saturates a volume; large images are pulled meanwhile, to the disk of the machine.',
    { ...calm, ...second(50), ...pulls, ...uncharged },
    { inconclusive: [...open, 'otherWriter'], recovered: 'ruled-out' },
  ),
  'pulls-beside-a-volume-and-a-mapper': caseOf(
    'The same; the machine lies on a mapped device, and under which of the disks is not told.',
    { ...calm, ...second(50), ...pulls, ...uncharged, mounts: [{ device: '/dev/mapper/vg-root', mountpoint: '/' }] },
    { inconclusive: [...open, 'otherWriter', 'imagePulls'], recovered: 'ruled-out' },
  ),
  'pulls-to-a-runtime-that-was-moved': caseOf(
    'The runtime was told to keep its images on a volume, which pulls saturate: by the mounts they are on a disk that writes nothing.',
    { ...calm, ...second(), ...pulls, ...uncharged },
    { inconclusive: [...open, 'otherWriter', 'imagePulls'], recovered: 'ruled-out' },
  ),
  'swap-beside-a-volume': caseOf(
    'A process of the machine saturates a volume, while 40 MB a second go to swap on the disk of the machine.',
    { ...calm, ...second(45), ...swap(40), ...uncharged },
    { inconclusive: [...open, 'otherWriter', 'swapping'], recovered: 'ruled-out' },
  ),
  'swap-on-one-of-two-disks': caseOf(
    'Most of what the disk of the kubelet moves goes to swap; a volume beside it hardly moves.',
    { ...saturated, ...swap(50), disks: { vda: disk(12), vdb: disk(-1) } },
    { confirmed: ['swapping'], inconclusive: [...open, 'otherWriter'], recovered: 'ruled-out' },
  ),
  'swap-on-one-of-two-busy-disks': caseOf(
    'The same; the volume moves as much, and it may have the swap as well.',
    { ...saturated, ...swap(50), disks: { vda: disk(12), vdb: disk(31, { busy: 0.3, queue: 1 }) } },
    { inconclusive: [...open, 'otherWriter', 'swapping'], recovered: 'ruled-out' },
  ),
};

/** On which of several disks lies what the runtime and the kernel write. */
export const places: Record<string, Case> = { ...logs, ...others };
