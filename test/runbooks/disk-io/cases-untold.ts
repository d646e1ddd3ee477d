import type { Case } from '../../../engine/replay.ts';
import { caseOf, ofTheDisk } from './case.ts';
import { always, calm, disk, flooded, growing, last, rotated, saturated } from './worlds.ts';

const MB = 1e6;
const open = ['failingDisk', 'slowDevice'];
/** 50 MB a second, on a volume that cAdvisor cannot name. */
const kafka = [
  { pod: 'kafka-0', figure: 'written', device: '', is: last(12, 50 * MB, 50 * MB) },
  ...calm.writers,
] as const;
const beside = { '/dev/vda': always(0.5 * MB), '': always(50 * MB) };

/** A figure that is missing, or does not tell what it is of: no zero, and no proof. */
export const untold: Record<string, Case> = {
  'writer-on-a-volume-without-a-name': caseOf(
    'A process of the machine works vda; a pod writes 50 MB a second to a volume of its own, which cAdvisor does not name.',
    { ...saturated, writers: kafka, together: beside },
    { inconclusive: [...open, 'otherWriter'] },
  ),
  'flood-and-a-volume-without-a-name': caseOf(
    'A log floods vda, half hidden by rotation; beside it a pod writes 50 MB a second to a volume without a name.',
    { ...flooded, logs: { 'export-7d9f-abcde': rotated(13, 900, 1_700) }, writers: kafka, together: beside },
    { inconclusive: [...open, 'otherWriter', 'logFlood'] },
  ),
  'no-names-and-two-disks': caseOf(
    'cAdvisor names no disk at all, and the machine has two: which of them the pod writes to is not told.',
    {
      ...saturated,
      disks: { vda: disk(12), vdb: disk(-1) },
      mounts: [
        { device: '/dev/vda1', mountpoint: '/' },
        { device: '/dev/vdb', mountpoint: '/var/lib/docker' },
      ],
      writers: [{ pod: 'db-0', figure: 'written', device: '', is: last(12, 52 * MB, 0) }],
      together: { '': last(12, 55 * MB, 0) },
    },
    { inconclusive: [...open, 'otherWriter'] },
  ),
  'reads-of-pods-not-collected': caseOf(
    'A log takes nearly all the writes; what pods read is not collected.',
    {
      ...flooded,
      disks: { vda: disk(12, { written: 45, read: 18 }) },
      logs: { 'export-7d9f-abcde': growing(13, 44) },
      unread: true,
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
  'reads-of-the-disk-not-seen': caseOf(
    'At a cloud provider, a third of what it gave: but what it read was not seen, so that it may be more.',
    {
      ...saturated,
      disks: { vda: { ...disk(12, { written: 12, requests: 300 }), read: () => undefined } },
    },
    { inconclusive: [...open, 'otherWriter'] },
  ),
  'calls-not-timed': caseOf(
    'The histogram of calls to the runtime is dropped: that no pull is counted says nothing.',
    { ...saturated, pulls: { ended: () => undefined } },
    { inconclusive: [...open, 'otherWriter', 'imagePulls'] },
  ),
  'queue-not-seen': caseOf(
    'The disk is busy all the time, and how many requests wait is not collected; nor is the pressure.',
    {
      ...calm,
      disks: { vda: { ...disk(12), queue: () => undefined } },
      stalled: undefined,
    },
    { inconclusive: ofTheDisk, recovered: 'inconclusive' },
  ),
};
