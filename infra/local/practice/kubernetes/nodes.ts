import { type Facts, NO_EXECUTE_AFTER_SECONDS, type NodeFacts, unknownSince } from '../facts.ts';
import { type KubeObject, meta, microTime, pick, time, uid } from './values.ts';

export const KUBELET_VERSION = 'v1.33.4';
const STATUS_EVERY_SECONDS = 300;
const RENEW_EVERY_SECONDS = 10;

/** The Node object as a kubelet and the node lifecycle controller leave it. */
export function nodeObject(facts: Facts, node: NodeFacts, now: number): KubeObject {
  const role = node.controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {};
  const room = {
    cpu: '8',
    'ephemeral-storage': '104846316Ki',
    'hugepages-2Mi': '0',
    memory: '32473484Ki',
    pods: '110',
  };
  return {
    metadata: meta('Node', node.name, facts.bornAt, {
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': node.zone,
        ...role,
      },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    }),
    spec: specOf(node, now),
    status: {
      capacity: room,
      allocatable: room,
      conditions: conditionsOf(facts, node, now),
      addresses: [
        { type: 'InternalIP', address: node.address },
        { type: 'Hostname', address: node.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
      nodeInfo: {
        machineID: uid('machine', node.name).replaceAll('-', ''),
        systemUUID: uid('system', node.name),
        bootID: uid('boot', node.name),
        kernelVersion: '6.8.0-60-generic',
        osImage: 'Ubuntu 24.04.2 LTS',
        containerRuntimeVersion: 'containerd://2.1.3',
        kubeletVersion: KUBELET_VERSION,
        kubeProxyVersion: KUBELET_VERSION,
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}

function specOf(node: NodeFacts, now: number): Record<string, unknown> {
  const since = unknownSince(node, now);
  const role = node.controlPlane ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : [];
  const key = 'node.kubernetes.io/unreachable';
  const executes =
    node.kubeletStoppedAt === undefined ? Number.POSITIVE_INFINITY : node.kubeletStoppedAt + NO_EXECUTE_AFTER_SECONDS;
  const silent = since === undefined ? [] : [{ key, effect: 'NoSchedule', timeAdded: time(since) }];
  const evicts = now >= executes ? [{ key, effect: 'NoExecute', timeAdded: time(executes) }] : [];
  const taints = [...role, ...silent, ...evicts];
  return {
    podCIDR: `10.244.${pick(250, node.name)}.0/24`,
    providerID: `practice:///${node.zone}/${node.name}`,
    ...(taints.length > 0 ? { taints } : {}),
  };
}

const well = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const;

function conditionsOf(facts: Facts, node: NodeFacts, now: number): unknown[] {
  const since = unknownSince(node, now);
  const heartbeat = lastTick(node.kubeletStoppedAt ?? now, STATUS_EVERY_SECONDS, 'status', node.name);
  return well.map(([type, status, reason, message]) => ({
    type,
    status: since === undefined ? status : 'Unknown',
    lastHeartbeatTime: time(heartbeat),
    lastTransitionTime: time(since ?? facts.bornAt),
    reason: since === undefined ? reason : 'NodeStatusUnknown',
    message: since === undefined ? message : 'Kubelet stopped posting node status.',
  }));
}

/** The node's lease: renewed every 10 s while its kubelet runs. */
export function nodeLease(facts: Facts, node: NodeFacts, now: number): KubeObject {
  const renewedAt = lastTick(Math.min(now, node.kubeletStoppedAt ?? now), RENEW_EVERY_SECONDS, 'lease', node.name);
  const owner = { apiVersion: 'v1', kind: 'Node', name: node.name, uid: uid('Node', '', node.name) };
  return {
    metadata: meta('Lease', node.name, facts.bornAt, {
      namespace: 'kube-node-lease',
      resourceVersion: String(Math.floor(renewedAt)),
      ownerReferences: [owner],
    }),
    spec: { holderIdentity: node.name, leaseDurationSeconds: 40, renewTime: microTime(renewedAt) },
  };
}

/** Leader leases of the control plane's components, renewed every 2 s by the first control-plane node. */
export function componentLeases(facts: Facts, now: number): KubeObject[] {
  const holder = facts.nodes[0]?.name ?? 'control-plane-1';
  return ['kube-controller-manager', 'kube-scheduler'].map((name) => ({
    metadata: meta('Lease', name, facts.bornAt, {
      namespace: 'kube-system',
      resourceVersion: String(Math.floor(now / 2)),
    }),
    spec: {
      holderIdentity: `${holder}_${uid(name)}`,
      leaseDurationSeconds: 15,
      acquireTime: microTime(facts.bornAt),
      renewTime: microTime(lastTick(now, 2, name)),
      leaseTransitions: 1,
    },
  }));
}

/** The latest moment not after `now` of something that happens every so many seconds; every name has its own beat. */
function lastTick(now: number, everySeconds: number, ...names: readonly string[]): number {
  const phase = pick(everySeconds * 10, ...names) / 10;
  return Math.floor((now - phase) / everySeconds) * everySeconds + phase;
}
