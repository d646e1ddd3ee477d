import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { calm, disk, flooded, growing, saturated } from './worlds.ts';

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
