import type { Case } from '../../../engine/replay.ts';
import * as queries from '../../../runbooks/cluster-dns/queries.ts';
import { ago, COREFILE, type EventIs, event, kubeDns, lines, now, type PodIs, pod } from './objects.ts';

export type Reads = Case['reads'];
export const target = { kind: 'Component', name: 'coredns' } as const;
type Figures = Readonly<Record<string, number>>;

/** What the log of one pod holds; `null`: there is none. */
export interface LogIs {
  readonly last?: readonly string[] | null;
  readonly now?: readonly string[] | null;
}

/** Everything there is to read. */
export interface World {
  readonly pods: readonly PodIs[];
  readonly more?: boolean;
  readonly logs: Readonly<Record<string, LogIs>>;
  readonly events: Readonly<Record<string, readonly EventIs[]>>;
  readonly corefile: string | null;
  /** Seconds ago that somebody wrote to it. */
  readonly written?: number;
  readonly deployment: {
    readonly replicas?: number;
    readonly revision?: number;
    readonly made?: number;
    readonly scaler?: string;
  } | null;
  readonly service: { readonly selector?: Readonly<Record<string, string>>; readonly clusterIP?: string } | null;
  /** What Service and ConfigMap are called, with RKE2; absent: kube-dns and coredns. */
  readonly named?: string;
  /** Pods that are ready and not in it. */
  readonly notInSlices?: readonly string[];
  /** Ready pods of something else. */
  readonly alsoInSlices?: readonly string[];
  readonly policies: readonly object[];
  readonly etcdLost?: boolean;
  /** Seconds that our own clock is ahead of the API server's. */
  readonly ahead?: number;
  readonly answers: Figures;
  readonly upstreams: Readonly<Record<string, Figures>>;
  readonly apiCalls: Figures;
  readonly processes: Readonly<Record<string, Figures>>;
  readonly conntrack: Readonly<Record<string, Figures>>;
}

export const UPSTREAM = '10.0.0.2:53';
export const wellUpstream = { perSecond: 12, servfail: 0.001, p99: 0.03, failedChecks: 0, asking: 2 };
export const wellAnswers = {
  questions: 420,
  servfail: 0.001,
  nxdomain: 0.4,
  p99: 0.03,
  panics: 0,
  refusedReloads: 0,
  pods: 2,
};

/** Two pods on two nodes, as kubeadm makes them, and nothing wrong. */
export const quiet: World = {
  pods: [{ name: 'coredns-a' }, { name: 'coredns-b', node: 'worker-2' }],
  logs: {},
  events: {},
  corefile: COREFILE,
  deployment: {},
  service: {},
  policies: [],
  answers: wellAnswers,
  upstreams: { [UPSTREAM]: wellUpstream },
  apiCalls: { all: 21, refused: 0, unanswered: 0, asking: 2 },
  processes: { 'coredns-a': { cores: 0.05, memory: 0.2 }, 'coredns-b': { cores: 0.05, memory: 0.2 } },
  conntrack: { '10.20.0.13:9100': { full: 0.1, dropped: 0, raced: 0 } },
};

const nowhere = { failure: { kind: 'not-found', message: 'not found' } } as const;

const podsKey =
  'list Pod --namespace kube-system --selector k8s-app=kube-dns --field-selector status.phase!=Failed,status.phase!=Succeeded --limit 30 --fresh';

/** All answers by the read; those that the run does not ask for are taken out by whoever makes a case of it. */
export function readsOf(world: World): Reads {
  const items = world.pods.map(pod);
  const bodies: Record<string, unknown> = {
    [podsKey]: { items, metadata: world.more ? { continue: 'token' } : {} },
    [`list EndpointSlice --namespace kube-system --selector kubernetes.io/service-name=${world.named ?? 'kube-dns'}`]: {
      items: slices(world),
    },
    'list NetworkPolicy --namespace kube-system': { items: world.policies },
    'list ReplicaSet --namespace kube-system --selector k8s-app=kube-dns': { items: versions(world) },
    'list Deployment --namespace kube-system --selector k8s-app in (dns-autoscaler,kube-dns-autoscaler,coredns-autoscaler)':
      { items: world.deployment?.scaler ? [{ metadata: { name: world.deployment.scaler } }] : [] },
    'probe /readyz?verbose': readyz(world),
    [`query ${queries.answerFigures()}`]: samples(world.answers),
    [`query ${queries.upstreamFigures()}`]: tables('to', world.upstreams),
    [`query ${queries.apiFigures()}`]: samples(world.apiCalls),
    [`query ${queries.processFigures()}`]: tables('pod', world.processes),
    [`query ${queries.conntrackFigures()}`]: tables('instance', world.conntrack),
  };
  const reads: Record<string, Reads[string]> = Object.fromEntries(
    Object.entries(bodies).map(([key, body]) => [key, { body }]),
  );
  const found = (body: unknown) => (body === null ? nowhere : { body });
  reads[`get ConfigMap kube-system/${world.named ?? 'coredns'}`] = found(configMap(world));
  reads['get Deployment kube-system/coredns'] = found(deployment(world));
  reads[`get Service kube-system/${world.named ?? 'kube-dns'}`] = found(service(world));
  for (const { name } of world.pods) {
    const log = `logs kube-system/${name} --container coredns`;
    const { last = null, now: said = lines.quiet } = world.logs[name] ?? {};
    reads[`${log} --previous --tail 200`] = last === null ? nowhere : { body: text(last) };
    reads[`${log} --since 300s --tail 200`] = said === null ? nowhere : { body: text(said) };
    reads[
      `list Event --namespace kube-system --field-selector involvedObject.kind=Pod,involvedObject.name=${name} --limit 100 --fresh`
    ] = { body: { items: (world.events[name] ?? []).map(event) } };
  }
  return reads;
}

function text(log: readonly string[]): string {
  return log.map((line) => `${line}\n`).join('');
}

function slices({ pods, notInSlices = [], alsoInSlices = [] }: World) {
  const others: readonly PodIs[] = alsoInSlices.map((name) => ({ name }));
  const endpoints = [...pods, ...others]
    .filter(({ name, phase = 'Running' }) => phase === 'Running' && !notInSlices.includes(name))
    .map(({ name, ready = true }) => ({
      addresses: ['10.244.1.7'],
      conditions: { ready },
      targetRef: { kind: 'Pod', name },
    }));
  return [{ endpoints: endpoints.length === 0 ? null : endpoints }];
}

function configMap({ corefile, written = 8_000_000 }: World) {
  if (corefile === null) return null;
  const managedFields = [{ manager: 'kubeadm', operation: 'Update', time: ago(written) }];
  return { metadata: { name: 'coredns', namespace: 'kube-system', managedFields }, data: { Corefile: corefile } };
}

function deployment({ deployment: is, pods }: World) {
  if (is === null) return null;
  return {
    spec: { replicas: is.replicas ?? 2 },
    status: { readyReplicas: pods.filter(({ ready = true }) => ready).length },
  };
}

function versions({ deployment: is }: World) {
  const { revision = 1, made = 8_000_000 } = is ?? {};
  return Array.from({ length: revision }, (_, index) => ({
    metadata: {
      name: `coredns-${index}`,
      creationTimestamp: ago(index + 1 === revision ? made : 8_000_000),
      annotations: { 'deployment.kubernetes.io/revision': `${index + 1}` },
    },
    spec: { replicas: index + 1 === revision ? 2 : 0 },
  }));
}

function service({ service: is, named }: World) {
  const metadata = named === undefined ? {} : { metadata: { name: named } };
  return is === null
    ? null
    : { ...metadata, spec: { clusterIP: is.clusterIP ?? '10.96.0.10', selector: is.selector ?? kubeDns } };
}

function readyz({ etcdLost = false, ahead = 0 }: World) {
  const date = new Date(now.getTime() - ahead * 1000).toUTCString();
  const etcd = etcdLost ? '[-]etcd failed: reason withheld' : '[+]etcd ok';
  return { status: etcdLost ? 500 : 200, text: `[+]ping ok\n${etcd}\n`, date };
}

function samples(figures: Figures, labels: Readonly<Record<string, string>> = {}) {
  return Object.entries(figures).map(([figure, value]) => ({
    labels: { ...labels, figure },
    value,
    at: now.toISOString(),
  }));
}

function tables(label: string, rows: Readonly<Record<string, Figures>>) {
  return Object.entries(rows).flatMap(([name, figures]) => samples(figures, { [label]: name }));
}
