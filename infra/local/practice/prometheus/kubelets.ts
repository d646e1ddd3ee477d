import { type Facts, kubeletRuns, type NodeFacts } from '../facts.ts';
import { isHeldUp, knowsNobody } from '../lapses.ts';
import { nodeAt } from '../lookup.ts';
import { podsOn } from '../placement.ts';
import { constant, counter } from '../promql/series.ts';
import { histogramOf, type Job, type Line, merged, metric, plain, scrapes } from './families.ts';
import { nodesWanted } from './node-targets.ts';

const PATHS = ['/metrics', '/metrics/cadvisor', '/metrics/probes'] as const;

interface Endpoint {
  readonly node: NodeFacts;
  readonly path: (typeof PATHS)[number];
}

/** As the Prometheus Operator labels a kubelet, with one target for each path. */
export function kubeletJob(paths: readonly Endpoint['path'][]): Job<Endpoint> {
  return {
    name: 'kubelet',
    *targets(facts, wanted) {
      const wantedPaths = wanted.among('metrics_path', paths);
      for (const node of nodesWanted(facts, wanted, { label: 'node', port: 10_250 })) {
        for (const path of wantedPaths) yield { node, path };
      }
    },
    labels: ({ node, path }) => ({
      job: 'kubelet',
      endpoint: 'https-metrics',
      instance: `${node.address}:10250`,
      metrics_path: path,
      namespace: 'kube-system',
      node: node.name,
      service: 'kube-prometheus-stack-kubelet',
    }),
    isSilent: ({ node }, at) => !kubeletRuns(node, at) || isHeldUp(node, at) || knowsNobody(node, at),
  };
}

/**
 * How a scrape fails, after how many seconds: a port nobody listens on refuses, a kubelet that is held up lets the scrape
 * time out, and one that knows nobody answers (measured: 0.6 ms, the time-out of 10 s, 4 ms).
 */
function failureOf(node: NodeFacts, at: number): { readonly seconds: number; readonly status?: string } {
  if (!kubeletRuns(node, at)) return { seconds: 0.0006 };
  return isHeldUp(node, at) ? { seconds: 10 } : { seconds: 0.004, status: '401 Unauthorized' };
}

/** The status with which the kubelet at this address turns a scrape away. */
export function refusalOf(facts: Facts, instance: string, at: number): string | undefined {
  const node = nodeAt(facts, instance.replace(/:10250$/, ''));
  return node && failureOf(node, at).status;
}

/** What the kubelet tells of itself; what cAdvisor tells of containers outlives it. */
const own = { ...kubeletJob(['/metrics']), restartedAt: ({ node }: Endpoint) => node.kubeletStartedAt };

/** Operations of the kubelet on its container runtime, a second (a quiet node with 15 pods). */
const OPERATIONS = {
  container_status: 0.4,
  list_containers: 2.1,
  list_podsandbox: 2.1,
  podsandbox_status: 0.2,
  status: 0.2,
};
const OPERATION_BUCKETS = [0.005, 0.0125, 0.03125, 0.078125, 0.1953125, 0.48828125, 1.220703125, 3.0517578125];
const RELIST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const relist = [
  { value: 0.003, share: 0.98 },
  { value: 0.02, share: 0.02 },
];

/** Calls to the API server, a second. */
const CALLS = { GET: 0.7, PATCH: 0.2, PUT: 0.1 };

const API_SERVER = 'api.practice.example:6443';

/** When a connection that hung is given up, the calls that waited on it get no answer. */
function unansweredBy({ lapses = [] }: NodeFacts): Line[] {
  const hung = lapses.filter(({ unheard }) => unheard);
  const labels = { code: '<error>', host: API_SERVER, method: 'PUT' };
  return hung.length === 0 ? [] : [{ labels, at: (at) => 2 * hung.filter(({ until }) => until <= at).length }];
}

export const kubelets = merged(
  scrapes(kubeletJob(PATHS), { answeredIn: 0.021, failedIn: ({ node }, at) => failureOf(node, at).seconds }),
  metric(own, 'kubelet_node_name', ({ node }) => [{ labels: { node: node.name }, at: constant(1) }]),
  plain(own, 'kubelet_pleg_last_seen_seconds', () => (at) => Math.floor(at - 0.4)),
  plain(own, 'process_start_time_seconds', ({ node }, { bornAt }) => (at) => {
    const { kubeletStartedAt: again } = node;
    return again !== undefined && at >= again ? again : bornAt + 40;
  }),
  plain(own, 'process_cpu_seconds_total', (_, { bornAt }) => counter({ perSecond: 0.03, from: bornAt })),
  plain(own, 'process_resident_memory_bytes', () => constant(96 * 2 ** 20)),
  plain(
    own,
    'kubelet_running_pods',
    ({ node }, facts) =>
      (at) =>
        podsOn(facts, node, at).length,
  ),
  metric(own, 'kubelet_running_containers', ({ node }, facts) => [
    { labels: { container_state: 'running' }, at: (at) => podsOn(facts, node, at).length },
  ]),
  metric(own, 'kubelet_runtime_operations_total', (_, { bornAt }) =>
    Object.entries(OPERATIONS).map(
      ([operation_type, perSecond]): Line => ({ labels: { operation_type }, at: counter({ perSecond, from: bornAt }) }),
    ),
  ),
  metric(own, 'kubelet_runtime_operations_errors_total', () => [
    { labels: { operation_type: 'container_status' }, at: constant(2) },
  ]),
  metric(own, 'rest_client_requests_total', ({ node }, { bornAt }) => [
    ...Object.entries(CALLS).map(
      ([method, perSecond]): Line => ({
        labels: { code: '200', host: API_SERVER, method },
        at: counter({ perSecond, from: bornAt }),
      }),
    ),
    ...unansweredBy(node),
  ]),
  metric(own, 'kubelet_certificate_manager_client_ttl_seconds', (_, { bornAt }) => [
    { at: (at) => bornAt + 365 * 86_400 - at },
  ]),
  histogramOf(own, 'kubelet_pleg_relist_duration_seconds', (_, { bornAt }) => [
    { buckets: RELIST_BUCKETS, observationsPerSecond: 1, values: relist, from: bornAt },
  ]),
  histogramOf(own, 'kubelet_pleg_relist_interval_seconds', (_, { bornAt }) => [
    { buckets: RELIST_BUCKETS, observationsPerSecond: 1, values: [{ value: 1, share: 1 }], from: bornAt },
  ]),
  histogramOf(own, 'kubelet_runtime_operations_duration_seconds', (_, { bornAt }) =>
    Object.entries(OPERATIONS).map(([operation_type, observationsPerSecond]) => ({
      labels: { operation_type },
      buckets: OPERATION_BUCKETS,
      observationsPerSecond,
      values: relist,
      from: bornAt,
    })),
  ),
);
