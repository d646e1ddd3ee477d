import type { Case } from '../../../engine/replay.ts';
import { answering, without } from '../expectation.ts';
import { but, caseOf, whose } from './case.ts';
import { always, calm, clockAhead, etcdLost, evicting, hosted, last, leaking, limited, until } from './worlds.ts';

const unreachable = { failure: { kind: 'unreachable', message: 'Prometheus refuses the connection' } } as const;
const forbidden = {
  failure: { kind: 'forbidden', message: 'nightshift may not read this: an RBAC rule is missing' },
} as const;
const gone = { failure: { kind: 'not-found', message: 'not found' } } as const;

/** What could not be seen. */
export const unseen: Record<string, Case> = {
  'prometheus-down': caseOf(
    'Prometheus does not answer; the kubelet reports PIDPressure.',
    { ...leaking, ...evicting },
    { inconclusive: but('xtablesLock'), recovered: 'ruled-out' },
    (reads) =>
      answering(
        without(reads, ['instance="10.20.0.15', 'Event --namespace shop', 'ReplicaSet']),
        ['query ', 'range '],
        unreachable,
      ),
  ),
  'objects-forbidden': caseOf(
    'A leak, but no object may be read: the figures prove it all the same.',
    leaking,
    { confirmed: ['leakingPod'], inconclusive: ['podLimit', 'xtablesLock'], recovered: 'inconclusive' },
    (reads) => answering(without(reads, ['ReplicaSet', 'logs ']), ['get ', 'list '], forbidden),
  ),
  'objects-forbidden-and-calm': caseOf(
    'Nothing is short, but no object may be read: whether the kubelet evicts, or forks were refused, is not known.',
    calm,
    { inconclusive: [...whose, 'podLimit', 'threshold', 'xtablesLock'], recovered: 'inconclusive' },
    (reads) => answering(without(reads, ['ReplicaSet', 'logs ']), ['get ', 'list '], forbidden),
  ),
  'logs-forbidden': caseOf(
    'Nothing is short, but logs may not be read: whether a fork was refused in between is not known.',
    calm,
    { inconclusive: [...whose, 'threshold', 'xtablesLock'], recovered: 'confirmed' },
    (reads) => answering(reads, ['logs '], forbidden),
  ),
  'no-processes-collector': caseOf(
    'node_exporter as it comes: a pod has 29,600 threads and the kubelet reports PIDPressure, but how many the machine has is not collected.',
    { ...leaking, ...evicting, machine: { forks: always(6) } },
    { inconclusive: [...whose, 'threshold', 'unseen'], recovered: 'ruled-out' },
  ),
  'helm-chart': caseOf(
    'The chart kube-prometheus-stack as it comes: neither the processes collector nor the limits of pods.',
    {
      ...calm,
      machine: { forks: always(6) },
      holdings: leaking.holdings,
      together: leaking.together,
      limitsSeen: undefined,
    },
    { inconclusive: [...whose, 'podLimit', 'threshold', 'unseen'], recovered: 'ruled-out' },
  ),
  'limits-not-collected': caseOf(
    'The processes collector is on and the machine is fine; the limits of pods are dropped by the chart.',
    {
      ...calm,
      holdings: calm.holdings.map(({ limit: _, ...rest }) => rest),
      limitsSeen: undefined,
    },
    { inconclusive: ['podLimit', 'unseen'], recovered: 'confirmed' },
  ),
  'no-node-exporter': caseOf(
    'Prometheus scrapes no node_exporter on this machine; a pod is at its limit.',
    limited,
    {
      confirmed: ['podLimit'],
      inconclusive: [...whose, 'threshold', 'forkStorm', 'unseen'],
      recovered: 'inconclusive',
    },
    (reads) => answering(without(reads, ['10.20.0.15:9100']), ['.*node.exporter.*'], { body: [] }),
  ),
  'kubelet-not-scraped': caseOf(
    'The machine is short, but Prometheus scrapes no kubelet: which pods hold what is not known.',
    leaking,
    { inconclusive: [...whose, 'podLimit', 'unseen'], recovered: 'inconclusive' },
    (reads) =>
      answering(
        without(reads, ['10.20.0.15:10250', 'Event --namespace shop', 'ReplicaSet']),
        ['kubelet_node_name{node="worker-3"}'],
        { body: [] },
      ),
  ),
  'figures-old': caseOf(
    'All figures end 13 minutes ago: what was calm then proves nothing.',
    {
      ...calm,
      machine: Object.fromEntries(Object.entries(calm.machine).map(([figure, over]) => [figure, until(13, over)])),
      holdings: calm.holdings.map((one) => ({ ...one, threads: until(13, one.threads) })),
      together: until(13, calm.together),
      podCount: until(13, calm.podCount),
      limitsSeen: until(13, always(24)),
    },
    { inconclusive: but('xtablesLock'), recovered: 'inconclusive' },
  ),
  'pods-not-seen-meanwhile': caseOf(
    'Since the machine is short its kubelet fails its scrapes: the figures of pods end before.',
    {
      ...leaking,
      holdings: leaking.holdings.map((one) => ({ ...one, threads: until(13, one.threads) })),
      together: until(13, leaking.together),
      podCount: until(13, leaking.podCount),
      limitsSeen: until(13, always(24)),
    },
    { inconclusive: [...whose, 'podLimit', 'unseen'], recovered: 'ruled-out' },
  ),
  'etcd-lost': caseOf(
    'The API server has lost etcd; the machine is calm.',
    { ...calm, readyz: etcdLost },
    { inconclusive: [...whose, 'threshold'], recovered: 'inconclusive' },
  ),
  'our-clock-is-ahead': caseOf(
    'Our clock is 50 minutes ahead: what the kubelet said 11 minutes ago by its own clock looks an hour old.',
    {
      ...hosted,
      readyz: clockAhead(50),
      machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) },
      events: evicting.events.map((event) => ({ ...event, minutesAgo: event.minutesAgo + 50 })),
    },
    { confirmed: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'node-removed': caseOf(
    'The Node object is gone.',
    calm,
    { inconclusive: [...whose, 'threshold'], recovered: 'confirmed' },
    (reads) => answering(reads, ['get Node'], gone),
  ),
  'no-known-network': caseOf(
    'No pod of a known name calls iptables here.',
    { ...calm, pods: [{ name: 'db-0' }] },
    { inconclusive: ['xtablesLock'], recovered: 'confirmed' },
  ),
  'one-limit-of-two': caseOf(
    'Of the limits of the machine only kernel.threads-max is seen: of it 12 % are used, and of the other nobody knows.',
    { ...hosted, machine: { ...hosted.machine, pidMax: () => undefined } },
    { inconclusive: [...whose, 'threshold', 'unseen'], recovered: 'inconclusive' },
  ),
  'one-limit-of-two-and-full': caseOf(
    'Only kernel.pid_max is seen, and full: whatever the other is, there are no more.',
    { ...hosted, machine: { ...hosted.machine, threadsMax: () => undefined } },
    { confirmed: ['hostProcess'], inconclusive: ['unseen'], recovered: 'ruled-out' },
  ),
  'machine-not-counted-any-more': caseOf(
    'Its limits are told, and how many are used is not: its pods do not stand in for it.',
    { ...calm, machine: { ...calm.machine, threads: () => undefined } },
    { inconclusive: [...whose, 'threshold', 'unseen'], recovered: 'inconclusive' },
  ),
  'limits-of-some-pods': caseOf(
    'Of 24 pods the limits of 23 are seen: the one that is left out may be full.',
    { ...calm, limitsSeen: always(23) },
    { inconclusive: ['podLimit'], recovered: 'inconclusive' },
  ),
  'share-not-seen': caseOf(
    'A pod has a limit, and what it used of it was not seen.',
    { ...calm, holdings: [{ pod: 'db-0', threads: always(390), processes: 20, limit: 4_096, share: () => undefined }] },
    { inconclusive: ['podLimit'], recovered: 'inconclusive' },
  ),
  'biggest-not-named': caseOf(
    'All pods together hold 30,000, and those that are named 90: the figures of the biggest are missing.',
    { ...leaking, holdings: leaking.holdings.slice(0, 1) },
    { inconclusive: ['leakingPod', 'crowd'], recovered: 'ruled-out' },
  ),
  'half-of-their-common-limit': caseOf(
    'How many PIDs all pods have is told, of how many is not.',
    { ...calm, allPods: { threads: always(15_900), max: () => undefined } },
    { recovered: 'inconclusive' },
  ),
};
