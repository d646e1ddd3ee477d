import type { Case } from '../../../engine/replay.ts';
import { caseOf, ofTheDisk } from './case.ts';
import { always, calm, disk, flooded, growing, last, saturated } from './worlds.ts';

const MB = 1e6;

/** What remains open of a saturated disk whoever works it. */
export const open = ['failingDisk', 'slowDevice'];

/** The disk itself. */
export const devices: Record<string, Case> = {
  'disk-with-errors': caseOf(
    'node-problem-detector saw I/O errors in the log of the kernel 20 minutes ago.',
    {
      ...saturated,
      events: [
        ...saturated.events,
        {
          minutesAgo: 20,
          reason: 'IOError',
          from: 'kernel-monitor',
          message: 'Buffer I/O error on dev vda1, logical block 9437184',
        },
      ],
    },
    { confirmed: ['failingDisk'], inconclusive: ['slowDevice', 'otherWriter'] },
  ),
  'disk-turned-read-only': caseOf(
    'The file system of the kubelet turned read-only, the disk is calm since.',
    {
      ...calm,
      mounts: [{ device: '/dev/vda1', mountpoint: '/', turnedReadOnly: true }],
      conditions: [{ type: 'ReadonlyFilesystem', status: 'True', message: 'Remounting filesystem read-only' }],
    },
    { confirmed: ['failingDisk'], recovered: 'confirmed' },
  ),
  'throttled-volume': caseOf(
    'A volume of a cloud gives 12 MB and 90 requests a second, of 130 MB and 2,900 that it gave before.',
    { ...saturated, disks: { vda: disk(12, { written: 11.8, read: 0.2, requests: 90 }) } },
    { confirmed: ['slowDevice'], inconclusive: ['failingDisk', 'otherWriter'] },
  ),
  'slow-disk-of-nobodys-cloud': caseOf(
    'The same on a machine of no cloud: small scattered requests slow a spinning disk so.',
    { ...saturated, provider: '', disks: { vda: disk(12, { written: 11.8, read: 0.2, requests: 90 }) } },
    { inconclusive: [...open, 'otherWriter'] },
  ),
  'reads-were-quicker-than-writes': caseOf(
    'A disk is written at its limit of 60 MB a second, and read 400 from a cache an hour ago.',
    {
      ...saturated,
      disks: { vda: disk(12, { written: 60, read: 0.2, requests: 900 }) },
      best: { vda: { written: 62 * MB, read: 400 * MB, requests: 3_000 } },
    },
    { inconclusive: [...open, 'otherWriter'] },
  ),
  'throttled-while-it-reads': caseOf(
    'A volume of a cloud is read 12 MB a second, of 400 that it gave before, and was never written much.',
    {
      ...saturated,
      disks: { vda: disk(12, { written: 0.2, read: 11.8, requests: 90 }) },
      best: { vda: { written: 20 * MB, read: 400 * MB, requests: 3_000 } },
    },
    { confirmed: ['slowDevice'], inconclusive: ['failingDisk', 'otherWriter'] },
  ),
  'disk-asked-one-thing-after-the-other': caseOf(
    'One process waits for each of its requests: two in flight, tasks stalled half of the time, a backup was quicker at night.',
    {
      ...saturated,
      disks: { vda: disk(12, { busy: 1, queue: 2, written: 3, read: 1, requests: 90 }) },
      stalled: last(12, 0.5, 0.004),
    },
    { inconclusive: [...open, 'otherWriter'] },
  ),
  'busy-nvme-that-nobody-waits-for': caseOf(
    'A database keeps an NVMe disk busy with 14 requests at a time, as ever; hardly a task waits, and the node was called NotReady.',
    {
      ...calm,
      events: saturated.events,
      disks: { nvme0n1: disk(31, { busy: 0.98, queue: 14, written: 200, read: 900, requests: 30_000 }) },
      best: { nvme0n1: { written: 2_000 * MB, read: 2_000 * MB, requests: 100_000 } },
      mounts: [{ device: '/dev/nvme0n1p1', mountpoint: '/' }],
      writers: [
        { pod: 'db-0', figure: 'written', device: '/dev/nvme0n1', is: always(190 * MB) },
        { pod: 'db-0', figure: 'read', device: '/dev/nvme0n1', is: always(890 * MB) },
      ],
      together: { '/dev/nvme0n1': always(190 * MB) },
    },
    { inconclusive: ofTheDisk, recovered: 'ruled-out' },
  ),
  'disk-stands-still': caseOf(
    'Nothing is finished: no request, 128 waiting, so there is no latency to be measured.',
    {
      ...saturated,
      provider: '',
      disks: { vda: disk(12, { queue: 128, busy: 1, written: 0, read: 0, requests: 0.4 }) },
    },
    { confirmed: ['slowDevice'], inconclusive: ['failingDisk', 'otherWriter'] },
  ),
  'disk-stands-still-beside-a-log': caseOf(
    'The same, and a log grows as it always does: more than the disk writes, which is nothing.',
    {
      ...flooded,
      provider: '',
      logs: { 'export-7d9f-abcde': growing(13, 1.2) },
      disks: { vda: disk(12, { queue: 128, busy: 1, written: 0, read: 0, requests: 0.4 }) },
    },
    { confirmed: ['slowDevice'], inconclusive: ['failingDisk', 'otherWriter', 'logFlood'] },
  ),
  'flood-on-a-throttled-volume': caseOf(
    'Two at once: a volume throttled to 12 MB a second, of which a log takes 9.',
    {
      ...flooded,
      logs: { 'export-7d9f-abcde': growing(13, 9) },
      disks: { vda: disk(12, { written: 11.8, read: 0.2, requests: 90 }) },
    },
    { confirmed: ['logFlood', 'slowDevice'], inconclusive: ['failingDisk', 'otherWriter'] },
  ),
};
