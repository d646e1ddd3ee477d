/** The objects a kubelet writes, in the shapes a real one writes them (Kubernetes 1.20). Times are `new Date()`. */

export interface FakeNode {
  readonly name: string;
  /** Its InternalIP: in 127.0.0.0/8, where each node can have an address of its own and nothing leaves the machine. */
  readonly address: string;
  readonly zone: string;
}

export const kubeletPort = 10_250;

export function fakeNodes(count: number): readonly FakeNode[] {
  const network = 10 + Math.floor(Math.random() * 240); // so that two test runs at once do not share addresses
  return Array.from({ length: count }, (_, index) => ({
    name: `worker-${index + 1}`,
    address: `127.${network}.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    zone: `zone-${'abc'[index % 3]}`,
  }));
}

const timestamp = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
const microTime = (): string => new Date().toISOString().replace('Z', '000Z');

export function nodeObject(node: FakeNode) {
  const { name, zone } = node;
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'node.kubernetes.io/instance-type': 'm5.2xlarge',
    'topology.kubernetes.io/zone': zone,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { providerID: `test:///${zone}/${name}` },
    status: nodeStatus(node, timestamp()),
  };
}

/** `since`: when the node became ready. */
export function nodeStatus({ name, address }: FakeNode, since: string) {
  const condition = (type: string, status: string, reason: string, message: string) => ({
    ...{ type, status, reason, message },
    lastHeartbeatTime: timestamp(),
    lastTransitionTime: since,
  });
  const room = { cpu: '8', memory: '32473484Ki', pods: '110' };
  return {
    capacity: room,
    allocatable: room,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    nodeInfo: {
      ...{ machineID: name, systemUUID: name, bootID: name, kernelVersion: '5.10.0', operatingSystem: 'linux' },
      ...{ osImage: 'Debian GNU/Linux 12 (bookworm)', containerRuntimeVersion: 'containerd://1.6.20' },
      ...{ kubeletVersion: 'v1.20.2', kubeProxyVersion: 'v1.20.2', architecture: 'amd64' },
    },
  };
}

export const readySince = timestamp;

/** `resourceVersion` of the lease as it was read; none for a new one. */
export function leaseObject(node: FakeNode, resourceVersion?: string) {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: node.name, namespace: 'kube-node-lease', ...(resourceVersion && { resourceVersion }) },
    spec: { holderIdentity: node.name, leaseDurationSeconds: 40, renewTime: microTime() },
  };
}

export const podNamespace = 'shop';

/** Pod number `index`, one of sixty applications. */
export function podObject(node: FakeNode, index: number) {
  const app = `app-${index % 60}`;
  const requests = { cpu: '50m', memory: '128Mi' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${app}-${index}`, namespace: podNamespace, labels: { app } },
    spec: {
      nodeName: node.name,
      containers: [{ name: 'main', image: `registry.example/${app}:v1`, resources: { requests } }],
    },
  };
}

/** Everything runs and is ready. `containers`: those of the pod's spec. */
export function runningStatus(
  node: FakeNode,
  containers: readonly { readonly name: string; readonly image: string }[],
) {
  const yes = (type: string) => ({ type, status: 'True', lastTransitionTime: timestamp() });
  return {
    phase: 'Running',
    startTime: timestamp(),
    hostIP: node.address,
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(yes),
    containerStatuses: containers.map(({ name, image }) => ({
      ...{ name, image, imageID: '', ready: true, started: true, restartCount: 0 },
      state: { running: { startedAt: timestamp() } },
    })),
  };
}
