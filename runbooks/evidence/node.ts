import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { clockTime } from './node-words.ts';

const Condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().default(''),
  message: z.string().default(''),
  /** When the kubelet last posted it: every 5 minutes if nothing changes, so its age proves nothing. */
  lastHeartbeatTime: z.string().nullish(),
  lastTransitionTime: z.string().nullish(),
});
export type Condition = z.infer<typeof Condition>;

const Taint = z.object({ key: z.string(), effect: z.string(), timeAdded: z.string().nullish() });
type Taint = z.infer<typeof Taint>;

/** Roles by which installers tell a machine of the control plane: kubeadm's, its older one, RKE's; K3s and RKE2 know `etcd`, too. */
const CONTROL_PLANE = /^node-role\.kubernetes\.io\/(control-plane|controlplane|master|etcd)$/;

export const Labels = z.record(z.string(), z.string()).default({});

/** Whether a node says that the control plane, or its etcd, runs on it. */
export function isOfControlPlane(labels: z.infer<typeof Labels>): boolean {
  return Object.keys(labels).some((label) => CONTROL_PLANE.test(label));
}

const Node = z
  .object({
    metadata: z.object({ name: z.string(), creationTimestamp: z.string(), labels: Labels }),
    spec: z
      .object({
        unschedulable: z.boolean().optional(),
        taints: z.array(Taint).default([]),
      })
      .prefault({}),
    status: z.object({
      conditions: z.array(Condition).default([]),
      addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
      nodeInfo: z.object({
        bootID: z.string(),
        kubeletVersion: z.string(),
        containerRuntimeVersion: z.string(),
        osImage: z.string().default(''),
        kernelVersion: z.string().default(''),
      }),
      daemonEndpoints: z.object({ kubeletEndpoint: z.object({ Port: z.number() }).optional() }).optional(),
    }),
  })
  .transform(({ metadata, spec, status }) => ({
    name: metadata.name,
    ...(isOfControlPlane(metadata.labels) ? { isControlPlane: true } : {}),
    createdAt: metadata.creationTimestamp,
    cordoned: spec.unschedulable ?? false,
    ...cordonedAt(spec),
    taints: spec.taints.map(({ key, effect }) => `${key}:${effect}`),
    conditions: status.conditions,
    addresses: status.addresses,
    bootId: status.nodeInfo.bootID,
    kubelet: status.nodeInfo.kubeletVersion,
    runtime: status.nodeInfo.containerRuntimeVersion,
    /** `CentOS Linux 7 (Core)`, `3.10.0-693.2.2.el7.x86_64`; empty: not told. */
    os: status.nodeInfo.osImage,
    kernel: status.nodeInfo.kernelVersion,
    /** Absent: the node does not tell. */
    ...kubeletPort(status.daemonEndpoints?.kubeletEndpoint?.Port),
  }));

function kubeletPort(port: number | undefined): { kubeletPort?: number } {
  return port === undefined ? {} : { kubeletPort: port };
}

/** The controller manager follows a cordon with a taint, within a second. */
function cordonedAt({ unschedulable, taints }: { unschedulable?: boolean | undefined; taints: readonly Taint[] }) {
  const at = unschedulable
    ? taints.find(({ key }) => key === 'node.kubernetes.io/unschedulable')?.timeAdded
    : undefined;
  return at ? { cordonedAt: at } : {};
}

/** What we use of a Node object. */
export type NodeView = z.infer<typeof Node>;

export function conditionOf(node: NodeView, type: string): Condition | undefined {
  return node.conditions.find((condition) => condition.type === type);
}

/** The pressures a kubelet reports. PIDPressure never comes with the default evictionHard, which has no pid.available. */
export const pressureTypes = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** Good when False: the pressures, and what node-problem-detector ships with (its `config` folder), or AKS adds to it (…Problem). */
const troubles: ReadonlySet<string> = new Set([
  ...pressureTypes,
  'NetworkUnavailable',
  'KernelDeadlock',
  'ReadonlyFilesystem',
  'XfsShutdown',
  'CperHardwareErrorFatal',
  'CorruptDockerOverlay2',
  'FrequentUnregisterNetDevice',
  'FrequentKubeletRestart',
  'FrequentDockerRestart',
  'FrequentContainerdRestart',
  'KubeletUnhealthy',
  'ContainerRuntimeUnhealthy',
  'FilesystemCorruptionProblem',
  'KubeletProblem',
  'ContainerRuntimeProblem',
]);

/**
 * Whether a condition is good; undefined: a type whose meaning is not known here. Anything may add conditions, and those
 * called …Ready are good when True, as the KernelReady or NetworkingReady of the EKS node monitoring agent.
 */
export function isGood({ type, status }: Pick<Condition, 'type' | 'status'>): boolean | undefined {
  if (type.endsWith('Ready')) return status === 'True';
  return troubles.has(type) ? status === 'False' : undefined;
}

export const nodeObject: Evidence<NodeView, NodeTarget> = {
  title: 'Node object',
  schema: Node,
  reads: ['get Node'],
  read: ({ kube }, { name }) => kube.get('Node', name),
  show: showNode,
};

/** Whether the Node object exists at all; the same read as `nodeObject`, so it costs no call. */
export const nodeRegistered: Evidence<boolean, NodeTarget> = {
  title: 'Registration of the node',
  schema: z.unknown().transform((object) => object !== null),
  reads: ['get Node'],
  read: ({ kube }, { name }) => kube.find('Node', name),
  show: (registered) => (registered ? 'the Node object exists' : 'there is no Node object of this name'),
};

function showNode(node: NodeView): string {
  const bad = node.conditions.filter((condition) => isGood(condition) === false);
  const ready = conditionOf(node, 'Ready');
  const shown = bad.length === 0 && ready ? [ready] : bad;
  const conditions = new Map(shown.map((condition) => [`${condition.status} ${condition.message}`, condition]));
  const words = [...conditions.values()].map(({ status, message, lastTransitionTime }) => {
    const types = shown.filter((other) => other.status === status && other.message === message).map(({ type }) => type);
    return `${types.join(', ')}=${status}${lastTransitionTime ? ` since ${clockTime(lastTransitionTime)}` : ''} (${message})`;
  });
  const taints = node.taints.length > 0 ? [`taints ${node.taints.join(', ')}`] : [];
  return [...words, ...(node.cordoned ? ['cordoned'] : []), ...taints].join('; ') || 'no conditions';
}
