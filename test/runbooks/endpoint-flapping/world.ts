import type { Case } from '../../../engine/replay.ts';
import type { Target } from '../../../engine/target.ts';
import * as queries from '../../../runbooks/endpoint-flapping/queries.ts';
import { kubeletUp } from '../../../runbooks/evidence/scrape-targets.ts';
import {
  ago,
  type EventIs,
  event,
  type ManagerIs,
  managers,
  type NodeIs,
  node,
  now,
  type PodIs,
  pod,
} from './objects.ts';

export type Reads = Case['reads'];
export const NODE = 'worker-3';
const onNode: Target = { kind: 'Node', name: NODE };
export const onePod: Target = { kind: 'Pod', namespace: 'shop', name: 'web-1', node: NODE };
export const service: Target = { kind: 'Service', namespace: 'shop', name: 'web' };
export const slice: Target = { kind: 'Object', resource: 'EndpointSlice', namespace: 'shop', name: 'web-x1k2p' };

/** What Prometheus has of the lease, minute by minute. */
export interface Heartbeats {
  /** Seconds, by minutes ago; `undefined`: not scraped then. */
  readonly age: (minutesAgo: number) => number | undefined;
  /** The least within that minute; default: as `age`. */
  readonly least?: (minutesAgo: number) => number | undefined;
  readonly every?: number;
  readonly unknown?: readonly number[];
}

type Figures = Readonly<Record<string, number>>;

/** Everything there is to read; whatever is `null` answers as in that case it does. */
export interface World {
  readonly target: Target;
  readonly pods: readonly PodIs[];
  readonly more?: boolean;
  readonly podEvents: Readonly<Record<string, readonly EventIs[]>>;
  readonly node: NodeIs;
  readonly events: readonly EventIs[];
  /** Seconds ago that the lease was renewed, and for how long it is valid. */
  readonly lease: { readonly age: number; readonly valid?: number };
  readonly etcdLost?: boolean;
  /** Seconds that our own clock is ahead of the API server's. */
  readonly ahead?: number;
  readonly manager: ManagerIs | null;
  readonly log?: string;
  readonly heartbeats: Heartbeats;
  /** `late`, `slow` and `unanswered` are counters. */
  readonly kubelet: Figures;
  /** Minutes ago that its kubelet counted those: default, when the node was back. */
  readonly countedAgo?: number;
  /** Minutes ago that they were scraped last. */
  readonly countedUntil?: number;
  readonly fleet: Figures;
  readonly history?: Readonly<Record<string, Figures>>;
}

export const kubeletTarget = { job: 'kubelet', instance: '10.20.0.13:10250' };

/** A node with four pods, and nothing wrong. */
export const quiet: World = {
  target: onNode,
  pods: [1, 2, 3, 4].map((number) => ({ name: `web-${number}` })),
  podEvents: {},
  node: {},
  events: [],
  lease: { age: 4 },
  manager: {},
  heartbeats: { age: () => 9.8 },
  kubelet: { late: 0, slow: 0, runtime: 0.02, plegAge: 0.6, unanswered: 0, cores: 0.05, pods: 30 },
  fleet: { nodes: 12, flapping: 0, leaseUpdate: 0.02, managerPass: 0.05 },
};

const nowhere = { failure: { kind: 'not-found', message: 'not found' } } as const;

/** All answers by the read; those that the run does not ask for are taken out by whoever makes a case of it. */
export function readsOf(world: World): Reads {
  const pods = world.pods.map(pod);
  const selected = { items: pods, metadata: world.more ? { continue: 'token' } : {} };
  const events = (kind: string, name: string, namespace: string, limit: number) =>
    `list Event --namespace ${namespace} --field-selector involvedObject.kind=${kind},involvedObject.name=${name} --limit ${limit} --fresh`;
  const bodies: Record<string, unknown> = {
    [`list Pod --field-selector spec.nodeName=${NODE}`]: { items: pods },
    'get Service shop/web': { spec: { selector: { app: 'web' } } },
    'get EndpointSlice shop/web-x1k2p': { metadata: { labels: { 'kubernetes.io/service-name': 'web' } } },
    'list EndpointSlice --namespace shop --selector kubernetes.io/service-name=web': { items: [endpoints(world)] },
    'list Pod --namespace shop --selector app=web --limit 50 --fresh': selected,
    [`get Node ${NODE}`]: node(world.node),
    [`get Lease kube-node-lease/${NODE}`]: lease(world.lease.age, world.lease.valid ?? 40),
    [events('Node', NODE, 'default', 500)]: { items: world.events.map(event) },
    'probe /readyz?verbose': readyz(world),
    'list Pod --namespace kube-system --selector component=kube-controller-manager': {
      items: world.manager === null ? [] : managers(world.manager),
    },
    'logs kube-system/kube-controller-manager-cp-1 --tail 400': world.log ?? '',
    [`range 1800s/60s ${queries.heartbeatFigures(NODE)}`]: courses(world.heartbeats),
    [`query ${kubeletUp(NODE)}`]: [sample({ ...kubeletTarget, metrics_path: '/metrics' }, 1)],
    [`query ${queries.kubeletFigures(kubeletTarget)}`]: samples(world.kubelet).filter(
      ({ labels }) => !COUNTERS.includes(labels.figure ?? ''),
    ),
    [`range 1800s/60s ${queries.kubeletCounts(kubeletTarget)}`]: counts(world),
    [`query ${queries.fleetFigures(NODE)}`]: samples(world.fleet),
  };
  for (const { metadata } of pods)
    bodies[events('Pod', metadata.name, 'shop', 100)] = { items: (world.podEvents[metadata.name] ?? []).map(event) };
  const reads: Record<string, Reads[string]> = Object.fromEntries(
    Object.entries(bodies).map(([key, body]) => [key, { body }]),
  );
  const [first] = pods;
  reads['get Pod shop/web-1'] = first?.metadata.name === 'web-1' ? { body: first } : nowhere;
  reads['get Lease kube-system/kube-controller-manager'] = world.manager
    ? { body: { spec: { holderIdentity: 'cp-1_8f0d1c3e-0000-4000-a000-000000000000', renewTime: ago(1) } } }
    : nowhere;
  return reads;
}

/** The answer to the one query that is made of the pods' names: whatever it is. */
export function historyOf({ history = {}, pods }: World): unknown {
  return pods.flatMap(({ name }) =>
    samples(history[name] ?? { readyChanges: 2, containerChanges: 0 }).map(({ labels, ...rest }) => ({
      labels: { ...labels, namespace: 'shop', pod: name },
      ...rest,
    })),
  );
}

function endpoints({ pods }: World) {
  return {
    endpoints: pods.map(({ name, node: on = NODE, ready = true, ending = false }) => ({
      addresses: ['10.1.3.70'],
      conditions: { ready: ready && !ending, serving: ready, terminating: ending },
      ...(on === null ? {} : { nodeName: on }),
      targetRef: { kind: 'Pod', name },
    })),
  };
}

function lease(age: number, leaseDurationSeconds: number) {
  const renewTime = new Date(now.getTime() - age * 1000).toISOString().replace('Z', '000Z');
  return { metadata: { resourceVersion: '81' }, spec: { holderIdentity: NODE, leaseDurationSeconds, renewTime } };
}

function readyz({ etcdLost = false, ahead = 0 }: World) {
  const date = new Date(now.getTime() - ahead * 1000).toUTCString();
  const etcd = etcdLost ? '[-]etcd failed: reason withheld' : '[+]etcd ok';
  return { status: etcdLost ? 500 : 200, text: `[+]ping ok\n${etcd}\n`, date };
}

function courses({ age, least = age, every = 30, unknown = [] }: Heartbeats) {
  const minutes = Array.from({ length: 31 }, (_, index) => 30 - index);
  const course = (figure: string, value: (minutesAgo: number) => number | undefined) => ({
    labels: { figure },
    points: minutes.flatMap((minutesAgo) => {
      const seen = value(minutesAgo);
      return seen === undefined ? [] : [{ at: ago(minutesAgo * 60), value: seen }];
    }),
  });
  return [
    course('leaseAge', age),
    course('leaseAgeLeast', (minutesAgo) => (age(minutesAgo) === undefined ? undefined : least(minutesAgo))),
    course('scrapedEvery', (minutesAgo) => (age(minutesAgo) === undefined ? undefined : every)),
    course('unknown', (minutesAgo) => (unknown.includes(minutesAgo) ? 1 : 0)),
    course('notReady', () => 0),
  ];
}

const COUNTERS: readonly string[] = ['late', 'slow', 'unanswered'];

/** Counters of a kubelet that has counted some since it was started, hours ago. */
function counts({ kubelet, countedAgo = 6, countedUntil = 0 }: World) {
  const minutes = Array.from({ length: 31 - countedUntil }, (_, index) => 30 - index);
  return COUNTERS.filter((figure) => kubelet[figure] !== undefined).map((figure) => ({
    labels: { figure },
    points: minutes.map((minutesAgo) => ({
      at: ago(minutesAgo * 60),
      value: COUNTED_BEFORE + (minutesAgo <= countedAgo ? (kubelet[figure] ?? 0) : 0),
    })),
  }));
}
const COUNTED_BEFORE = 2;

function samples(figures: Figures) {
  return Object.entries(figures).map(([figure, value]) => sample({ figure }, value));
}

function sample(labels: Readonly<Record<string, string>>, value: number) {
  return { labels, value, at: now.toISOString() };
}
