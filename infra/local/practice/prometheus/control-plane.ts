import { type BrokenPart, isBrokenAt } from '../broken-part.ts';
import { type Facts, type MemberFacts, type NodeFacts, silenceOf } from '../facts.ts';
import { silentNodes } from '../lookup.ts';
import { constant, counter } from '../promql/series.ts';
import { histogramOf, type Job, type Line, merged, metric, plain, scrapes } from './families.ts';
import { flowFamilies } from './flows.ts';

const controlPlane = ({ nodes }: Facts): readonly NodeFacts[] => nodes.filter((node) => node.controlPlane);

const api: Job<NodeFacts> = {
  name: 'apiserver',
  targets: controlPlane,
  labels: ({ address }) => ({
    job: 'apiserver',
    endpoint: 'https',
    instance: `${address}:6443`,
    namespace: 'default',
    service: 'kubernetes',
  }),
};

/** Those that the ServiceMonitor of kube-prometheus keeps. */
const ETCD_BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 1, 2, 4, 5, 10, 20, 45, 60];
const REQUEST_BUCKETS = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];
const EXPIRY_BUCKETS = [0, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800, 2_592_000, 31_104_000];

/** Requests to etcd, a second. A write waits for the leader's disk, a read does not. */
const OPERATIONS = { get: 9, list: 1.5, update: 5, create: 0.8 };

function leadersDisk({ members }: Facts): NonNullable<MemberFacts['slowDisk']> {
  return members.find(({ leads }) => leads)?.slowDisk ?? [];
}

const etcdRequests = merged(
  metric(api, 'etcd_requests_total', (_, { bornAt }) =>
    Object.entries(OPERATIONS).map(
      ([operation, perSecond]): Line => ({
        labels: { operation, type: '*core.Pod' },
        at: counter({ perSecond, from: bornAt }),
      }),
    ),
  ),
  metric(api, 'etcd_request_errors_total', () => [
    { labels: { operation: 'update', type: '*core.Pod' }, at: constant(0) },
  ]),
  histogramOf(api, 'etcd_request_duration_seconds', (_, facts) =>
    Object.entries(OPERATIONS).map(([operation, observationsPerSecond]) => {
      const turns = /update|create/.test(operation) ? leadersDisk(facts) : [];
      const usual = { observationsPerSecond, values: [{ value: 0.004, share: 1 }] };
      const waiting = (times: number) => [
        { value: 0.09 * times, share: 0.8 },
        { value: 0.5 * times, share: 0.2 },
      ];
      return {
        labels: { operation, type: '*core.Pod' },
        buckets: ETCD_BUCKETS,
        ...usual,
        from: facts.bornAt,
        changes: turns.map(({ at, times }) =>
          times === 0
            ? { at, ...usual }
            : { at, observationsPerSecond: observationsPerSecond * 0.7, values: waiting(times) },
        ),
      };
    }),
  ),
);

/** `verb`, `resource` → requests a second. */
const REQUESTS = [
  ['GET', 'pods', 6],
  ['LIST', 'pods', 0.4],
  ['WATCH', 'pods', 0.6],
  ['PUT', 'leases', 4],
  ['PATCH', 'nodes', 0.3],
] as const;

const requests = merged(
  metric(api, 'apiserver_request_total', (_, { bornAt }) =>
    REQUESTS.map(([verb, resource, perSecond]): Line => {
      const group = resource === 'leases' ? { group: 'coordination.k8s.io' } : {};
      const labels = {
        verb,
        resource,
        ...group,
        version: 'v1',
        code: '200',
        scope: 'resource',
        component: 'apiserver',
      };
      return { labels, at: counter({ perSecond, from: bornAt }) };
    }),
  ),
  histogramOf(api, 'apiserver_request_duration_seconds', (_, { bornAt }) =>
    REQUESTS.map(([verb, resource, observationsPerSecond]) => ({
      labels: { verb, resource, version: 'v1', scope: 'resource', component: 'apiserver' },
      buckets: REQUEST_BUCKETS,
      observationsPerSecond,
      values: [{ value: 0.006, share: 1 }],
      from: bornAt,
    })),
  ),
  metric(api, 'apiserver_current_inflight_requests', () => [
    { labels: { request_kind: 'mutating' }, at: constant(1) },
    { labels: { request_kind: 'readOnly' }, at: constant(3) },
  ]),
  flowFamilies(api),
);

const apiServers = merged(
  scrapes(api, { answeredIn: 0.19, failedIn: 0.0006 }),
  plain(api, 'process_start_time_seconds', (_, { bornAt }) => constant(bornAt + 70)),
  plain(api, 'apiserver_storage_size_bytes', () => constant(212 * 2 ** 20)),
  // Client certificates still last a year: nothing is in the bucket of those already expired.
  histogramOf(api, 'apiserver_client_certificate_expiration_seconds', (_, { bornAt }) => [
    { buckets: EXPIRY_BUCKETS, observationsPerSecond: 5, values: [{ value: 28_000_000, share: 1 }], from: bornAt },
  ]),
  etcdRequests,
  requests,
);

const controllerManager: Job<NodeFacts> = {
  name: 'kube-controller-manager',
  targets: (facts) => controlPlane(facts).slice(0, 1),
  labels: ({ address, name }) => ({
    job: 'kube-controller-manager',
    endpoint: 'http-metrics',
    instance: `${address}:10257`,
    namespace: 'kube-system',
    pod: `kube-controller-manager-${name}`,
    service: 'kube-prometheus-stack-kube-controller-manager',
  }),
};

function perZone(name: string, count: (nodes: readonly NodeFacts[], facts: Facts, at: number) => number) {
  return metric(controllerManager, name, (_, facts) =>
    [...Map.groupBy(facts.nodes, ({ zone }) => zone)].map(([zone, nodes]): Line => {
      // The controller manager really puts a NUL between region and zone.
      const label = `${zone.slice(0, -1)}:\0:${zone}`;
      return { labels: { zone: label }, at: (at) => count(nodes, facts, at) };
    }),
  );
}

function silent(zone: string | undefined, facts: Facts, at: number): number {
  return silentNodes(facts).filter((node) => node.zone === zone && silenceOf(node, at)).length;
}

/** The one that leads; the two that stand by count no nodes. */
const controllers = merged(
  scrapes(controllerManager, { answeredIn: 0.04, failedIn: 0.0006 }),
  perZone('node_collector_zone_size', (nodes) => nodes.length),
  perZone('node_collector_unhealthy_nodes_in_zone', ([first], facts, at) => silent(first?.zone, facts, at)),
  perZone('node_collector_zone_health', (nodes, facts, at) => {
    return 100 * (1 - silent(nodes[0]?.zone, facts, at) / nodes.length);
  }),
);

interface SchedulerTarget {
  readonly node: NodeFacts;
  readonly broken: BrokenPart | undefined;
}

const scheduler: Job<SchedulerTarget> = {
  name: 'kube-scheduler',
  targets: (facts) => controlPlane(facts).map((node) => ({ node, broken: facts.brokenPart })),
  labels: ({ node: { address, name } }) => ({
    job: 'kube-scheduler',
    endpoint: 'http-metrics',
    instance: `${address}:10259`,
    namespace: 'kube-system',
    pod: `kube-scheduler-${name}`,
    service: 'kube-prometheus-stack-kube-scheduler',
  }),
  isSilent: ({ broken }, at) => broken?.component === 'kube-scheduler' && isBrokenAt(broken, at),
};

const schedulers = merged(
  scrapes(scheduler, { answeredIn: 0.03, failedIn: 0.0006 }),
  plain(scheduler, 'process_start_time_seconds', (_, { bornAt }) => constant(bornAt + 80)),
);

export const controlPlaneFamilies = merged(apiServers, controllers, schedulers);
