import type { Case } from '../../../engine/replay.ts';

/** Three at night: when every case is looked at, and half an hour after its trouble began. */
export const now = '2026-11-21T03:00:00.000Z';
export const since = '2026-11-21T02:30:00.000Z';

/** RFC 3339, so many seconds before (or, negative, after) the trouble began. */
export function before(seconds: number): string {
  return new Date(Date.parse(since) - seconds * 1000).toISOString();
}

export interface Container {
  readonly restarts?: number;
  readonly ready?: boolean;
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly ended?: {
    readonly reason: string;
    readonly exitCode: number;
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}

export interface PodIs {
  readonly name?: string;
  /** So many seconds before the trouble began. */
  readonly madeBefore?: number;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly node?: string | null;
  readonly phase?: string;
  readonly ready?: boolean;
  readonly container?: Container | null;
  readonly conditions?: readonly object[];
  /** Of its container; `null`: none; absent: 256Mi. */
  readonly memoryLimit?: string | null;
  /** What its kubelet has given it of memory, where that is told. */
  readonly memoryGiven?: string;
  /** An answer that tells nothing of what its containers shall be. */
  readonly unspecified?: boolean;
}

/** A Pod as the API gives it, cut down to what is read. */
export function pod(is: PodIs = {}) {
  const { name = 'web-1', owner = { kind: 'ReplicaSet', name: 'web-7d9' }, node = 'worker-3', phase = 'Running' } = is;
  const {
    ready = true,
    container = {},
    conditions = [],
    memoryLimit: memory = '256Mi',
    unspecified = false,
    madeBefore = 1_800,
    memoryGiven,
  } = is;
  const given = memoryGiven === undefined ? {} : { resources: { limits: { memory: memoryGiven } } };
  return {
    metadata: { name, creationTimestamp: before(madeBefore), ownerReferences: [{ ...owner, controller: true }] },
    spec: {
      ...(node === null ? {} : { nodeName: node }),
      ...(unspecified
        ? {}
        : { containers: [{ name: 'web', resources: memory === null ? {} : { limits: { memory } } }] }),
    },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }, ...conditions],
      ...(container === null ? {} : { containerStatuses: [{ ...status(container, ready), ...given }] }),
    },
  };
}

function status({ restarts = 0, ready, waiting, ended }: Container, podReady: boolean) {
  return {
    name: 'web',
    ready: ready ?? podReady,
    restartCount: restarts,
    state: waiting ? { waiting } : { running: { startedAt: before(1_800) } },
    lastState: ended ? { terminated: ended } : {},
  };
}

export function version(name: string, revision: number, createdAt: string, ready: number, wanted: number) {
  return {
    metadata: {
      name,
      creationTimestamp: createdAt,
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ownerReferences: [{ kind: 'Deployment', name: 'web' }],
    },
    spec: { replicas: wanted, selector: { matchLabels: { app: 'web' } } },
    status: { readyReplicas: ready },
  };
}

/** A Deployment, StatefulSet, DaemonSet or Service that selects `app=web`. */
export function workload(name = 'web', ready = 3, wanted = 3) {
  return {
    metadata: {
      name,
      creationTimestamp: before(8_000_000),
      managedFields: [
        { manager: 'helm', time: before(240) },
        { manager: 'kube-controller-manager', time: before(60), subresource: 'status' },
      ],
    },
    spec: { replicas: wanted, selector: { matchLabels: { app: 'web' } } },
    status: { readyReplicas: ready },
  };
}

export function node(ready: 'True' | 'Unknown' = 'True', pressed = false, memory = '16Gi', forPods = '15Gi') {
  const condition = (type: string, is: string, message: string) => ({ type, status: is, message });
  return {
    metadata: { name: 'worker-3', creationTimestamp: before(8_000_000) },
    status: {
      capacity: { memory },
      allocatable: { memory: forPods },
      conditions: [
        condition('MemoryPressure', pressed ? 'True' : 'False', ''),
        condition(
          'Ready',
          ready,
          ready === 'True' ? 'kubelet is posting ready status' : 'Kubelet stopped posting node status.',
        ),
      ],
      nodeInfo: { bootID: 'boot-1', kubeletVersion: 'v1.32.1', containerRuntimeVersion: 'containerd://1.7.22' },
    },
  };
}

/** A node whose memory is enough again since so many seconds before the trouble began. */
export function relieved(seconds: number) {
  const { metadata, status } = node();
  const conditions = status.conditions.map((one) => ({
    ...one,
    lastTransitionTime: before(one.type === 'MemoryPressure' ? seconds : 8_000_000),
  }));
  return { metadata, status: { ...status, conditions } };
}

export const expr = 'rate(container_cpu_cfs_throttled_periods_total[5m]) > 0.25';
export const alert = {
  name: 'CPUThrottlingHigh',
  labels: { alertname: 'CPUThrottlingHigh', namespace: 'shop', pod: 'web-1' },
  expr,
};

/** One series of the expression, until so many minutes ago. */
export function graph(untilMinutesAgo: number, labels: Record<string, string> = { namespace: 'shop', pod: 'web-1' }) {
  const points = Array.from({ length: 31 - untilMinutesAgo }, (_, minute) => ({
    at: before(-minute * 60),
    value: 0.3 + minute / 100,
  }));
  return [{ labels, points }];
}

export const at = {
  pod: 'get Pod shop/web-1',
  set: 'get ReplicaSet shop/web-7d9',
  deployment: 'get Deployment shop/web',
  versions: 'list ReplicaSet --namespace shop --selector app=web --limit 20 --fresh',
  pods: 'list Pod --namespace shop --selector app=web --limit 20 --fresh',
  node: 'get Node worker-3',
  nodeEvents: events('default', 'Node', 'worker-3'),
  log: 'logs shop/web-1 --container web --previous --tail 20',
  expression: `range 3600s/60s ${expr}`,
  scraped: 'query count(up)',
  incidents: 'incidents',
} as const;

export function events(namespace: string, kind: string, name: string): string {
  return `list Event --namespace ${namespace} --field-selector involvedObject.kind=${kind},involvedObject.name=${name} --limit 500 --fresh`;
}

export type Reads = Case['reads'];

/** `null`: there is no such object. */
export function bodies(answers: Readonly<Record<string, unknown>>): Reads {
  const notFound = { kind: 'not-found', message: 'not found' } as const;
  return Object.fromEntries(
    Object.entries(answers).map(([key, body]) => [key, body === null ? { failure: notFound } : { body }]),
  );
}

export const well = version('web-7d9', 12, before(8_000_000), 3, 3);

/** Everything around a pod of a Deployment that is well. */
export const around = {
  [at.pod]: pod(),
  [at.set]: well,
  [at.deployment]: workload(),
  [at.versions]: { items: [well] },
  [events('shop', 'Pod', 'web-1')]: { items: [] },
  [at.node]: node(),
  [at.nodeEvents]: { items: [] },
  [at.expression]: graph(0),
  [at.scraped]: [{ labels: {}, value: 42, at: now }],
  [at.incidents]: [],
};
