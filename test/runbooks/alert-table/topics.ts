/** What a published alert is about, and whose matter that is. */
export interface Topic {
  /** Runbooks that may answer it, as far as they are in the catalogue. */
  readonly runbooks: readonly string[];
  /** Why the rest of it is left to `any-alert`. */
  readonly otherwise: string;
}

const everyday = 'no failure of nodes or the control plane: what is seen around the workload is what helps';

/** By the topic in test/recorded/prometheus/alerts.json. */
export const topics: Readonly<Record<string, Topic>> = {
  'etcd-heartbeat': { runbooks: ['etcd-heartbeat'], otherwise: 'none is left over' },
  'etcd-storage': { runbooks: ['etcd-heartbeat'], otherwise: 'none is left over' },
  'node-not-ready': {
    runbooks: ['node-not-ready', 'disk-io'],
    otherwise: "OpenShift's machine configuration: an update that failed, on a node that may be ready",
  },
  'node-flapping/endpoint-flapping': {
    runbooks: ['endpoint-flapping', 'node-not-ready', 'disk-io'],
    otherwise: 'none is left over',
  },
  'api-429/api-overload': {
    runbooks: ['api-429'],
    otherwise: 'CPU of the control plane as a whole: no request was refused',
  },
  'api-errors/latency': {
    runbooks: ['api-429', 'control-plane-down'],
    otherwise: 'errors and latency have causes outside of what can be told apart from requests alone',
  },
  'control-plane-down': {
    runbooks: ['control-plane-down', 'etcd-heartbeat'],
    otherwise: "OpenShift's cluster operators: each of them reports why in its own status",
  },
  coredns: { runbooks: ['cluster-dns'], otherwise: 'none is left over' },
  'disk-io/log-flood': { runbooks: ['disk-io'], otherwise: 'none is left over' },
  'disk-pressure': {
    runbooks: ['node-not-ready', 'disk-io'],
    otherwise: 'a file system that fills up: an early warning, before any node is under pressure',
  },
  'memory-pressure': {
    runbooks: ['node-not-ready'],
    otherwise: 'memory that gets short: an early warning, before any node is under pressure',
  },
  'kubelet-pleg': {
    runbooks: ['node-not-ready', 'disk-io'],
    otherwise: 'pods that start slowly have many causes, most of them outside the node',
  },
  'pid-exhaustion': { runbooks: ['pid-exhaustion', 'node-not-ready'], otherwise: 'none is left over' },
  network: {
    runbooks: ['pod-network', 'node-not-ready', 'control-plane-down', 'cluster-dns'],
    otherwise: 'interfaces, throughput and the control planes of single plug-ins',
  },
  certificates: {
    runbooks: ['node-not-ready', 'control-plane-down'],
    otherwise: 'a certificate that will expire: nothing fails yet. One that has expired is told by node-not-ready',
  },
  'pod-crashloop': { runbooks: ['endpoint-flapping', 'pod-network'], otherwise: everyday },
  'pvc-full': { runbooks: [], otherwise: everyday },
  'workload-rollout': { runbooks: [], otherwise: everyday },
  none: { runbooks: [], otherwise: 'monitoring of itself, capacity, hardware, and what has no topic here' },
};

/** Topics of which every alert must have a runbook of its own, once one of that topic is in the catalogue. */
export const whole: readonly string[] = Object.entries(topics)
  .filter(([, { otherwise }]) => otherwise === 'none is left over')
  .map(([topic]) => topic);

/** Alerts of the other topics that must never fall to `any-alert` once their runbook is there. */
export const pillars: Readonly<Record<string, string>> = {
  KubeNodeNotReady: 'node-not-ready',
  KubeNodeUnreachable: 'node-not-ready',
  KubernetesNodeNotReady: 'node-not-ready',
  KubeletDown: 'node-not-ready',
  KubeletInstanceUnreachable: 'node-not-ready',
  KubeletPlegDurationHigh: 'node-not-ready',
  KubernetesNodeDiskPressure: 'node-not-ready',
  KubernetesNodeMemoryPressure: 'node-not-ready',
  KubeAPITerminatedRequests: 'api-429',
  KubeAPIDown: 'control-plane-down',
  KubeAPIInstanceUnreachable: 'control-plane-down',
  KubeControllerManagerDown: 'control-plane-down',
  KubeControllerManagerInstanceUnreachable: 'control-plane-down',
  KubeSchedulerDown: 'control-plane-down',
  KubeSchedulerInstanceUnreachable: 'control-plane-down',
  etcdMembersDown: 'etcd-heartbeat',
  etcdInsufficientMembers: 'etcd-heartbeat',
  EtcdInsufficientMembers: 'etcd-heartbeat',
};
