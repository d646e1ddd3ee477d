import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import type { World } from './world.ts';
import { always, calm, disk, growing, last, rotated, saturated } from './worlds.ts';

const MB = 1e6;
const open = ['failingDisk', 'slowDevice'];
const EXPORT = 'export-7d9f-abcde';
/** Of a version that runs for 5 hours. */
const beside: World = {
  ...saturated,
  set: { name: 'export-7d9f', deployment: 'export', madeMinutesAgo: 300, revision: 5 },
};
const undecided = { inconclusive: [...open, 'otherWriter', 'logFlood'] };

/** A loud log beside somebody else who works the disk: most nodes have one, and it is nobody's fault. */
export const bystanders: Record<string, Case> = {
  'loud-log-beside-a-host-process': caseOf(
    'A process of the machine writes 400 MB a second; a log grows by 5.1 as it always did, and is never rotated.',
    { ...beside, disks: { vda: disk(12, { written: 400 }) }, logs: { [EXPORT]: growing(31, 5.1) } },
    undecided,
  ),
  'loud-log-that-begins-with-the-stall': caseOf(
    'A process of the machine stalls the disk with 200 MB a second; of its errors an application logs 8, all of it seen.',
    { ...beside, disks: { vda: disk(12, { written: 200 }) }, logs: { [EXPORT]: growing(13, 8) } },
    undecided,
  ),
  'rotated-log-of-always': caseOf(
    'A process of the machine writes 55 MB a second; a log that is rotated grows as it did for the whole half hour.',
    { ...beside, logs: { [EXPORT]: rotated(31, 900, 1_700) } },
    undecided,
  ),
  'rotated-log-too-small-for-it': caseOf(
    'A process of the machine writes 200 MB a second; a log of 0.7 GB at most, rotated every 10 s at the soonest, took 70 of it at most.',
    { ...beside, disks: { vda: disk(12, { written: 200 }) }, logs: { [EXPORT]: rotated(13, 60, 700) } },
    undecided,
  ),
  'rotated-log-that-hardly-grows': caseOf(
    'A log that is rotated since the disk is saturated is seen to grow by 3 MB a second of 60: that may be all of it.',
    { ...beside, logs: { [EXPORT]: rotated(13, 900, 1_300) } },
    undecided,
  ),
  'rotated-log-and-no-time-before': caseOf(
    'The disk is saturated for the whole half hour: whether the rotated log began with it was not seen.',
    { ...beside, disks: { vda: disk(31) }, stalled: always(0.6), logs: { [EXPORT]: rotated(31, 900, 1_700) } },
    undecided,
  ),
  'loud-log-beside-a-scan': caseOf(
    'A database reads 80 MB a second; of the little that is written a log of always takes the most.',
    {
      ...beside,
      disks: { vda: disk(12, { written: 1.8, read: 90 }) },
      logs: { [EXPORT]: growing(31, 1.2) },
      writers: [{ pod: 'db-0', figure: 'read', is: last(12, 80 * MB, 0) }, ...calm.writers],
    },
    { confirmed: ['otherWriter'], inconclusive: [...open, 'logFlood'] },
  ),
  'flood-that-is-read-again': caseOf(
    'A log takes 45 MB a second; to be compressed it is read once more, by the kubelet.',
    { ...beside, disks: { vda: disk(12, { written: 60, read: 45 }) }, logs: { [EXPORT]: growing(13, 45) } },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
};
