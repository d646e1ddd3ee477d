import type { Case } from '../../../engine/replay.ts';
import { answering, without } from '../expectation.ts';
import { but, caseOf, everything, ofTheDisk } from './case.ts';
import { apart, pulling } from './cases-apart.ts';
import { article } from './cases-article.ts';
import { bystanders } from './cases-bystanders.ts';
import { devices, open } from './cases-devices.ts';
import { edges } from './cases-edges.ts';
import { byKubelet } from './cases-kubelet.ts';
import { ofMounts } from './cases-mounts.ts';
import { places } from './cases-places.ts';
import { proofs } from './cases-proofs.ts';
import { recordings } from './cases-recorded.ts';
import { untold } from './cases-untold.ts';
import type { World } from './world.ts';
import { always, calm, disk, etcdLost, flooded, growing, last, rotated, saturated, until } from './worlds.ts';

const MB = 1e6;
const unreachable = { failure: { kind: 'unreachable', message: 'Prometheus refuses the connection' } } as const;
const forbidden = {
  failure: { kind: 'forbidden', message: 'nightshift may not read this: an RBAC rule is missing' },
} as const;
const gone = { failure: { kind: 'not-found', message: 'not found' } } as const;

const backup: World = {
  ...saturated,
  writers: [{ pod: 'db-0', figure: 'written', is: last(12, 52 * MB, 0.4 * MB) }],
  together: { '/dev/vda': last(12, 55 * MB, 0.5 * MB) },
};
const swapping: World = {
  ...saturated,
  disks: { vda: disk(12, { written: 30, read: 28 }) },
  machine: {
    ...calm.machine,
    swapped: last(12, 50 * MB, 0),
    swapBytes: always(8e9),
    memoryAvailable: last(12, 0.02, 0.4),
  },
};

/** Who works the disk. */
const writers: Record<string, Case> = {
  'log-flood': caseOf('A pod prints 45 MB a second since its new version; the node flaps.', flooded, {
    confirmed: ['logFlood'],
    inconclusive: [...open, 'otherWriter'],
    recovered: 'ruled-out',
  }),
  'log-flood-half-hidden-by-rotation': caseOf(
    'Rotation hides most of the log: seen at 0.9 and 1.7 GB by turns, it grows by 6 MB a second of 60 that the disk writes, charged to nobody.',
    { ...flooded, logs: { 'export-7d9f-abcde': rotated(13, 900, 1_700) } },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
  'log-flood-while-pods-pull': caseOf(
    'Two at once: the flood, and images that are pulled meanwhile.',
    { ...flooded, pulls: pulling.pulls },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter', 'imagePulls'] },
  ),
  'log-flood-and-a-database': caseOf(
    'Two at once: a database writes 35 of 60 MB a second itself, a log grows by 12.',
    {
      ...flooded,
      logs: { 'export-7d9f-abcde': growing(13, 12) },
      writers: [{ pod: 'db-0', figure: 'written', is: last(12, 35 * MB, 0.4 * MB) }],
      together: { '/dev/vda': last(12, 36 * MB, 0.5 * MB) },
    },
    { confirmed: ['otherWriter'], inconclusive: [...open, 'logFlood'] },
  ),
  backup: caseOf('A database writes 52 of 60 MB a second itself; no log is large.', backup, {
    confirmed: ['otherWriter'],
    inconclusive: open,
    recovered: 'ruled-out',
  }),
  scan: caseOf(
    'A database reads 80 MB a second; cAdvisor shows no device.',
    {
      ...saturated,
      disks: { vda: disk(12, { written: 1, read: 90 }) },
      writers: [{ pod: 'db-0', figure: 'read', device: '', is: last(12, 80 * MB, 0) }],
      together: { '': always(0.5 * MB) },
    },
    { confirmed: ['otherWriter'], inconclusive: open },
  ),
  'process-of-the-machine': caseOf(
    'The disk writes 60 MB a second, charged to no container, in no log; nothing is pulled: a process outside all pods.',
    saturated,
    { inconclusive: [...open, 'otherWriter'] },
  ),
  'large-log-that-does-not-grow': caseOf(
    'As before; a log of 200 MB lies there and does not change between the looks.',
    { ...saturated, logs: { 'export-7d9f-abcde': always(200 * MB) }, set: undefined },
    { inconclusive: [...open, 'otherWriter', 'logFlood'] },
  ),
  'image-pulls': caseOf(
    'A pull of 1 GB or more ended each minute, of 70 s each; nothing else explains the writes.',
    pulling,
    { confirmed: ['imagePulls'], inconclusive: [...open, 'otherWriter'] },
  ),
  'pull-under-way': caseOf(
    'A large image is being pulled for 13 minutes and has not ended: only an event tells, and not how large it is.',
    {
      ...saturated,
      pods: [...calm.pods, { name: 'model-1', phase: 'Pending', owner: { kind: 'StatefulSet', name: 'model' } }],
      starting: {
        'model-1': [
          { reason: 'Scheduled', minutesAgo: 14 },
          { reason: 'Pulling', minutesAgo: 13 },
        ],
      },
    },
    { inconclusive: [...open, 'otherWriter', 'imagePulls'] },
  ),
  'many-pods-wait': caseOf(
    'Five pods wait to start; of three the events were asked, and none pulls.',
    {
      ...saturated,
      pods: [...calm.pods, ...['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, phase: 'Pending' }))],
      starting: {},
    },
    { inconclusive: [...open, 'otherWriter', 'imagePulls'] },
  ),
  swapping: caseOf('Half of what the disk moves goes to and from swap.', swapping, {
    confirmed: ['swapping'],
    inconclusive: [...open, 'otherWriter'],
  }),
  'no-swap-and-no-memory': caseOf(
    'No swap, 2 % of memory available: the page cache itself goes to and fro.',
    { ...saturated, machine: { ...calm.machine, memoryAvailable: always(0.02) } },
    { inconclusive: [...open, 'otherWriter', 'swapping'] },
  ),
  'a-little-swap': caseOf(
    'A fifth of what the disk moves is swap: neither all nor nothing.',
    { ...swapping, machine: { ...swapping.machine, swapped: always(12 * MB), memoryAvailable: always(0.3) } },
    { inconclusive: [...open, 'otherWriter', 'swapping'] },
  ),
};

/** What only looks so. */
const elsewhere: Record<string, Case> = {
  healthy: caseOf('Nothing is wrong, all is seen.', calm, { recovered: 'confirmed' }),
  'cpu-exhausted': caseOf(
    'The disk is calm, the CPU is busy 97 %, and the node was called NotReady.',
    {
      ...calm,
      machine: { ...calm.machine, cpuBusy: last(12, 0.97, 0.3) },
      events: saturated.events,
      heartbeats: saturated.heartbeats,
    },
    { confirmed: ['cpuStarved'], recovered: 'ruled-out' },
  ),
  'cpu-busy-and-never-late': caseOf(
    'The CPU is busy 97 %; the node was never late.',
    { ...calm, machine: { ...calm.machine, cpuBusy: last(12, 0.97, 0.3) } },
    { inconclusive: ['cpuStarved'], recovered: 'confirmed' },
  ),
  'etcd-lost': caseOf(
    'The API server has lost etcd.',
    { ...calm, readyz: etcdLost },
    {
      confirmed: ['controlPlane'],
      inconclusive: [...ofTheDisk, 'cpuStarved'],
      recovered: 'inconclusive',
    },
  ),
  'many-nodes-flap': caseOf(
    '6 of 39 other nodes flap as well, and the API server takes 2.4 s to store a lease.',
    { ...calm, events: saturated.events, fleet: { nodes: 40, flapping: 6, leaseUpdate: 2.4 } },
    { confirmed: ['controlPlane'] },
  ),
  'two-nodes-flap': caseOf(
    '2 of 39 other nodes flap: too few.',
    { ...calm, fleet: { nodes: 40, flapping: 2, leaseUpdate: 0.006 } },
    {
      inconclusive: ['controlPlane'],
    },
  ),
};

/** What could not be seen. */
const unseen: Record<string, Case> = {
  'prometheus-down': caseOf(
    'Prometheus does not answer; the node was called NotReady twice.',
    saturated,
    { inconclusive: everything, recovered: 'ruled-out' },
    (reads) => answering(without(reads, ['instance="10.20.0.15']), ['query ', 'range '], unreachable),
  ),
  'objects-forbidden': caseOf(
    'A flood, but no object may be read: when the node was called NotReady is not known.',
    flooded,
    { inconclusive: but('cpuStarved', 'writerUnseen', 'controlPlane'), recovered: 'inconclusive' },
    (reads) => answering(without(reads, ['ReplicaSet']), ['get ', 'list '], forbidden),
  ),
  'kubelet-not-scraped': caseOf(
    'A flood, but Prometheus scrapes no kubelet: neither logs nor writes of pods nor pulls.',
    { ...flooded, set: undefined },
    { inconclusive: [...open, 'logFlood', 'otherWriter', 'imagePulls', 'writerUnseen'], recovered: 'ruled-out' },
    (reads) => answering(without(reads, ['10.20.0.15:10250']), ['kubelet_node_name{node="worker-3"}'], { body: [] }),
  ),
  'no-node-exporter': caseOf(
    'A flood, but no node_exporter: whether a disk was saturated is not known, and so nobody is blamed.',
    flooded,
    { inconclusive: [...ofTheDisk, 'cpuStarved', 'writerUnseen'], recovered: 'ruled-out' },
    (reads) => answering(without(reads, ['10.20.0.15:9100']), ['.*node.exporter.*'], { body: [] }),
  ),
  'kubelet-silent-since-the-stall': caseOf(
    "The kubelet's /metrics did not answer since the disk is saturated: the logs of before prove nothing.",
    { ...saturated, logsSeen: until(13, always(24)), pulls: { ...calm.pulls, seen: until(13, always(9_000)) } },
    { inconclusive: [...open, 'logFlood', 'otherWriter', 'imagePulls', 'writerUnseen'] },
  ),
  'other-nodes-unseen': caseOf(
    'All is well here; no kube-state-metrics, no API server is scraped.',
    calm,
    {
      inconclusive: ['controlPlane'],
      recovered: 'confirmed',
    },
    (reads) => answering(reads, ['kube_node_status_condition', 'kube_lease_renew_time'], { body: [] }),
  ),
  'node-removed': caseOf('The Node object is gone.', { ...calm, events: [] }, { recovered: 'confirmed' }, (reads) =>
    answering(reads, ['get Node'], gone),
  ),
};

export const cases: Record<string, Case> = {
  ...writers,
  ...devices,
  ...elsewhere,
  ...unseen,
  ...apart,
  ...proofs,
  ...edges,
  ...bystanders,
  ...untold,
  ...article,
  ...recordings,
  ...byKubelet,
  ...ofMounts,
  ...places,
};
