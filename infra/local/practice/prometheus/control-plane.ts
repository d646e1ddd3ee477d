import { type BrokenPart, isBrokenAt } from '../broken-part.ts';
import { isLeaderlessAt, isStalledAt, leadersEndedAt, storeBytes } from '../etcd-stall.ts';
import { type Facts, type NodeFacts, silenceOf } from '../facts.ts';
import { silentNodes } from '../lookup.ts';
import { constant, since } from '../promql/series.ts';
import { etcdRequestFamilies } from './etcd-requests.ts';
import { histogramOf, type Job, type Line, merged, metric, plain, scrapes } from './families.ts';
import { requestFamilies } from './requests.ts';

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

const EXPIRY_BUCKETS = [0, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800, 2_592_000, 31_104_000];

const apiServers = merged(
  scrapes(api, { answeredIn: 0.19, failedIn: 0.0006 }),
  plain(api, 'process_start_time_seconds', (_, { bornAt }) => constant(bornAt + 70)),
  // It asks etcd for that.
  plain(api, 'apiserver_storage_size_bytes', (_, facts) => (at) => {
    return isStalledAt(facts, at) ? undefined : storeBytes(facts.etcdStall)(at);
  }),
  // Client certificates still last a year: nothing is in the bucket of those already expired.
  histogramOf(api, 'apiserver_client_certificate_expiration_seconds', (_, { bornAt }) => [
    { buckets: EXPIRY_BUCKETS, observationsPerSecond: 5, values: [{ value: 28_000_000, share: 1 }], from: bornAt },
  ]),
  etcdRequestFamilies(api),
  requestFamilies(api),
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
      const at = (moment: number) => (isLeaderlessAt(facts, moment) ? undefined : count(nodes, facts, moment));
      return { labels: { zone: label }, at };
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
  readonly leads: boolean;
  readonly broken: BrokenPart | undefined;
}

const scheduler: Job<SchedulerTarget> = {
  name: 'kube-scheduler',
  targets: (facts) =>
    controlPlane(facts).map((node, index) => ({ node, leads: index === 0, broken: facts.brokenPart })),
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
  plain(scheduler, 'process_start_time_seconds', ({ leads }, facts) => {
    const again = leads ? leadersEndedAt(facts) : undefined;
    return again === undefined ? constant(facts.bornAt + 80) : since(again, facts.bornAt + 80, again);
  }),
);

export const controlPlaneFamilies = merged(apiServers, controllers, schedulers);
