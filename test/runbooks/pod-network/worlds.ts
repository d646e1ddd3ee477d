import type { Happening } from '../happening.ts';
import type { AgentSpec, Answer, ContainerSpec, PodSpec, World } from './objects.ts';

/** Lines as they are written: klog, one minute after the other, the latest so many minutes ago. */
export const klog = (minutesAgo: number, text: string) => {
  const time = new Date(Date.parse('2026-11-21T03:00:00Z') - minutesAgo * 60_000).toISOString();
  return `E1121 ${time.slice(11, 19)}.000001       1 main.go:330] ${text}`;
};
export const lines = (...all: readonly string[]): Answer => ({ body: `${all.join('\n')}\n` });
export const started = 'I1120 04:00:00.000001       1 main.go:217] CLI flags config';

export const LOCK =
  'Failed to ensure iptables rules: error checking rule existence: running [/sbin/iptables -t nat -C POSTROUTING --wait]: exit status 4: iptables: Resource temporarily unavailable.';
export const FORK = 'Failed to run iptables: fork/exec /usr/sbin/iptables: resource temporarily unavailable';
export const NO_CIDR = 'Error registering network: failed to acquire lease: node "worker-3" pod cidr not assigned';
export const NO_API =
  'Failed to create SubnetManager: error retrieving pod spec for kube-flannel: Get "https://10.96.0.1:443/api/v1/namespaces/kube-flannel/pods/x": dial tcp 10.96.0.1:443: i/o timeout';

export const FLANNEL = 'kube-flannel-ds-x2x9q';
const PROXY = 'kube-proxy-7h2kd';

export const flannel = (container: Partial<ContainerSpec> = {}, more: Partial<AgentSpec> = {}): AgentSpec => ({
  name: FLANNEL,
  namespace: 'kube-flannel',
  app: 'flannel',
  daemonSet: 'kube-flannel-ds',
  containers: [
    {
      name: 'install-cni',
      isInit: true,
      state: 'ended',
      ended: { minutesAgo: 9_000, reason: 'Completed', exitCode: 0 },
    },
    { name: 'kube-flannel', memory: '50Mi', ...container },
  ],
  ...more,
});

export const proxy = (container: Partial<ContainerSpec> = {}, more: Partial<AgentSpec> = {}): AgentSpec => ({
  name: PROXY,
  app: 'kube-proxy',
  daemonSet: 'kube-proxy',
  containers: [{ name: 'kube-proxy', ...container }],
  ...more,
});

/** Ends again and again. */
export const crashing = (ended: ContainerSpec['ended'], log?: Answer): Partial<ContainerSpec> => ({
  state: 'CrashLoopBackOff',
  restarts: 12,
  ...(ended ? { ended } : {}),
  ...(log ? { log } : {}),
});
export const unready = { ready: false } as const;

const running: readonly PodSpec[] = [
  { name: 'web-1', address: '10.244.3.11' },
  { name: 'web-2', address: '10.244.3.12' },
];

/** A pod that has waited for ten minutes, and what the kubelet says of it. */
export const waiting = (message?: string, minutesAgo = 0.5, more: Partial<PodSpec> = {}): PodSpec => ({
  name: 'orders-7c4',
  minutesOld: 12,
  events: message === undefined ? [] : [sandbox(message, minutesAgo)],
  ...more,
});
export const sandbox = (message: string, minutesAgo: number): Happening => ({
  minutesAgo,
  reason: 'FailedCreatePodSandBox',
  message: `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "5db402": ${message}`,
  count: 24,
});

/** All is well on a worker whose plug-in is flannel. */
export const calm: World = {
  ready: 'True',
  message: 'kubelet is posting ready status',
  leaseSeconds: 4,
  cordoned: false,
  nodeMinutes: 40_000,
  podCidrs: ['10.244.3.0/24'],
  taints: [],
  runtime: 'containerd://2.1.3',
  events: [],
  readyz: { body: { status: 200, text: '[+]ping ok\n[+]etcd ok\n', date: 'Sat, 21 Nov 2026 03:00:00 GMT' } },
  agents: [flannel(), proxy()],
  pods: running,
  sets: [
    { name: 'kube-flannel-ds', namespace: 'kube-flannel', app: 'flannel' },
    { name: 'kube-proxy', app: 'kube-proxy' },
  ],
  use: [
    { pod: FLANNEL, container: 'kube-flannel', memory: 0.4, ooms: 0 },
    { pod: PROXY, pids: 0.02 },
  ],
  proxyUp: 1,
};

export const NOT_INITIALIZED =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
/** The kubelet finds no network. */
export const noNetwork: Partial<World> = {
  ready: 'False',
  message: NOT_INITIALIZED,
  taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
};
export const unreachable: Answer = { failure: { kind: 'unreachable', message: 'connect ECONNREFUSED' } };
export const forbidden: Answer = { failure: { kind: 'forbidden', message: 'forbidden by RBAC' } };

export const ofCalico: Partial<World> = {
  podCidrs: [],
  agents: [
    {
      name: 'calico-node-f4x2p',
      app: 'calico-node',
      daemonSet: 'calico-node',
      containers: [{ name: 'calico-node' }],
    },
    proxy(),
  ],
  sets: [
    { name: 'calico-node', app: 'calico-node' },
    { name: 'kube-proxy', app: 'kube-proxy' },
  ],
  use: [],
};
