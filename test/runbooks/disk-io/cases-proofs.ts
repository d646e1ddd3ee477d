import type { Case } from '../../../engine/replay.ts';
import { caseOf, ofTheDisk } from './case.ts';
import { always, between, calm, disk, etcdWell, flooded, growing, last, saturated, until } from './worlds.ts';

const MB = 1e6;
const open = ['failingDisk', 'slowDevice'];
const notReady = (minutesAgo: number) => ({ minutesAgo, reason: 'NodeNotReady', from: 'node-controller' });
const flood = { 'export-7d9f-abcde': growing(13, 45) };
const { set } = flooded;

/** The stall has to be proved first: the article's figures, false leads, stale and wrong times. */
export const proofs: Record<string, Case> = {
  'unauthorized-and-failed-mount': caseOf(
    'False leads: a pod waits for a volume that is only a token, and the kubelet fails its scrapes as it answers 401; it is the flood.',
    {
      ...flooded,
      pods: [...calm.pods, { name: 'start-slow', phase: 'Pending' }],
      starting: {
        'start-slow': [
          { reason: 'Scheduled', minutesAgo: 9 },
          { reason: 'FailedMount', minutesAgo: 4 },
        ],
      },
      scrapes: { seconds: last(12, 4, 0.03), up: between(7, 3, 0, 1) },
      logsSeen: (minutesAgo) => (minutesAgo <= 7 && minutesAgo >= 5 ? undefined : 24),
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
  'flood-and-a-calm-disk': caseOf(
    'A false lead: a log floods a fast disk that has time to spare; the node is well.',
    { ...calm, logs: flood, set },
    { recovered: 'confirmed' },
  ),
  'flood-at-another-time': caseOf(
    'A false lead: the disk is saturated by a flood for 6 minutes; the node was NotReady 20 minutes ago, when it was calm.',
    { ...flooded, disks: { vda: disk(6) }, stalled: last(6, 0.6, 0.004), events: [notReady(20)] },
    { inconclusive: ofTheDisk },
  ),
  'data-disk-under-a-database': caseOf(
    'A false lead: the disk of a database is saturated, the node flaps, and its kubelet keeps nothing there.',
    {
      ...saturated,
      disks: { vda: disk(-1), vdb: disk(12) },
      writers: [{ pod: 'db-0', figure: 'written', device: '/dev/vdb', is: last(12, 55 * MB, 0) }],
      together: { '/dev/vdb': last(12, 55 * MB, 0) },
    },
    { inconclusive: ofTheDisk, recovered: 'ruled-out' },
  ),
  'data-disk-of-a-node-that-is-steady': caseOf(
    'The disk of a database is saturated, the node is steady: the pod is named by that disk, not by what it writes elsewhere.',
    {
      ...calm,
      disks: { vda: disk(-1), vdb: disk(12) },
      stalled: last(12, 0.3, 0.004),
      writers: [
        { pod: 'db-0', figure: 'written', device: '/dev/vdb', is: last(12, 55 * MB, 0) },
        { pod: 'export-7d9f-abcde', figure: 'written', device: '/dev/vda', is: always(90 * MB) },
      ],
      together: { '/dev/vdb': last(12, 55 * MB, 0), '/dev/vda': always(90 * MB) },
    },
    { confirmed: ['otherWriter'], inconclusive: open, recovered: 'ruled-out' },
  ),
  'disk-under-a-mapper': caseOf(
    'Two disks, and the kubelet is on a mapped device: which of them is under it cannot be told.',
    {
      ...flooded,
      disks: { vda: disk(-1), vdb: disk(12) },
      mounts: [{ device: '/dev/mapper/vg-root', mountpoint: '/' }],
    },
    { inconclusive: ofTheDisk },
  ),
  'stalled-without-a-busy-disk': caseOf(
    'All tasks wait for I/O half of the time, no disk is busy: network storage, or a limit on the I/O of single processes.',
    { ...flooded, disks: { vda: disk(-1) }, stalled: last(12, 0.5, 0.004) },
    { inconclusive: ofTheDisk, recovered: 'ruled-out' },
  ),
  'busy-and-not-saturated': caseOf(
    'The disk is 100 % busy with 3 requests waiting and nobody stalled: an NVMe disk works many at a time.',
    { ...flooded, disks: { vda: disk(12, { busy: 1, queue: 3 }) }, stalled: always(0.03), events: [] },
    { inconclusive: ofTheDisk, recovered: 'confirmed' },
  ),
  'saturated-by-its-pressure': caseOf(
    'The disk is 97 % busy with 7 waiting, and all tasks are stalled 40 % of the time.',
    { ...flooded, disks: { vda: disk(12, { busy: 0.97, queue: 7 }) }, stalled: last(12, 0.4, 0.004) },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
  'not-ready-before-the-window': caseOf(
    'All is calm for half an hour; the node was called NotReady 45 minutes ago.',
    { ...calm, events: [notReady(45)] },
    { inconclusive: ofTheDisk, recovered: 'confirmed' },
  ),
  'no-pressure-figures': caseOf(
    'All disks are calm, but the kernel counts no I/O pressure.',
    { ...calm, stalled: undefined },
    { inconclusive: ofTheDisk, recovered: 'confirmed' },
  ),
  'stale-disk-figures': caseOf(
    'node_exporter fell silent 20 minutes ago: that the disk was calm until then says nothing.',
    {
      ...calm,
      disks: { vda: Object.fromEntries(Object.entries(disk(-1)).map(([figure, over]) => [figure, until(20, over)])) },
      stalled: until(20, always(0.004)),
      machine: Object.fromEntries(Object.entries(calm.machine).map(([figure, over]) => [figure, until(20, over)])),
    },
    { inconclusive: [...ofTheDisk, 'cpuStarved', 'writerUnseen'], recovered: 'inconclusive' },
  ),
  'our-clock-is-ahead': caseOf(
    'As log-flood; our own clock is 90 s ahead of the API server.',
    { ...flooded, readyz: { body: { ...(etcdWell.body as object), date: 'Sat, 21 Nov 2026 02:58:30 GMT' } } },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
  'healed-eight-minutes-ago': caseOf(
    'The flood ended 8 minutes ago; the half hour still shows it, the last minutes do not.',
    {
      ...flooded,
      disks: {
        vda: Object.fromEntries(
          Object.entries(disk(20)).map(([figure, over]) => [
            figure,
            (minutesAgo: number) => (minutesAgo < 8 ? disk(-1)[figure as 'busy'](minutesAgo) : over(minutesAgo)),
          ]),
        ),
      },
      stalled: between(20, 8, 0.6, 0.004),
      logs: { 'export-7d9f-abcde': (minutesAgo) => growing(21, 45)(Math.max(minutesAgo, 8)) },
      events: [notReady(12)],
      heartbeats: { leaseAge: between(20, 8, 58, 9), ready: always(1) },
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'], recovered: 'confirmed' },
  ),
};
