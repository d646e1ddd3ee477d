import { readFileSync } from 'node:fs';
import type { Case } from '../../../engine/replay.ts';
import { answering, without } from '../expectation.ts';
import { but, caseOf, whose } from './case.ts';
import { quiet, withoutExporter } from './cases-recorded.ts';
import { type Answer, at, NODE, type Reads, type World } from './world.ts';
import { always, between, calm, evicting, hosted, last, leaking, QUOTES } from './worlds.ts';

/** Processes by pod of the namespace `shop`; 0: as a kubelet says that does not count them. */
type Processes = Readonly<Record<string, number>>;

/** What a kubelet answers: PIDs in use, of 32,768 unless it says otherwise, and processes by pod. */
export function counting(curproc: number, processes: Processes, maxpid = 32_768): Answer {
  const pods = Object.entries(processes).map(([name, count]) => ({
    podRef: { name, namespace: 'shop' },
    containers: [{ name: 'app', logs: { time: at(0), usedBytes: 20_480 } }],
    process_stats: { process_count: count },
  }));
  return { body: { node: { nodeName: NODE, rlimit: { time: at(0), maxpid, curproc } }, pods } };
}

const failing = (kind: 'forbidden' | 'unreachable' | 'timed-out', message: string): Answer => ({
  failure: { kind, message },
});
const refused = failing('unreachable', 'nothing listens on 10.20.0.15:10250 (connection refused) [ECONNREFUSED]');
const forbidden = failing('forbidden', 'ServiceAccount ops/nightshift-reader may not get nodes/stats');

const silent = { failure: { kind: 'unreachable', message: 'Prometheus refuses the connection' } } as const;
const prometheusDown = (reads: Reads): Reads =>
  answering(
    without(reads, ['instance="10.20.0.15', 'Event --namespace shop', 'ReplicaSet']),
    ['query ', 'range '],
    silent,
  );
/** Prometheus scrapes no kubelet of this node. */
const podsUnseen = (reads: Reads): Reads =>
  answering(
    without(reads, ['10.20.0.15:10250', 'Event --namespace shop', 'ReplicaSet']),
    ['kubelet_node_name{node="worker-3"}'],
    { body: [] },
  );

/** What a kubelet can never tell: limits of pods, forks a second, what was before. */
const beyond = ['podLimit', 'forkStorm', 'unseen'];

export const fewPods: Processes = { [QUOTES]: 2, 'db-0': 20 };
const crowd: Processes = Object.fromEntries(Array.from({ length: 24 }, (_, index) => [`workers-${index}`, 1_240]));

/** Nobody but the kubelet itself was asked, or answered. */
const alone: Record<string, Case> = {
  'kubelet-alone-processes': caseOf(
    'Prometheus is down. By its kubelet 31,400 of 32,768 PIDs are in use; a pod has 29,000 processes.',
    { ...leaking, kubelet: counting(31_400, { [QUOTES]: 29_000, 'db-0': 20 }) },
    { confirmed: ['leakingPod'], inconclusive: beyond, recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-third': caseOf(
    'Prometheus is down. A pod has 11,000 of 31,400 PIDs: without them two thirds would be in use.',
    { ...leaking, kubelet: counting(31_400, { [QUOTES]: 11_000, 'db-0': 6_000 }) },
    { confirmed: ['leakingPod'], inconclusive: ['hostProcess', 'crowd', ...beyond], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-threads': caseOf(
    'Prometheus is down. A pod has 29,600 threads in 2 processes: its kubelet counts processes only, and nobody is blamed.',
    { ...leaking, kubelet: counting(31_400, fewPods) },
    { inconclusive: [...whose, ...beyond], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-crowd': caseOf(
    'Prometheus is down. 24 pods have 1,240 processes each.',
    { ...hosted, kubelet: counting(31_400, crowd) },
    { confirmed: ['crowd'], inconclusive: beyond, recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-old': caseOf(
    'Prometheus is down. A kubelet of old says 0 processes of every pod: that is no count.',
    { ...leaking, kubelet: counting(31_400, { [QUOTES]: 0, 'db-0': 0 }) },
    { inconclusive: [...whose, ...beyond], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-contradicting': caseOf(
    'Prometheus is down. Its kubelet counts 40,000 processes of pods and 31,400 PIDs in use.',
    { ...leaking, kubelet: counting(31_400, { [QUOTES]: 38_000, 'db-0': 2_000 }) },
    { inconclusive: [...whose, ...beyond], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-tight': caseOf(
    'Prometheus is down. 75 % of the PIDs are in use, and the kubelet reports PIDPressure.',
    { ...leaking, ...evicting, kubelet: counting(24_600, { [QUOTES]: 22_000, 'db-0': 20 }) },
    { confirmed: ['leakingPod'], inconclusive: beyond, recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-tight-and-silent': caseOf(
    'Prometheus is down. 75 % of the PIDs are in use, and nobody was refused one: neither enough nor too few.',
    { ...leaking, kubelet: counting(24_600, { [QUOTES]: 22_000, 'db-0': 20 }) },
    { inconclusive: [...whose, 'threshold', ...beyond], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-calm': caseOf(
    'Prometheus is down. 1,450 PIDs are in use now; what was in the half hour before nobody has seen.',
    { ...calm, kubelet: counting(1_450, fewPods) },
    { inconclusive: [...whose, 'threshold', ...beyond], recovered: 'inconclusive' },
    prometheusDown,
  ),
  'kubelet-alone-threshold': caseOf(
    'Prometheus is down. Its kubelet evicts for PIDs 20 s ago, and counts 1,450 of 32,768.',
    {
      ...calm,
      ...evicting,
      events: [{ minutesAgo: 1 / 3, reason: 'EvictionThresholdMet', message: 'Attempting to reclaim pids', count: 9 }],
      kubelet: counting(1_450, fewPods),
    },
    { confirmed: ['threshold'], inconclusive: [...whose, ...beyond], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-threshold-long-ago': caseOf(
    'The same, but it evicted 5 minutes ago: what it compared then is not what it counts now.',
    {
      ...calm,
      ...evicting,
      events: [{ minutesAgo: 5, reason: 'EvictionThresholdMet', message: 'Attempting to reclaim pids', count: 9 }],
      kubelet: counting(1_450, fewPods),
    },
    { inconclusive: [...whose, 'threshold', ...beyond], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-alone-windows': caseOf(
    'Prometheus is down. On Windows there is no limit: the kubelet gives the count itself for it.',
    { ...calm, kubelet: counting(210, fewPods, 210) },
    { inconclusive: [...whose, 'threshold', ...beyond], recovered: 'inconclusive' },
    prometheusDown,
  ),
  'kubelet-refused': caseOf(
    'Prometheus is down, and nothing listens on the port of the kubelet.',
    { ...leaking, ...evicting, kubelet: refused },
    { inconclusive: but('xtablesLock'), recovered: 'ruled-out' },
    prometheusDown,
  ),
  'kubelet-forbidden': caseOf(
    'Prometheus is down, and the reader may not get nodes/stats.',
    { ...leaking, ...evicting, kubelet: forbidden },
    { inconclusive: but('xtablesLock'), recovered: 'ruled-out' },
    prometheusDown,
  ),
};

const uncounted = { forks: always(6) };

/** Beside Prometheus, which does not see all. */
const beside: Record<string, Case> = {
  'kubelet-counts-the-machine': caseOf(
    'node_exporter as it comes: its kubelet counts the machine, cAdvisor the threads of a pod.',
    { ...leaking, machine: uncounted, kubelet: counting(31_400, fewPods) },
    { confirmed: ['leakingPod'], inconclusive: ['unseen'], recovered: 'ruled-out' },
  ),
  'kubelet-counts-the-machine-of-a-host-process': caseOf(
    'The same, and all pods together have 420 threads: a process of the machine has the others.',
    { ...hosted, ...evicting, machine: uncounted, kubelet: counting(31_400, fewPods) },
    { confirmed: ['hostProcess'], inconclusive: ['unseen'], recovered: 'ruled-out' },
  ),
  'kubelet-not-scraped-but-asked': caseOf(
    'The machine is short by node_exporter; Prometheus scrapes no kubelet, which is asked itself.',
    { ...leaking, kubelet: counting(31_500, { [QUOTES]: 29_000, 'db-0': 20 }) },
    { confirmed: ['leakingPod'], inconclusive: ['podLimit', 'unseen'], recovered: 'ruled-out' },
    podsUnseen,
  ),
  'kubelet-asked-too-late': caseOf(
    'The machine was short until 8 minutes ago, when no kubelet was scraped: what its kubelet counts now is of another time.',
    {
      ...leaking,
      machine: { ...leaking.machine, threads: between(20, 8, 31_400, 1_450) },
      kubelet: counting(1_450, fewPods),
    },
    { inconclusive: [...whose, 'podLimit', 'unseen'], recovered: 'inconclusive' },
    podsUnseen,
  ),
  'kubelet-contradicts-the-shortage': caseOf(
    'Prometheus shows 31,400 of 32,768, its kubelet counts 1,450 at the same moment: what was seen stands, and that is said.',
    { ...leaking, kubelet: counting(1_450, fewPods) },
    { confirmed: ['leakingPod'], recovered: 'ruled-out' },
  ),
  'kubelet-counts-what-is-newer': caseOf(
    'Prometheus shows 76 %, its kubelet counts 96 % now.',
    {
      ...leaking,
      machine: { ...leaking.machine, threads: last(12, 24_900, 9_000) },
      kubelet: counting(31_400, fewPods),
    },
    { confirmed: ['leakingPod'], recovered: 'ruled-out' },
  ),
};

/** As it was told 18 s after the kubelet had said EvictionThresholdMet for the last time. */
function recordedStats(): Answer {
  const file = new URL('../../recorded/kubernetes/kubelet-stats-pids-node.json', import.meta.url);
  return { body: JSON.parse(readFileSync(file, 'utf8').replaceAll('rig-node-1', NODE)) };
}

const objects: World = { ...quiet, machine: {}, kubelet: recordedStats() };

export const byKubelet: Record<string, Case> = {
  ...alone,
  ...beside,
  'recorded-node-by-its-kubelet': caseOf(
    'Recorded: PIDPressure, 26 pods ended by it, and what the kubelet told itself: 729 of 32,768 PIDs, 0 processes of every pod.',
    objects,
    { confirmed: ['threshold'], inconclusive: [...whose, 'xtablesLock', ...beyond], recovered: 'ruled-out' },
    (reads) => prometheusDown(withoutExporter('pids-node')(reads)),
  ),
};
