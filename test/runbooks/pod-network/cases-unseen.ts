import type { Case } from '../../../engine/replay.ts';
import { answering, without } from '../expectation.ts';
import { but, bySigns, caseOf, everything } from './case.ts';
import {
  calm,
  crashing,
  FLANNEL,
  flannel,
  forbidden,
  klog,
  LOCK,
  lines,
  noNetwork,
  proxy,
  sandbox,
  started,
  unreachable,
  unready,
  waiting,
} from './worlds.ts';

const NO_ADDRESS = 'failed to allocate for range 0: no IP addresses available in range set: 10.244.3.1-10.244.3.254';
const oom = { minutesAgo: 3, reason: 'OOMKilled' } as const;
const stuck = (name: string) => ({
  name: `batch-${name}`,
  minutesOld: 40_000,
  events: [
    {
      minutesAgo: 1,
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed for volume "cfg": configmap "gone" not found',
    },
  ],
});
const killed = { ...calm, agents: [flannel(crashing(oom, lines(started)), unready), proxy()] };

/** Less is seen: what depends on it is left open, and all else is told as before. */
export const unseen: Record<string, Case> = {
  'prometheus-down': caseOf(
    'Prometheus answers nothing: objects, events and logs tell all but whether kube-proxy is scraped.',
    calm,
    { inconclusive: ['agentLimits', 'proxyUnscraped'], recovered: 'confirmed' },
    (reads) => answering(without(reads, ['container_memory', 'run_podsandbox']), ['query '], unreachable),
  ),
  'prometheus-down-and-killed': caseOf(
    'Prometheus answers nothing, and the agent is ended for its memory all the same.',
    killed,
    { confirmed: ['agentMemory'], inconclusive: ['agentLimits', 'proxyUnscraped'], recovered: 'ruled-out' },
    (reads) => answering(without(reads, ['container_memory', 'run_podsandbox']), ['query '], unreachable),
  ),
  'kube-proxy-no-target': caseOf(
    'Prometheus has no target for kube-proxy: whether its metrics could be reached is not told.',
    { ...calm, proxyUp: undefined as never },
    { inconclusive: ['proxyUnscraped'], recovered: 'confirmed' },
  ),
  'kube-proxy-replaced': caseOf(
    'Cilium does the work of kube-proxy: there is none, and nothing is wrong with that.',
    {
      ...calm,
      agents: [{ name: 'cilium-5d9wq', app: 'cilium', daemonSet: 'cilium', containers: [{ name: 'cilium-agent' }] }],
      sets: [{ name: 'cilium', app: 'cilium' }],
      use: [],
    },
    { recovered: 'confirmed' },
  ),
  'logs-forbidden': caseOf(
    'Logs may not be read: what only they tell is open.',
    calm,
    { inconclusive: [...bySigns, 'pluginMissing', 'agentFails'], recovered: 'confirmed' },
    (reads) => answering(reads, ['logs '], forbidden),
  ),
  'pod-events-forbidden': caseOf(
    'The kubelet cannot be heard on pods that wait: what it says of them is open.',
    { ...calm, pods: [...calm.pods, waiting(NO_ADDRESS)] },
    { inconclusive: [...bySigns, 'pluginMissing', 'agentFails'], recovered: 'inconclusive' },
    (reads) => answering(reads, ['involvedObject.kind=Pod'], forbidden),
  ),
  'pods-forbidden': caseOf(
    'Pods may not be listed: neither agents nor who waits is known.',
    { ...calm, ...noNetwork },
    { inconclusive: everything, recovered: 'ruled-out' },
    (reads) => answering(without(reads, ['container_memory', 'kube-proxy', 'logs ']), ['list Pod'], forbidden),
  ),
  'node-forbidden': caseOf(
    'The node may not be read: what depends on its word and its subnet is open.',
    calm,
    { inconclusive: but('agentAbsent', 'agentLimits'), recovered: 'inconclusive' },
    (reads) => answering(reads, ['get Node'], forbidden),
  ),
  'daemon-sets-forbidden': caseOf(
    'DaemonSets may not be listed, and no agent is here: whether one should be is open.',
    { ...calm, ...noNetwork, agents: [proxy()] },
    { inconclusive: ['agentAbsent', 'pluginMissing'], recovered: 'ruled-out' },
    (reads) => answering(reads, ['list DaemonSet'], forbidden),
  ),
  'etcd-lost': caseOf(
    'The API server has lost etcd: all it says of this node may be an old copy.',
    { ...killed, readyz: { body: { status: 500, text: '[-]etcd failed: reason withheld\n' } } },
    { inconclusive: everything, recovered: 'inconclusive' },
  ),
  'log-too-long': caseOf(
    'The log of flannel is so long that what was read goes back three minutes only.',
    {
      ...calm,
      agents: [
        flannel({ log: lines(...Array.from({ length: 200 }, (_, index) => klog(3 - index / 100, 'subnet added'))) }),
        proxy(),
      ],
    },
    { inconclusive: [...bySigns, 'pluginMissing'], recovered: 'confirmed' },
  ),
  'restarted-and-the-run-before': caseOf(
    'flannel was started again twice: the log of its run before tells of the lock.',
    {
      ...calm,
      agents: [
        flannel({
          restarts: 2,
          ended: { minutesAgo: 7 },
          startedMinutesAgo: 7,
          log: lines(klog(6, 'up')),
          before: lines(klog(9.8, LOCK), klog(9, LOCK), klog(8, LOCK)),
        }),
        proxy(),
      ],
    },
    {
      confirmed: ['xtablesLock'],
      inconclusive: ['agentPids', 'subnetMissing', 'apiUnreached', 'poolExhausted', 'pluginMissing'],
      recovered: 'ruled-out',
    },
  ),
  'log-gone': caseOf(
    'kube-flannel has no log to show: it is too young, or was rotated away.',
    calm,
    { inconclusive: [...bySigns, 'pluginMissing'], recovered: 'confirmed' },
    (reads) =>
      answering(reads, [`logs kube-flannel/${FLANNEL}`], { failure: { kind: 'not-found', message: 'no log' } }),
  ),
  'many-pods-wait': caseOf(
    'Eight pods wait; six were asked for, and of those nothing is said.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => ({ name: `orders-${name}`, minutesOld: 12 })),
      ],
    },
    { inconclusive: [...bySigns, 'pluginMissing'], recovered: 'inconclusive' },
  ),
  'pods-stuck-for-weeks': caseOf(
    'Four pods have waited for weeks for a ConfigMap that is gone; the newest finds no address.',
    {
      ...calm,
      pods: [...calm.pods, ...['1', '2', '3', '4'].map(stuck), waiting(NO_ADDRESS)],
    },
    { confirmed: ['poolExhausted'], recovered: 'ruled-out' },
  ),
  'pods-stuck-for-weeks-and-well': caseOf(
    'Four pods have waited for weeks for a ConfigMap that is gone, and nothing else is wrong.',
    { ...calm, pods: [...calm.pods, ...['1', '2', '3', '4'].map(stuck)] },
    { recovered: 'confirmed' },
  ),
  'many-stuck-for-weeks-and-one-new': caseOf(
    'Eight pods have waited for weeks for a ConfigMap that is gone, of which five are asked for; the newest finds no address.',
    {
      ...calm,
      pods: [...calm.pods, ...['1', '2', '3', '4', '5', '6', '7', '8'].map(stuck), waiting(NO_ADDRESS)],
    },
    {
      confirmed: ['poolExhausted'],
      inconclusive: [...bySigns.filter((one) => one !== 'poolExhausted'), 'pluginMissing'],
      recovered: 'ruled-out',
    },
  ),
  'more-agents-than-are-read': caseOf(
    'Four pods of the network, of which three are read.',
    {
      ...calm,
      agents: [
        flannel(),
        proxy(),
        { name: 'multus-1', app: 'multus', daemonSet: 'multus', containers: [{ name: 'kube-multus' }] },
        {
          name: 'calico-node-f4x2p',
          app: 'calico-node',
          daemonSet: 'calico-node',
          containers: [{ name: 'calico-node' }],
        },
      ],
    },
    { inconclusive: [...bySigns, 'pluginMissing'], recovered: 'confirmed' },
  ),
  'node-removed': caseOf(
    'The node was taken out of the cluster.',
    calm,
    {
      inconclusive: but('agentAbsent', 'agentLimits'),
      recovered: 'confirmed',
    },
    (reads) =>
      answering(reads, ['get Node'], { failure: { kind: 'not-found', message: 'nodes "worker-3" not found' } }),
  ),
  'our-clock-is-ahead': caseOf(
    'Our clock is 20 minutes ahead of the API server: by its time the pod waits now.',
    {
      ...calm,
      leaseSeconds: 1_204,
      readyz: { body: { status: 200, text: '[+]etcd ok\n', date: 'Sat, 21 Nov 2026 02:40:00 GMT' } },
      pods: [...calm.pods, { name: 'orders-7c4', minutesOld: 32, events: [sandbox(NO_ADDRESS, 21)] }],
    },
    { confirmed: ['poolExhausted'], recovered: 'ruled-out' },
  ),
  'figures-of-others': caseOf(
    'cAdvisor tells nothing of these pods: what it would strengthen is told by objects alone.',
    { ...calm, use: [] },
    { inconclusive: ['agentLimits'], recovered: 'confirmed' },
    (reads) => answering(reads, ['container_memory_working_set_bytes'], { body: [] }),
  ),
};
