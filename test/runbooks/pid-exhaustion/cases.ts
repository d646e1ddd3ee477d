import type { Case } from '../../../engine/replay.ts';
import { caseOf, whose } from './case.ts';
import { edges } from './cases-edges.ts';
import { byKubelet } from './cases-kubelet.ts';
import { ofAgents } from './cases-network.ts';
import { recordings } from './cases-recorded.ts';
import { ofReplicas } from './cases-replicas.ts';
import { steady } from './cases-steady.ts';
import { unseen } from './cases-unseen.ts';
import {
  always,
  between,
  calm,
  crowded,
  evicted,
  evicting,
  hosted,
  last,
  leaking,
  limited,
  network,
  QUOTES,
} from './worlds.ts';

/** Lines of kube-proxy and flannel, as they are known from the field. */
const forkLines = [
  'I1121 02:50:01.000000       1 proxier.go:805] "Syncing iptables rules"',
  'E1121 02:56:11.204417       1 proxier.go:1564] "Failed to execute iptables-restore" err="fork/exec /usr/sbin/iptables: resource temporarily unavailable"',
].join('\n');
const lockLine = (time: string) =>
  `E1121 ${time}.118020       1 iptables.go:307] Failed to ensure iptables rules: error checking rule existence: failed to check rule existence: running [/sbin/iptables -t nat -C POSTROUTING --wait]: exit status 4: iptables: Resource temporarily unavailable.`;
const lockLines = [
  'I1121 02:50:01.000000       1 iptables.go:132] Some iptables rules are missing; deleting and recreating rules',
  ...['02:51:40', '02:53:40', '02:55:40'].map(lockLine),
].join('\n');

/** Who takes them. */
const holders: Record<string, Case> = {
  'pod-leaks-threads': caseOf(
    'A new version leaks threads: its pod holds 29,600 of 31,400, in 2 processes, and has no limit.',
    leaking,
    { confirmed: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'pod-makes-processes': caseOf(
    'A pod of a StatefulSet never reaps its children: 22,000 processes.',
    {
      ...leaking,
      pods: [{ name: 'cron-0', owner: { kind: 'StatefulSet', name: 'cron' } }, ...network(undefined)],
      holdings: [{ pod: 'cron-0', threads: last(12, 22_010, 4_000), processes: 22_000 }],
      together: last(12, 22_400, 4_400),
      machine: { ...leaking.machine, threads: last(12, 30_100, 6_000), zombies: last(12, 21_000, 3_000) },
    },
    { confirmed: ['leakingPod'], inconclusive: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'host-process': caseOf(
    'A loop of the machine starts sleepers: 31,400 threads, of which pods have 420. PIDPressure is off, as by default.',
    hosted,
    { confirmed: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'host-process-and-the-evicted': caseOf(
    'The same where the kubelet evicts for PIDs: 2 victims and 24 turned away, none of which took any.',
    { ...hosted, ...evicting, pods: [...calm.pods, ...evicted] },
    { confirmed: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'many-pods': caseOf('24 pods of 1,300 threads each fill the machine; none of them is the one.', crowded, {
    confirmed: ['crowd'],
    recovered: 'ruled-out',
  }),
  'pods-at-their-common-limit': caseOf(
    'Plain Prometheus keeps the cgroup of all pods: they have 15,900 of the 16,000 PIDs that they may have together; the machine has 32,768.',
    {
      ...crowded,
      machine: { forks: always(6) },
      holdings: crowded.holdings.map((one) => ({ ...one, threads: last(12, 660, 300) })),
      together: last(12, 15_880, 7_000),
      allPods: { threads: last(12, 15_900, 7_010), max: always(16_000) },
    },
    { confirmed: ['crowd'], inconclusive: ['unseen'], recovered: 'ruled-out' },
  ),
  'pod-at-its-limit': caseOf(
    'A pod has 4,070 of the 4,096 PIDs it may have; the node uses 17 %, and the API says nothing.',
    limited,
    { confirmed: ['podLimit'], recovered: 'ruled-out' },
  ),
  'pod-at-its-limit-between-two-looks': caseOf(
    'Seen at 74 % of its limit, and a probe of it could not fork 4 minutes ago.',
    {
      ...limited,
      holdings: [{ pod: QUOTES, threads: last(20, 3_030, 60), processes: 3, limit: 4_096 }],
      podEvents: {
        [QUOTES]: [
          {
            minutesAgo: 4,
            reason: 'Unhealthy',
            message: "Liveness probe failed: sh: can't fork: Resource temporarily unavailable",
            count: 3,
          },
        ],
      },
    },
    { confirmed: ['podLimit'], recovered: 'confirmed' },
  ),
  'limit-reached-and-restarted': caseOf(
    'It was full until its probe failed and the kubelet restarted it 6 minutes ago: that frees the PIDs and hides why.',
    { ...limited, holdings: [{ pod: QUOTES, threads: between(20, 7, 4_096, 60), processes: 3, limit: 4_096 }] },
    { confirmed: ['podLimit'], recovered: 'confirmed' },
  ),
};

/** Two at once. */
const mixtures: Record<string, Case> = {
  'leak-and-another-pod-at-its-limit': caseOf(
    'One pod takes the machine; another, which has a limit, is full as well.',
    {
      ...leaking,
      holdings: [...leaking.holdings, { pod: 'batch-0', threads: last(9, 1_020, 50), processes: 900, limit: 1_024 }],
      together: last(12, 31_000, 7_400),
    },
    { confirmed: ['leakingPod', 'podLimit'], recovered: 'ruled-out' },
  ),
  'half-pods-half-machine': caseOf(
    'One pod has 13,000, the machine itself 15,000 of 31,400: neither is the most of it, and without either there would be enough.',
    {
      ...leaking,
      holdings: [{ pod: QUOTES, threads: last(12, 13_000, 3_000), processes: 2 }],
      together: last(12, 16_400, 3_400),
    },
    { confirmed: ['leakingPod', 'hostProcess'], recovered: 'ruled-out' },
  ),
  'host-process-and-a-lock': caseOf(
    'A loop of the machine takes its PIDs, and flannel waits for the lock: whoever holds it may wait for a PID.',
    { ...hosted, pods: [{ name: 'db-0' }, ...network(undefined, lockLines)] },
    { confirmed: ['hostProcess'], inconclusive: ['xtablesLock'], recovered: 'ruled-out' },
  ),
  'leak-in-a-fork-storm': caseOf(
    'Threads leak, and somebody starts 2,400 processes a second.',
    { ...leaking, machine: { ...leaking.machine, forks: last(9, 2_400, 6) } },
    { confirmed: ['leakingPod', 'forkStorm'], recovered: 'ruled-out' },
  ),
};

/** What only looks so. */
const elsewhere: Record<string, Case> = {
  healthy: caseOf('Nothing is short, all is seen.', calm, { recovered: 'confirmed' }),
  'lock-of-iptables': caseOf(
    'flannel: "exit status 4: iptables: Resource temporarily unavailable." PIDs are enough: it waits for its lock.',
    { ...calm, pods: [{ name: 'db-0' }, ...network(undefined, lockLines)] },
    { confirmed: ['xtablesLock'], recovered: 'confirmed' },
  ),
  'fork-of-iptables-refused': caseOf(
    'kube-proxy: "fork/exec /usr/sbin/iptables: resource temporarily unavailable"; 76 % of the PIDs were seen in use.',
    {
      ...hosted,
      machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) },
      pods: [{ name: 'db-0' }, ...network(forkLines)],
    },
    { confirmed: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'fork-refused-without-a-shortage': caseOf(
    'The same words, with 4 % of the PIDs in use: something else refused it, or they ran out between two looks.',
    { ...calm, pods: [{ name: 'db-0' }, ...network(forkLines)] },
    { inconclusive: [...whose, 'threshold'], recovered: 'confirmed' },
  ),
  'fork-storm': caseOf(
    'Somebody starts 2,400 processes a second, which end at once; few are there at any moment.',
    { ...calm, machine: { ...calm.machine, forks: last(9, 2_400, 6) } },
    { confirmed: ['forkStorm'], recovered: 'ruled-out' },
  ),
  'many-forks': caseOf(
    '400 processes a second: more than a quiet node starts, and no storm.',
    { ...calm, machine: { ...calm.machine, forks: always(400) } },
    { inconclusive: ['forkStorm'], recovered: 'confirmed' },
  ),
  'lock-twice': caseOf(
    'Two such lines in ten minutes: the next pass made up for both.',
    {
      ...calm,
      pods: [{ name: 'db-0' }, ...network(undefined, [lockLine('02:53:40'), lockLine('02:55:40')].join('\n'))],
    },
    { inconclusive: ['xtablesLock'], recovered: 'confirmed' },
  ),
  'lock-and-machine-not-counted': caseOf(
    'Three such lines, and how many PIDs the machine uses is not collected: whether they are enough is not told.',
    { ...calm, machine: { forks: always(6) }, pods: [{ name: 'db-0' }, ...network(undefined, lockLines)] },
    { inconclusive: [...whose, 'threshold', 'unseen', 'xtablesLock'], recovered: 'confirmed' },
  ),
  'lock-thrice-in-half-an-hour': caseOf(
    'Three such lines, of which one is of now.',
    {
      ...calm,
      pods: [{ name: 'db-0' }, ...network(undefined, ['02:32:00', '02:41:00', '02:55:40'].map(lockLine).join('\n'))],
    },
    { inconclusive: ['xtablesLock'], recovered: 'confirmed' },
  ),
  'lock-and-a-leak-at-once': caseOf(
    'A pod leaks threads; flannel waited for its lock once, 28 minutes ago.',
    { ...leaking, pods: [...leaking.pods.slice(0, 2), ...network(undefined, lockLine('02:32:00'))] },
    { confirmed: ['leakingPod'], inconclusive: ['xtablesLock'], recovered: 'ruled-out' },
  ),
  'lock-of-last-december': caseOf(
    'Three lines of the 15th of December: of last year, since klog writes none and this one is not there yet.',
    {
      ...calm,
      pods: [
        { name: 'db-0' },
        ...network(
          undefined,
          ['03:12:07', '03:12:37', '03:13:07'].map((time) => lockLine(time).replace('E1121', 'E1215')).join('\n'),
        ),
      ],
    },
    { inconclusive: ['xtablesLock'], recovered: 'confirmed' },
  ),
  'fork-of-another-zone': caseOf(
    '76 % in use. The machine writes the time of Tokyo, nine hours ahead: when a fork was refused to it is not told.',
    {
      ...hosted,
      machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) },
      pods: [{ name: 'db-0' }, ...network(forkLines.replaceAll('E1121 02', 'E1121 11'))],
    },
    { inconclusive: [...whose, 'threshold'], recovered: 'ruled-out' },
  ),
  'fork-half-a-minute-ahead': caseOf(
    'Its clock is half a minute ahead of ours, as those of two machines may be: the fork was refused just now.',
    {
      ...hosted,
      machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) },
      pods: [{ name: 'db-0' }, ...network(forkLines.replaceAll('02:56:11', '03:00:30'))],
    },
    { confirmed: ['hostProcess'], recovered: 'ruled-out' },
  ),
  'fork-five-minutes-ahead': caseOf(
    'Five minutes ahead is another clock: when a fork was refused is not told.',
    {
      ...hosted,
      machine: { ...hosted.machine, threads: last(12, 24_900, 9_000) },
      pods: [{ name: 'db-0' }, ...network(forkLines.replaceAll('02:56:11', '03:05:00'))],
    },
    { inconclusive: [...whose, 'threshold'], recovered: 'ruled-out' },
  ),
  'lock-long-ago': caseOf(
    'flannel waited for its lock 6 hours ago, and kube-proxy wrote a line without a time.',
    {
      ...calm,
      pods: [
        { name: 'db-0' },
        ...network(
          'iptables: exit status 4: Resource temporarily unavailable',
          'E1120 21:01:11.000000       1 iptables.go:307] exit status 4: iptables: Resource temporarily unavailable.',
        ),
      ],
    },
    { inconclusive: ['xtablesLock'], recovered: 'confirmed' },
  ),
  'threshold-too-high': caseOf(
    'PIDPressure, victims and a taint with 9 % of the PIDs in use: pid.available is set that high.',
    {
      ...calm,
      ...evicting,
      machine: { ...calm.machine, threads: last(14, 2_950, 1_450) },
      pods: [...calm.pods, ...evicted],
    },
    { confirmed: ['threshold'], inconclusive: whose, recovered: 'ruled-out' },
  ),
};

export const cases: Record<string, Case> = {
  ...holders,
  ...mixtures,
  ...elsewhere,
  ...unseen,
  ...edges,
  ...recordings,
  ...byKubelet,
  ...ofAgents,
  ...ofReplicas,
  ...steady,
};
