import type { Case } from '../../../engine/replay.ts';
import { caseOf, ofTheDisk } from './case.ts';
import { always, between, calm, disk, flooded, growing, last, saturated } from './worlds.ts';

const MB = 1e6;
const open = ['failingDisk', 'slowDevice'];

/** On either side of a limit. */
export const edges: Record<string, Case> = {
  'nearly-saturated': caseOf(
    '80 % busy with 20 waiting: much, and no saturation.',
    { ...flooded, disks: { vda: disk(12, { busy: 0.8, queue: 20 }) }, stalled: last(12, 0.1, 0.004) },
    { inconclusive: ofTheDisk },
  ),
  'a-queue-of-thirty': caseOf(
    '99 % busy with 30 waiting, stalled 8 % of the time: the queue decides.',
    { ...flooded, disks: { vda: disk(12, { queue: 30 }) }, stalled: last(12, 0.08, 0.004) },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
  'busy-a-third': caseOf(
    '30 % busy, stalled 2 % of the time: an ordinary day.',
    { ...calm, disks: { vda: disk(12, { busy: 0.3, queue: 1 }) }, stalled: always(0.02) },
    { recovered: 'confirmed' },
  ),
  'waits-a-tenth': caseOf(
    '30 % busy, stalled 10 % of the time: no disk is proved, and none is cleared.',
    { ...calm, disks: { vda: disk(12, { busy: 0.3, queue: 1 }) }, stalled: always(0.1) },
    { inconclusive: ofTheDisk, recovered: 'confirmed' },
  ),
  'two-minutes-before-not-ready': caseOf(
    'Saturated from 9 to 6 minutes ago by a flood; called NotReady 3.9 minutes ago, as the grace period has it.',
    {
      ...flooded,
      disks: {
        vda: {
          busy: between(9, 6, 0.99, 0.03),
          queue: between(9, 6, 120, 0.1),
          written: between(9, 6, 60 * MB, 0.8 * MB),
          read: always(0.2 * MB),
          requests: between(9, 6, 400, 40),
        },
      },
      stalled: between(9, 6, 0.6, 0.004),
      logs: { 'export-7d9f-abcde': (minutesAgo) => growing(10, 45)(Math.max(minutesAgo, 6)) },
      events: [{ minutesAgo: 3.9, reason: 'NodeNotReady', from: 'node-controller' }],
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'], recovered: 'ruled-out' },
  ),
  'quiet-log-beside-another-writer': caseOf(
    'A log grows by 2 MB a second of 60 that the disk writes: that is not it.',
    { ...flooded, logs: { 'export-7d9f-abcde': growing(13, 2) } },
    { inconclusive: [...open, 'logFlood', 'otherWriter'] },
  ),
  'small-writer-on-a-slow-disk': caseOf(
    'A disk that does 6 MB a second, of which a pod writes 4: little, and yet the most of it.',
    {
      ...saturated,
      provider: '',
      disks: { vda: disk(12, { written: 6, read: 0.1, requests: 50 }) },
      best: { vda: { bytes: 7 * MB, requests: 60 } },
      writers: [{ pod: 'db-0', figure: 'written', is: last(12, 4 * MB, 0) }],
      together: { '/dev/vda': last(12, 4.1 * MB, 0) },
    },
    { confirmed: ['otherWriter'], inconclusive: open },
  ),
  'next-to-nothing-moves': caseOf(
    'The disk moves 0.6 MB a second with a full queue, 0.5 of it for one pod: it is not bytes that hold it up.',
    {
      ...saturated,
      provider: '',
      disks: { vda: disk(12, { written: 0.6, read: 0, requests: 20 }) },
      writers: [{ pod: 'db-0', figure: 'written', is: last(12, 0.5 * MB, 0) }],
      together: { '/dev/vda': last(12, 0.55 * MB, 0) },
    },
    { inconclusive: [...open, 'otherWriter'] },
  ),
  'flood-beside-a-reader': caseOf(
    'A log takes nearly all the writes; a database reads a quarter of all that is moved.',
    {
      ...flooded,
      disks: { vda: disk(12, { written: 45, read: 18 }) },
      writers: [{ pod: 'db-0', figure: 'read', is: last(12, 16 * MB, 0) }],
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
  'calm-for-a-minute': caseOf(
    'The flood ended a minute ago: that is not well yet.',
    {
      ...flooded,
      disks: {
        vda: {
          busy: between(12, 1, 0.99, 0.03),
          queue: between(12, 1, 120, 0.1),
          written: between(12, 1, 60 * MB, 0.8 * MB),
          read: always(0.2 * MB),
          requests: between(12, 1, 400, 40),
        },
      },
      stalled: between(12, 1, 0.6, 0.004),
      events: [{ minutesAgo: 8, reason: 'NodeNotReady', from: 'node-controller' }],
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'], recovered: 'ruled-out' },
  ),
  'events-of-long-ago': caseOf(
    'An API server that keeps events for a day: an I/O error and a NotReady of 90 minutes ago are history.',
    {
      ...calm,
      events: [
        { minutesAgo: 90, reason: 'IOError', from: 'kernel-monitor', message: 'Buffer I/O error on dev vda1' },
        { minutesAgo: 90, reason: 'NodeNotReady', from: 'node-controller' },
      ],
    },
    { recovered: 'confirmed' },
  ),
  'lease-late-now': caseOf(
    'All is calm, but the lease is 38 s old.',
    { ...calm, leaseSeconds: 38 },
    {
      recovered: 'inconclusive',
    },
  ),
  'cpu-half-busy': caseOf(
    'The disk is calm, the CPU busy 60 %, and the node was called NotReady.',
    { ...calm, machine: { ...calm.machine, cpuBusy: always(0.6) }, events: saturated.events },
    { inconclusive: ['cpuStarved'] },
  ),
  'one-other-node-flaps': caseOf(
    'One other node flaps; a lease is stored within 0.3 s.',
    { ...calm, fleet: { nodes: 40, flapping: 1, leaseUpdate: 0.3 } },
    {},
  ),
  'one-other-node-flaps-and-leases-wait': caseOf(
    'One other node flaps; a lease is stored within 2.4 s.',
    { ...calm, fleet: { nodes: 40, flapping: 1, leaseUpdate: 2.4 } },
    { confirmed: ['controlPlane'] },
  ),
  'six-nodes-flap': caseOf(
    '6 of 39 other nodes flap, leases are stored at once.',
    { ...calm, fleet: { nodes: 40, flapping: 6, leaseUpdate: 0.006 } },
    { confirmed: ['controlPlane'] },
  ),
  'four-of-a-hundred-flap': caseOf(
    '4 of 99 other nodes flap: too few to have something in common.',
    { ...calm, fleet: { nodes: 100, flapping: 4, leaseUpdate: 0.006 } },
    { inconclusive: ['controlPlane'] },
  ),
  'two-of-twelve-flap': caseOf(
    '2 of 11 other nodes flap: a tenth, and yet only two.',
    { ...calm, fleet: { nodes: 12, flapping: 2, leaseUpdate: 0.006 } },
    { inconclusive: ['controlPlane'] },
  ),
  'flood-of-an-old-version': caseOf(
    'As log-flood, but that version runs for 5 hours: going back would not help.',
    { ...flooded, set: { name: 'export-7d9f', deployment: 'export', madeMinutesAgo: 300, revision: 5 } },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
};
