import type { Facts } from '../facts.ts';
import { podsEverOf } from '../placement.ts';
import { app } from '../workloads.ts';
import type { World, WorldAlert } from '../world.ts';

const NODE = 'worker-3';
const BEGAN_SECONDS_AGO = 1_200;

/** Its new version starts a thread for each quote and never ends it. After 18 minutes its node has no PID left. */
const quotes = app('checkout', 'quote-engine', {
  image: 'registry.example/checkout/quote-engine:v13',
  replicas: 1,
  rolledOutSecondsAgo: BEGAN_SECONDS_AGO,
  leaksThreadsPerSecond: 28,
});

/**
 * A pod without a limit takes all PIDs of its node. The kubelet evicts for PIDs only if it is told to, so the node is Ready
 * and no condition speaks. Evicted, the pod begins anew elsewhere; only its former version, or a limit of its pool, ends it.
 */
export const threadLeak: World = {
  id: 'thread-leak',
  title: 'Forks are refused',
  description: `On ${NODE} nothing can be started any more, and the node is Ready`,
  runbook: 'pid-exhaustion',
  target: `node/${NODE}`,
  expect: ['leakingPod'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts) => ({ ...facts, guests: [{ workload: quotes, on: [NODE] }] }),
  byHand: 'give the thread pool of checkout/quote-engine a limit',
  byHandFix: 'endLeak',
  alerts: (facts) => [pidUsage, podThreads(facts)],
  slow: [
    { asks: new RegExp(`/pods\\?.*${NODE}\\b`), delayMs: 700 },
    { asks: /node_processes_threads/, delayMs: 1_200 },
    { asks: /container_threads_max/, delayMs: 1_900 },
  ],
};

const prometheus = 'monitoring/kube-prometheus-stack-prometheus';

/** Our own rules (infra/prometheus/rules/pids.yaml). */
const pidUsage: WorldAlert = {
  labels: { alertname: 'NodePidUsageHigh', node: NODE, prometheus, severity: 'warning' },
  annotations: { summary: `node ${NODE} uses 80.31% of its PIDs` },
  expr: 'max by (cluster, node) ((node_processes_threads / node_processes_max_processes) * on (cluster, namespace, pod) group_left (node) topk by (cluster, namespace, pod) (1, max by (cluster, namespace, pod, node) (kube_pod_info{node!=""}))) > 0.8',
  afterSeconds: 1_050,
};

const podThreads = (facts: Facts): WorldAlert => ({
  labels: {
    alertname: 'PodThreadCountHigh',
    namespace: 'checkout',
    node: NODE,
    pod: podsEverOf(facts, quotes)[0]?.name ?? '',
    prometheus,
    severity: 'warning',
  },
  annotations: { summary: 'pod checkout/quote-engine has 3022 threads' },
  expr: 'sum by (cluster, namespace, pod, node) (container_threads{container!="", pod!=""}) > 3000',
  afterSeconds: 420,
});
