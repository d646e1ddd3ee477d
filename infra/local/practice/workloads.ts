/** Everything that runs in the practice cluster, as one would write it in manifests. */
export interface Workload {
  readonly kind: 'Deployment' | 'DaemonSet' | 'StatefulSet' | 'StaticPod';
  readonly namespace: string;
  readonly name: string;
  /** Its selector, and so the labels of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly container: string;
  readonly image: string;
  readonly cpu: string;
  readonly memory: string;
  readonly hostNetwork?: boolean;
  /** Its pods may also be on control-plane nodes. */
  readonly toleratesControlPlane?: boolean;
  /** Served under a Service of the same name, or of another. */
  readonly port?: number;
  readonly service?: string;
  /** Of a StatefulSet: the data of each replica lies on the disk of this node, so that it can run nowhere else. */
  readonly volumesOn?: readonly string[];
  /** Absent: as many as fill the workers. */
  readonly replicas?: number;
  readonly disruptionBudget?: { readonly minAvailable?: number; readonly maxUnavailable?: number };
  /** Its pods are this young; absent: some weeks. */
  readonly rolledOutSecondsAgo?: number;
  /** What its image writes to the node's disk; absent: a log. */
  readonly writesBytesPerSecond?: number;
  /** What its image prints; absent: next to nothing. Its runtime writes that to the node's disk, charged to no container. */
  readonly logsBytesPerSecond?: number;
  /** Threads that its image starts and never ends; absent: none. */
  readonly leaksThreadsPerSecond?: number;
  /** Its container outgrows its memory limit after so long, every time. Absent: it runs on. */
  readonly livesSeconds?: number;
  /** Only on these nodes, where it has more to hold; absent: wherever it runs. */
  readonly livesOn?: readonly string[];
  /** Until that moment, when somebody mended it by hand. */
  readonly livesUntil?: number;
  /** The lines each run of its container writes; absent: none. */
  readonly log?: readonly string[];
}

/** The one node that can run a pod of this name; `undefined`: any can. */
export function homeOf({ volumesOn }: Workload, pod: string): string | undefined {
  return volumesOn?.[Number(pod.slice(pod.lastIndexOf('-') + 1))];
}

/** A workload of one world alone, and the nodes its pods were scheduled to. */
export interface Guest {
  readonly workload: Workload;
  readonly on: readonly string[];
}

const REGISTRY = 'registry.k8s.io';
const small = { cpu: '100m', memory: '100Mi' };

function staticPod(name: string, version: string, cpu: string): Workload {
  return {
    kind: 'StaticPod',
    namespace: 'kube-system',
    name,
    labels: { component: name, tier: 'control-plane' },
    container: name,
    image: `${REGISTRY}/${name}:${version}`,
    cpu,
    memory: '100Mi',
    hostNetwork: true,
  };
}

function daemonSet(namespace: string, name: string, labels: Workload['labels'], image: string): Workload {
  return { kind: 'DaemonSet', namespace, name, labels, container: name, image, hostNetwork: true, ...small };
}

export function app(namespace: string, name: string, more: Partial<Workload> = {}): Workload {
  return {
    kind: 'Deployment',
    namespace,
    name,
    labels: { app: name },
    container: name,
    image: `registry.example/${namespace}/${name}:v12`,
    port: 8080,
    cpu: '250m',
    memory: '256Mi',
    ...more,
  };
}

function addOn(namespace: string, name: string, labels: Workload['labels'], more: Partial<Workload>): Workload {
  return app(namespace, name, { labels, replicas: 1, image: `${REGISTRY}/${name}:v2.17.0`, ...small, ...more });
}

/** On every control-plane node, as kubeadm writes them. */
export const staticPods: readonly Workload[] = [
  staticPod('etcd', '3.5.24-0', '100m'),
  staticPod('kube-apiserver', 'v1.33.4', '250m'),
  staticPod('kube-controller-manager', 'v1.33.4', '200m'),
  staticPod('kube-scheduler', 'v1.33.4', '100m'),
];

/** On every node. */
export const daemonSets: readonly Workload[] = [
  daemonSet('kube-system', 'kube-proxy', { 'k8s-app': 'kube-proxy' }, `${REGISTRY}/kube-proxy:v1.33.4`),
  daemonSet('kube-system', 'cilium', { 'k8s-app': 'cilium' }, 'quay.io/cilium/cilium:v1.17.4'),
  daemonSet(
    'monitoring',
    'kube-prometheus-stack-prometheus-node-exporter',
    { 'app.kubernetes.io/name': 'prometheus-node-exporter' },
    'quay.io/prometheus/node-exporter:v1.9.1',
  ),
];

export const nodeExporter = daemonSets[2] as Workload;

export const stateMetrics = addOn(
  'monitoring',
  'kube-prometheus-stack-kube-state-metrics',
  { 'app.kubernetes.io/name': 'kube-state-metrics' },
  { container: 'kube-state-metrics', port: 8080 },
);

const prometheus = addOn(
  'monitoring',
  'prometheus-kube-prometheus-stack-prometheus',
  { 'app.kubernetes.io/name': 'prometheus' },
  { kind: 'StatefulSet', container: 'prometheus', port: 9090, image: 'quay.io/prometheus/prometheus:v3.5.0' },
);

const alertmanager = addOn(
  'monitoring',
  'alertmanager-kube-prometheus-stack-alertmanager',
  { 'app.kubernetes.io/name': 'alertmanager' },
  { kind: 'StatefulSet', container: 'alertmanager', port: 9093, image: 'quay.io/prometheus/alertmanager:v0.28.1' },
);

export const coredns = addOn(
  'kube-system',
  'coredns',
  { 'k8s-app': 'kube-dns' },
  { replicas: 2, port: 53, service: 'kube-dns', memory: '170Mi', image: `${REGISTRY}/coredns/coredns:v1.12.0` },
);

const ordersDatabase = app('shop', 'orders-db', {
  kind: 'StatefulSet',
  replicas: 3,
  port: 5432,
  disruptionBudget: { minAvailable: 2 },
});

/** The other everyday trouble: `shop/reports-0` is ended again and again. */
const reports = app('shop', 'reports', {
  kind: 'StatefulSet',
  replicas: 1,
  rolledOutSecondsAgo: 18_000,
  livesSeconds: 20,
  log: [
    'reports 4.2.0 starts',
    'connected to postgres://reports:hunter2@orders-db.shop:5432/orders',
    'loading the orders of 36 months into memory',
  ],
});

/** A few of each, one pod on one worker after the other in this order. */
export const fixed: readonly Workload[] = [prometheus, stateMetrics, ordersDatabase, coredns, alertmanager, reports];

/** They share what room is left on the workers. */
export const apps: readonly Workload[] = [
  app('shop', 'web', { disruptionBudget: { maxUnavailable: 1 }, rolledOutSecondsAgo: 1_440 }),
  app('shop', 'cart', { disruptionBudget: { maxUnavailable: 1 } }),
  app('shop', 'catalog'),
  app('checkout', 'payments', { disruptionBudget: { minAvailable: 2 } }),
  app('checkout', 'ledger'),
  app('search', 'query'),
  app('search', 'suggest'),
];

export const workloads: readonly Workload[] = [...staticPods, ...daemonSets, ...fixed, ...apps];

/** With the namespaces that every cluster has. */
export const namespaces: readonly string[] = [
  ...new Set(['default', 'kube-node-lease', 'kube-public', ...workloads.map(({ namespace }) => namespace)]),
].toSorted();
