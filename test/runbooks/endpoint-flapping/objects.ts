/** Three at night. */
export const now = new Date('2026-11-21T03:00:00.000Z');
const LONG_SECONDS = 8_000_000;

/** RFC 3339, so many seconds ago; as Kubernetes writes it, in whole ones. */
export function ago(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export interface PodIs {
  readonly name: string;
  readonly node?: string | null;
  readonly ready?: boolean;
  /** Seconds since it last became ready, or stopped being so. */
  readonly changed?: number;
  /** `null`: the server is too old to say, and lists no containers. Default: as `ready`. */
  readonly containersReady?: boolean | null;
  readonly gate?: string;
  readonly gateOpen?: boolean;
  readonly created?: number;
  readonly phase?: string;
  readonly why?: { readonly reason: string; readonly message: string };
  /** Somebody ended it: its condition DisruptionTarget. */
  readonly disrupted?: { readonly reason: string; readonly message: string };
  readonly ending?: boolean;
  /** Seconds since it should have been gone; default: it was asked to go just now. */
  readonly overdue?: number;
  readonly finalizers?: readonly string[];
  readonly owner?: string;
  /** Evicted by a kubelet before 1.22: neither conditions nor containers are told. */
  readonly bare?: boolean;
  readonly unscheduled?: string;
  readonly restarts?: number;
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly ended?: Ended;
  /** Its container has ended, and is not started again. */
  readonly over?: Ended;
  /** Seconds that its container runs, and whether its startup probe has succeeded. */
  readonly runs?: number;
  readonly started?: boolean;
  /** Of its native sidecar, or of a container that ends before the others start. */
  readonly init?: Pick<PodIs, 'restarts' | 'waiting' | 'ended' | 'over' | 'ready'> & { readonly sidecar: boolean };
}

interface Ended {
  readonly reason: string;
  readonly exitCode: number;
  readonly secondsAgo: number;
  readonly message?: string;
}

/** A Pod as the API gives it, cut down to what is read. */
export function pod(is: PodIs) {
  const {
    name,
    node = 'worker-3',
    ready = true,
    changed = LONG_SECONDS,
    created = LONG_SECONDS,
    phase = 'Running',
  } = is;
  const { containersReady = ready, owner = 'ReplicaSet' } = is;
  const condition = (type: string, good: boolean, more: object = {}) => ({
    ...{ type, status: good ? 'True' : 'False', lastTransitionTime: ago(changed) },
    ...more,
  });
  return {
    metadata: {
      ...{ name, namespace: 'shop', creationTimestamp: ago(created) },
      ...(is.ending ? { deletionTimestamp: ago(is.overdue ?? 5) } : {}),
      ...(is.finalizers ? { finalizers: is.finalizers } : {}),
      ownerReferences: [{ kind: owner, name: 'web-7d9', controller: true }],
    },
    spec: {
      ...(node === null ? {} : { nodeName: node }),
      ...(is.gate ? { readinessGates: [{ conditionType: is.gate }] } : {}),
      ...(is.init
        ? { initContainers: [{ name: 'mesh', ...(is.init.sidecar ? { restartPolicy: 'Always' } : {}) }] }
        : {}),
    },
    status: {
      phase,
      ...is.why,
      conditions: is.bare
        ? []
        : [
            ...(is.gate ? [condition(is.gate, is.gateOpen ?? false)] : []),
            condition('Ready', ready),
            ...(is.disrupted ? [condition('DisruptionTarget', true, is.disrupted)] : []),
            ...(containersReady === null ? [] : [condition('ContainersReady', containersReady)]),
            condition('PodScheduled', is.unscheduled === undefined, is.unscheduled ? { message: is.unscheduled } : {}),
          ],
      ...(containersReady === null || node === null || is.bare
        ? {}
        : {
            containerStatuses: [container('web', is, is.init ? is.init.sidecar : containersReady)],
            ...(is.init ? { initContainerStatuses: [container('mesh', is.init, is.init.ready ?? false)] } : {}),
          }),
    },
  };
}

type ContainerIs = Pick<PodIs, 'restarts' | 'waiting' | 'ended' | 'over' | 'runs' | 'started'>;

function container(name: string, is: ContainerIs, ready: boolean) {
  const { restarts = 0, waiting, ended, over, runs = 60, started } = is;
  const end = ({ secondsAgo, ...how }: Ended) => ({ terminated: { ...how, finishedAt: ago(secondsAgo) } });
  return {
    ...{ name, ready, restartCount: restarts },
    ...(started === undefined ? {} : { started }),
    state: waiting ? { waiting } : over ? end(over) : { running: { startedAt: ago(runs) } },
    lastState: ended ? end(ended) : {},
  };
}

export interface EventIs {
  readonly reason: string;
  readonly from?: string;
  readonly message?: string;
  readonly count?: number;
  /** Seconds ago that it was seen last, by the clock of whoever sent it. */
  readonly last: number;
  /** Seconds ago that it was stored, by the API server's clock, and that it was seen first. */
  readonly stored?: number;
  readonly first?: number;
}

export function event({
  reason,
  from = 'kubelet',
  message = reason,
  count = 1,
  last,
  stored = last,
  first = stored,
}: EventIs) {
  return {
    metadata: { creationTimestamp: ago(stored) },
    ...{ reason, message, count, source: { component: from } },
    ...{ firstTimestamp: ago(first), lastTimestamp: ago(last) },
  };
}

export const unhealthy = (last: number, count = 7): EventIs => ({
  ...{ reason: 'Unhealthy', last, count, stored: 3000 },
  message: 'Readiness probe failed: Get "http://10.1.3.70:8080/healthz": context deadline exceeded',
});
export const notReadyOfPod = (last: number): EventIs => ({
  ...{ reason: 'NodeNotReady', from: 'node-controller', message: 'Node is not ready', last },
});

export interface NodeIs {
  readonly ready?: 'True' | 'False' | 'Unknown';
  readonly since?: number;
  readonly message?: string;
  readonly cordoned?: boolean;
  readonly maxPods?: number;
}

export function node(is: NodeIs = {}) {
  const { ready = 'True', since = LONG_SECONDS, message = 'kubelet is posting ready status', maxPods = 110 } = is;
  return {
    metadata: { name: 'worker-3', creationTimestamp: ago(LONG_SECONDS) },
    spec: is.cordoned ? { unschedulable: true } : {},
    status: {
      capacity: { pods: String(maxPods) },
      conditions: [{ type: 'Ready', status: ready, reason: 'r', message, lastTransitionTime: ago(since) }],
      nodeInfo: { bootID: 'boot-1', kubeletVersion: 'v1.31.4', containerRuntimeVersion: 'containerd://1.7.22' },
    },
  };
}

export interface ManagerIs {
  readonly version?: string;
  readonly flags?: readonly string[];
}

/** The three instances that kubeadm makes. */
export function managers({ version = 'v1.31.4', flags = [] }: ManagerIs) {
  return ['cp-1', 'cp-2', 'cp-3'].map((name) => ({
    metadata: { name: `kube-controller-manager-${name}` },
    spec: {
      nodeName: name,
      containers: [
        {
          image: `registry.k8s.io/kube-controller-manager:${version}`,
          command: ['kube-controller-manager', '--leader-elect=true', ...flags],
        },
      ],
    },
  }));
}
