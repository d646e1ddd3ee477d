import type { Case } from '../../../engine/replay.ts';
import type { Happening } from '../happening.ts';

export type Answer = Case['reads'][string];

/** An event: how many minutes ago it was seen last, why, and who said so. */
export interface ContainerSpec {
  readonly name: string;
  readonly isInit?: boolean;
  /** `running`, `ended`, or why it waits. */
  readonly state?: string;
  readonly restarts?: number;
  readonly ended?: { readonly minutesAgo: number; readonly reason?: string; readonly exitCode?: number };
  readonly startedMinutesAgo?: number;
  readonly memory?: string;
  /** What it wrote; of the run before with `before`. */
  readonly log?: Answer;
  readonly before?: Answer;
}

/** A pod of the network. */
export interface AgentSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly app: string;
  readonly daemonSet?: string;
  readonly minutesOld?: number;
  readonly ready?: boolean;
  /** Since when it is ready, or not. */
  readonly changedMinutesAgo?: number;
  readonly isEnding?: boolean;
  readonly sharesLock?: boolean;
  readonly containers: readonly ContainerSpec[];
  readonly events?: readonly Happening[];
}

/** Any other pod; without an address it waits. */
export interface PodSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly address?: string;
  readonly minutesOld?: number;
  readonly phase?: string;
  readonly events?: readonly Happening[];
}

export interface SetSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly app: string;
  readonly desired?: number;
  readonly ready?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly hasAffinity?: boolean;
  readonly tolerations?: readonly object[];
}

/** One worker as the runbook meets it. */
export interface World {
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly message: string;
  /** Since when Ready is as it is. */
  readonly readyMinutes?: number;
  readonly unavailable?: string;
  readonly leaseSeconds: number;
  readonly cordoned: boolean;
  readonly nodeMinutes: number;
  readonly podCidrs: readonly string[];
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly runtime: string;
  readonly events: readonly Happening[];
  readonly readyz: Answer;
  readonly agents: readonly AgentSpec[];
  readonly pods: readonly PodSpec[];
  readonly sets: readonly SetSpec[];
  /** By pod and container, as cAdvisor has it. */
  readonly use: readonly {
    readonly pod: string;
    readonly container?: string;
    readonly memory?: number;
    readonly pids?: number;
    readonly ooms?: number;
  }[];
  /** What cAdvisor does not have: the counter of OOM kills, as before 1.24, or limits of PIDs, as with the Helm chart. */
  readonly uncounted?: readonly ('ooms' | 'pidsMax')[];
  readonly sandboxErrors?: number;
  readonly proxyUp?: number;
  readonly restoreFailures?: number;
}

export const NODE = 'worker-3';
export const now = new Date('2026-11-21T03:00:00.000Z');
export const at = (minutesAgo: number) => new Date(now.getTime() - minutesAgo * 60_000).toISOString();

export function nodeOf(world: World) {
  const { ready, message, readyMinutes = 20, unavailable, cordoned, nodeMinutes, podCidrs, taints, runtime } = world;
  const condition = (type: string, status: string, words: string, reason = '', minutes = 20) => ({
    type,
    status,
    message: words,
    reason,
    lastHeartbeatTime: at(1),
    lastTransitionTime: at(minutes),
  });
  return {
    metadata: { name: NODE, creationTimestamp: at(nodeMinutes), labels: { 'kubernetes.io/os': 'linux' } },
    spec: {
      ...(podCidrs.length > 0 ? { podCIDR: podCidrs[0], podCIDRs: podCidrs } : {}),
      ...(cordoned ? { unschedulable: true } : {}),
      ...(taints.length > 0 ? { taints } : {}),
    },
    status: {
      conditions: [
        ...(unavailable === undefined ? [] : [condition('NetworkUnavailable', 'True', unavailable, 'CalicoIsNotUp')]),
        condition('Ready', ready, message, '', readyMinutes),
      ],
      addresses: [{ type: 'InternalIP', address: '10.20.0.15' }],
      nodeInfo: { bootID: 'b', kubeletVersion: 'v1.33.4', containerRuntimeVersion: runtime },
    },
  };
}

export function leaseOf({ leaseSeconds }: World) {
  return {
    metadata: { resourceVersion: '1' },
    spec: { holderIdentity: NODE, leaseDurationSeconds: 40, renewTime: at(leaseSeconds / 60) },
  };
}

export function agentPod(agent: AgentSpec) {
  const { name, app, daemonSet, minutesOld = 9_000, ready = true, isEnding = false, sharesLock = true } = agent;
  const { changedMinutesAgo = ready ? minutesOld : 20 } = agent;
  const lock = sharesLock ? [{ name: 'lock', hostPath: { path: '/run/xtables.lock' } }] : [];
  const container = ({ name: called, memory }: ContainerSpec) => ({
    name: called,
    ...(memory === undefined ? {} : { resources: { limits: { memory } } }),
    ...(sharesLock ? { volumeMounts: [{ name: 'lock' }] } : {}),
  });
  const of = (isInit: boolean) => agent.containers.filter((one) => (one.isInit ?? false) === isInit);
  return {
    metadata: {
      name,
      namespace: agent.namespace ?? 'kube-system',
      creationTimestamp: at(minutesOld),
      labels: { 'k8s-app': app },
      ...(isEnding ? { deletionTimestamp: at(0) } : {}),
      ...(daemonSet ? { ownerReferences: [{ kind: 'DaemonSet', name: daemonSet, controller: true }] } : {}),
    },
    spec: {
      hostNetwork: true,
      containers: of(false).map(container),
      initContainers: of(true).map(container),
      volumes: lock,
    },
    status: {
      phase: 'Running',
      podIP: '10.20.0.15',
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          lastTransitionTime: at(Math.min(changedMinutesAgo, minutesOld)),
        },
      ],
      containerStatuses: of(false).map((one) => statusOf(one, ready)),
      initContainerStatuses: of(true).map((one) => statusOf(one, ready)),
    },
  };
}

function statusOf(one: ContainerSpec, ready: boolean) {
  const { name, state = 'running', restarts = 0, ended, startedMinutesAgo = 9_000 } = one;
  const end = ended && {
    reason: ended.reason ?? 'Error',
    exitCode: ended.exitCode ?? (ended.reason === 'OOMKilled' ? 137 : 1),
    finishedAt: at(ended.minutesAgo),
  };
  const is =
    state === 'running'
      ? { running: { startedAt: at(startedMinutesAgo) } }
      : state === 'ended'
        ? { terminated: end }
        : { waiting: { reason: state } };
  return {
    name,
    ready: state === 'running' ? ready : false,
    restartCount: restarts,
    state: is,
    ...(end && state !== 'ended' ? { lastState: { terminated: end } } : {}),
  };
}

export function plainPod({ name, namespace = 'shop', address, minutesOld = 400, phase }: PodSpec) {
  return {
    metadata: { name, namespace, creationTimestamp: at(minutesOld) },
    spec: { containers: [{ name: 'app' }] },
    status: { phase: phase ?? (address ? 'Running' : 'Pending'), ...(address ? { podIP: address } : {}) },
  };
}

export function setOf({ name, namespace = 'kube-system', app, desired = 6, ready = 6, ...more }: SetSpec) {
  return {
    metadata: { name, namespace },
    spec: {
      template: {
        metadata: { labels: { 'k8s-app': app } },
        spec: {
          ...(more.nodeSelector ? { nodeSelector: more.nodeSelector } : {}),
          ...(more.hasAffinity ? { affinity: { nodeAffinity: {} } } : {}),
          tolerations: more.tolerations ?? [{ operator: 'Exists' }],
        },
      },
    },
    status: { desiredNumberScheduled: desired, numberReady: ready },
  };
}
