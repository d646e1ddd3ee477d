import type { Case } from '../../../engine/replay.ts';
import { caseOf, whose } from './case.ts';
import type { World } from './world.ts';
import {
  always,
  between,
  calm,
  crowded,
  evicting,
  hosted,
  last,
  leaking,
  limited,
  network,
  owner,
  QUOTES,
} from './worlds.ts';

/** The leaking pod was ended 8 minutes ago; what took its place takes so many threads a minute. */
function fillsAgain(perMinute: number): World {
  const later = (ago: number) => Math.max(0, 8 - ago) * perMinute;
  const leaked = (ago: number) => ago <= 20 && ago >= 8;
  return {
    ...leaking,
    pods: [{ name: 'quotes-7d9f-later', owner }, ...network(undefined)],
    machine: { ...leaking.machine, threads: (ago) => (leaked(ago) ? 31_400 : 1_500 + later(ago)) },
    holdings: [
      { pod: QUOTES, threads: (ago) => (leaked(ago) ? 29_600 : undefined), processes: 2 },
      { pod: 'quotes-7d9f-later', threads: (ago) => (ago < 8 ? later(ago) : undefined), processes: 2 },
    ],
    together: (ago) => (leaked(ago) ? 30_000 : 460 + later(ago)),
  };
}

/** At each limit: what is just not enough to say so. */
export const edges: Record<string, Case> = {
  'pressure-at-60-percent': caseOf(
    'PIDPressure with 60 % of the PIDs in use: the threshold may be high, or they ran out between two looks.',
    { ...calm, ...evicting, machine: { ...calm.machine, threads: last(14, 19_660, 1_450) } },
    { inconclusive: [...whose, 'threshold'], recovered: 'ruled-out' },
  ),
  'tight-without-a-sign': caseOf(
    '76 % of the PIDs in use; nobody says that a fork was refused.',
    { ...hosted, machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) } },
    { inconclusive: [...whose, 'threshold'], recovered: 'ruled-out' },
  ),
  'warned-in-time': caseOf(
    'A pod leaks, and 84 % are in use: no fork was refused yet, and it is clear who will have it so.',
    {
      ...leaking,
      machine: { ...leaking.machine, threads: last(5, 27_500, 21_000) },
      holdings: [{ pod: QUOTES, threads: last(5, 25_900, 19_400), processes: 2 }],
      together: last(5, 26_200, 19_700),
    },
    { confirmed: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'signs-of-long-ago': caseOf(
    '76 % in use; what the kubelet said of PIDs is 50 minutes old, the last refused fork 2 hours.',
    {
      ...hosted,
      machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) },
      events: evicting.events.map((event) => ({ ...event, minutesAgo: event.minutesAgo + 40 })),
      pods: [
        { name: 'db-0' },
        ...network(
          'E1121 01:02:11.204417       1 proxier.go:1564] "Failed" err="fork/exec /usr/sbin/iptables: resource temporarily unavailable"',
        ),
      ],
    },
    { inconclusive: [...whose, 'threshold'], recovered: 'ruled-out' },
  ),
  'first-seconds-of-an-eviction': caseOf(
    'The kubelet has begun to evict; the condition follows 10 seconds later. 73 % were seen in use.',
    {
      ...leaking,
      machine: { ...leaking.machine, threads: last(12, 23_900, 9_000) },
      holdings: [{ pod: QUOTES, threads: last(12, 22_000, 7_000), processes: 2 }],
      together: last(12, 22_400, 7_400),
      events: [{ minutesAgo: 0.1, reason: 'EvictionThresholdMet', message: 'Attempting to reclaim pids' }],
    },
    { confirmed: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'memory-is-reclaimed': caseOf(
    '76 % in use, and the kubelet evicts pods: for memory, which says nothing of PIDs.',
    {
      ...hosted,
      machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) },
      events: [{ minutesAgo: 1, reason: 'EvictionThresholdMet', message: 'Attempting to reclaim memory' }],
    },
    { inconclusive: [...whose, 'threshold'], recovered: 'ruled-out' },
  ),
  'figures-contradict': caseOf(
    'node_exporter counts 1,450 threads on the machine, its pods have 5,000: it looks into a PID namespace of its own.',
    { ...calm, together: always(5_000) },
    { inconclusive: [...whose, 'threshold'], recovered: 'confirmed' },
  ),
  'a-quarter-of-it': caseOf(
    'A pod has 8,200 of 31,400 and the machine itself 7,900: much, and neither is why. The rest is shared by many.',
    {
      ...leaking,
      holdings: [{ pod: QUOTES, threads: last(12, 8_200, 3_000), processes: 2 }],
      together: last(12, 23_500, 6_000),
    },
    { inconclusive: whose, recovered: 'ruled-out' },
  ),
  'threads-max-is-the-lower': caseOf(
    'kernel.pid_max was raised to 4,194,304; kernel.threads-max of a machine with 4 GiB is 31,800, and full.',
    { ...hosted, machine: { ...hosted.machine, pidMax: always(4_194_304), threadsMax: always(31_800) } },
    { confirmed: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'raised-pid-max': caseOf(
    'The same 31,400 threads where both limits are high: nothing is short.',
    { ...hosted, machine: { ...hosted.machine, pidMax: always(4_194_304) } },
    { recovered: 'confirmed' },
  ),
  'near-its-limit': caseOf(
    'A pod uses 80 % of the PIDs it may have; nothing says that a fork was refused.',
    { ...limited, holdings: [{ pod: QUOTES, threads: last(20, 3_280, 60), processes: 3, limit: 4_096 }] },
    { inconclusive: ['podLimit'], recovered: 'confirmed' },
  ),
  'fork-refused-below-the-limit': caseOf(
    'A pod uses 2 % of its PIDs, and its probe could not fork: a limit of the user (ulimit -u) looks so.',
    {
      ...calm,
      podEvents: {
        'db-0': [
          {
            minutesAgo: 3,
            reason: 'Unhealthy',
            message: 'Readiness probe failed: bash: fork: retry: Resource temporarily unavailable',
          },
        ],
      },
    },
    { inconclusive: ['podLimit'], recovered: 'confirmed' },
  ),
  'limit-reached-and-gone': caseOf(
    'A pod was full until it ended 8 minutes ago; its series end with it.',
    {
      ...limited,
      holdings: [
        { pod: QUOTES, threads: (minutesAgo) => (minutesAgo >= 8 ? 4_090 : undefined), processes: 3, limit: 4_096 },
      ],
      together: between(20, 8, 4_430, 420),
    },
    { confirmed: ['podLimit'], recovered: 'confirmed' },
  ),
  'full-a-minute-ago': caseOf(
    'A pod was at its limit when it was last seen, a minute ago: that is now.',
    {
      ...limited,
      holdings: [
        { pod: QUOTES, threads: (minutesAgo) => (minutesAgo >= 1 ? 4_090 : undefined), processes: 3, limit: 4_096 },
      ],
      together: between(20, 8, 4_430, 420),
    },
    { confirmed: ['podLimit'], recovered: 'ruled-out' },
  ),
  'limit-of-a-container': caseOf(
    'CRI-O gives each container 1,024 PIDs of its own, below the 4,096 of the pod: one container is full.',
    {
      ...limited,
      holdings: [{ pod: QUOTES, threads: last(20, 1_110, 60), processes: 3, limit: 1_024, share: last(20, 1, 0.05) }],
      together: last(20, 1_500, 420),
    },
    { confirmed: ['podLimit'], recovered: 'ruled-out' },
  ),
  'old-version-leaks': caseOf(
    'A pod leaks, but its version is of yesterday: going back is not offered.',
    { ...leaking, sets: { 'quotes-7d9f': { deployment: 'quotes', madeMinutesAgo: 1_400, revision: 5 } } },
    { confirmed: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'leaks-and-its-version-seems-a-minute-late': caseOf(
    'The version came within the minute in which PIDs were short for the first time: it is offered all the same.',
    { ...leaking, sets: { 'quotes-7d9f': { deployment: 'quotes', madeMinutesAgo: 11, revision: 5 } } },
    { confirmed: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'healed-three-minutes-ago': caseOf(
    'The leaking pod ended 3 minutes ago: too soon to say that it is over.',
    {
      ...leaking,
      machine: { ...leaking.machine, threads: between(20, 3, 31_400, 1_500) },
      holdings: [{ pod: QUOTES, threads: between(20, 3, 29_600, 60), processes: 2 }],
      together: between(20, 3, 30_000, 460),
    },
    { confirmed: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'healed-eight-minutes-ago': caseOf(
    'The leaking pod ended 8 minutes ago.',
    {
      ...leaking,
      pods: [{ name: 'quotes-7d9f-later', owner }, ...network(undefined)],
      machine: { ...leaking.machine, threads: between(20, 8, 31_400, 1_500) },
      holdings: [{ pod: QUOTES, threads: (ago) => (ago <= 20 && ago >= 8 ? 29_600 : undefined), processes: 2 }],
      together: between(20, 8, 30_000, 460),
    },
    { confirmed: ['leakingPod'], recovered: 'confirmed' },
  ),
  'healed-and-filling-again': caseOf(
    'The leaking pod was ended 8 minutes ago; what took its place leaks as well, 450 threads a minute.',
    fillsAgain(450),
    { confirmed: ['leakingPod'], recovered: 'inconclusive' },
  ),
  'healed-and-growing-little': caseOf(
    'The leaking pod was ended 8 minutes ago; what took its place warms up: 50 threads a minute, as servers do.',
    fillsAgain(50),
    { confirmed: ['leakingPod'], recovered: 'confirmed' },
  ),
  'some-threads-without-limits': caseOf(
    'The limits of pods are not collected; the largest pod has 900 threads, as a JVM may.',
    {
      ...calm,
      holdings: [{ pod: 'db-0', threads: always(900), processes: 1 }],
      together: always(1_200),
      limitsSeen: undefined,
    },
    { inconclusive: ['podLimit', 'unseen'], recovered: 'confirmed' },
  ),
  'many-threads-without-limits': caseOf(
    'The limits of pods are not collected; one pod has 4,000 threads, and the machine PIDs enough.',
    {
      ...calm,
      machine: { ...calm.machine, threads: always(5_200) },
      holdings: [{ pod: QUOTES, threads: always(4_000), processes: 1 }],
      together: always(4_300),
      limitsSeen: undefined,
    },
    { inconclusive: ['podLimit', 'unseen'], recovered: 'ruled-out' },
  ),
  'machine-not-counted-and-calm': caseOf(
    'Without the processes collector; pods have 5,000 threads together, and none is near its limit.',
    { ...calm, machine: { forks: always(6) }, together: always(5_000) },
    { inconclusive: [...whose, 'threshold', 'unseen'], recovered: 'confirmed' },
  ),
  'machine-not-counted-and-crowded': caseOf(
    'Without the processes collector; pods have 29,900 threads together, 1,300 each.',
    { ...crowded, machine: { forks: always(6) } },
    { inconclusive: [...whose, 'threshold', 'unseen'], recovered: 'ruled-out' },
  ),
  'forks-of-a-busy-node': caseOf(
    '40 processes a second: shells of probes on a busy node.',
    { ...calm, machine: { ...calm.machine, forks: always(40) } },
    { recovered: 'confirmed' },
  ),
  'forks-for-two-minutes': caseOf(
    '2,400 processes a second for two minutes: a build, a start of many pods.',
    { ...calm, machine: { ...calm.machine, forks: between(9, 8, 2_400, 6) } },
    { inconclusive: ['forkStorm'], recovered: 'confirmed' },
  ),
  'forks-not-collected': caseOf(
    'node_exporter tells of PIDs, and not of forks.',
    { ...calm, machine: Object.fromEntries(Object.entries(calm.machine).filter(([figure]) => figure !== 'forks')) },
    { inconclusive: ['forkStorm'], recovered: 'inconclusive' },
  ),
  'more-of-the-network-than-was-read': caseOf(
    'Four pods of the network run here; the logs of three were read.',
    {
      ...calm,
      pods: [
        { name: 'db-0' },
        ...network(undefined),
        { name: 'kube-router-a', app: 'kube-router' },
        { name: 'kube-router-b', app: 'kube-router' },
      ],
    },
    { inconclusive: ['xtablesLock'], recovered: 'confirmed' },
  ),
};
