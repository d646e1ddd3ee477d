import { enoughDiskSince, shortOfDiskAt } from '../disk.ts';
import {
  type Facts,
  type NodeFacts,
  outagesOf,
  READY_AFTER_START_SECONDS,
  recoveredAt,
  type Silence,
  silenceOf,
} from '../facts.ts';
import { hexOf, lastBeat, uid } from '../identity.ts';
import { lapseAt, postedAfterLapse } from '../lapses.ts';
import { podNetworkOf } from '../layout.ts';
import { cordonedSince, taintsOf } from '../taints.ts';
import { workloads } from '../workloads.ts';
import { managedBy } from './managed-fields.ts';
import { type KubeObject, meta, time } from './values.ts';

export const KUBELET_VERSION = 'v1.33.4';
/** KubeletConfiguration nodeStatusReportFrequency: a status that does not change is posted every five minutes. */
const STATUS_EVERY_SECONDS = 300;
const KIB_OF_DISK = 104_846_316;

/** The Node object as a kubelet and the node lifecycle controller leave it. */
export function nodeObject(facts: Facts, node: NodeFacts, now: number): KubeObject {
  const silence = silenceOf(node, now);
  const reportedAt = statusReportedAt(node, now);
  const tainted = taintsOf(facts, node, now).map(({ since = 0 }) => since);
  const watchedAt = Math.max(lastBeat(now, STATUS_EVERY_SECONDS, 'problem-detector', node.name), facts.bornAt);
  const changedAt = Math.max(reportedAt, watchedAt, ...tainted);
  const labels = labelsOf(node);
  const status = statusOf(facts, node, reportedAt, silence, kernelAsSeen(facts, watchedAt));
  const attach = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };
  return {
    metadata: meta(
      { kind: 'Node', name: node.name, createdAt: facts.bornAt, changedAt },
      {
        labels,
        annotations: { 'node.alpha.kubernetes.io/ttl': '0', ...attach },
        managedFields: managedBy(
          {
            manager: 'kube-controller-manager',
            apiVersion: 'v1',
            at: facts.bornAt,
            wrote: { metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': '0' } } },
          },
          {
            manager: 'kubelet',
            apiVersion: 'v1',
            at: reportedAt,
            wrote: { metadata: { annotations: attach, labels }, status },
          },
        ),
      },
    ),
    spec: specOf(facts, node, now),
    status,
  };
}

/** When the kubelet last posted the node's status, as far as that changed it. */
function statusReportedAt(node: NodeFacts, now: number): number {
  const { name, kubeletStoppedAt = Number.POSITIVE_INFINITY, kubeletStartedAt, diskShort = [] } = node;
  const turns = diskShort.flatMap(({ from, until = from }) => [from, until]);
  const beat = (until: number) =>
    Math.max(lastBeat(until, STATUS_EVERY_SECONDS, 'status', name), ...turns.filter((at) => at <= until));
  const back = kubeletStartedAt === undefined ? Number.POSITIVE_INFINITY : kubeletStartedAt + READY_AFTER_START_SECONDS;
  if (now >= back) return Math.max(back, beat(now));
  const heard = Math.min(now, kubeletStoppedAt, lapseAt(node, now)?.from ?? now);
  return Math.max(beat(heard), postedAfterLapse(node, now) ?? 0);
}

function labelsOf({ name, zone, controlPlane }: NodeFacts): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'topology.kubernetes.io/region': zone.slice(0, -1),
    'topology.kubernetes.io/zone': zone,
    ...(controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
  };
}

function specOf(facts: Facts, node: NodeFacts, now: number): Record<string, unknown> {
  const taints = taintsOf(facts, node, now).map(({ since, ...taint }) => {
    return since === undefined ? taint : { ...taint, timeAdded: time(since) };
  });
  const podCIDR = `${podNetworkOf(node)}.0/24`;
  return {
    podCIDR,
    podCIDRs: [podCIDR],
    providerID: `practice:///${node.zone}/${node.name}`,
    ...(cordonedSince(facts, node, now) === undefined ? {} : { unschedulable: true }),
    ...(taints.length > 0 ? { taints } : {}),
  };
}

function statusOf(
  facts: Facts,
  node: NodeFacts,
  reportedAt: number,
  silence: Silence | undefined,
  watched: readonly unknown[],
) {
  const room = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', memory: '32473484Ki', pods: '110' };
  return {
    capacity: { cpu: '8', 'ephemeral-storage': `${KIB_OF_DISK}Ki`, ...room },
    allocatable: { cpu: '7900m', 'ephemeral-storage': String(Math.floor(KIB_OF_DISK * 1024 * 0.9)), ...room },
    conditions: [...watched, ...conditionsOf(facts, node, reportedAt, silence)],
    addresses: [
      { type: 'InternalIP', address: node.address },
      { type: 'Hostname', address: node.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    nodeInfo: {
      machineID: hexOf(32, 'machine', node.name),
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
    images,
  };
}

const images = workloads.map(({ image }) => ({
  names: [`${image.replace(/:[^:/]+$/, '')}@sha256:${hexOf(64, image)}`, image],
  sizeBytes: 20_000_000 + Number.parseInt(hexOf(6, 'size', image), 16),
}));

const well = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const;

/** What node-problem-detector posts every 5 minutes, with or without a kubelet; here the kernels are all well. */
function kernelAsSeen({ bornAt }: Facts, watchedAt: number): readonly unknown[] {
  const all = [
    ['KernelDeadlock', 'KernelHasNoDeadlock', 'kernel has no deadlock'],
    ['ReadonlyFilesystem', 'FilesystemIsNotReadOnly', 'Filesystem is not read-only'],
  ] as const;
  return all.map(([type, reason, message]) => ({
    type,
    status: 'False',
    lastHeartbeatTime: time(watchedAt),
    lastTransitionTime: time(bornAt),
    reason,
    message,
  }));
}

const diskPressure = ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure'] as const;

/** Of a silent node all four turn Unknown, not only Ready. */
function conditionsOf({ bornAt }: Facts, node: NodeFacts, reportedAt: number, silence: Silence | undefined): unknown[] {
  const short = shortOfDiskAt(node, reportedAt);
  const back = recoveredAt(node) ?? outagesOf(node, reportedAt).at(-1)?.backAt ?? Number.POSITIVE_INFINITY;
  const wellSince = reportedAt >= back ? back : bornAt;
  const sinceEnough = Math.max(wellSince, enoughDiskSince(node, reportedAt) ?? bornAt);
  return well.map((good) => {
    const aboutDisk = good[0] === 'DiskPressure';
    const [type, status, reason, message] = aboutDisk && short ? diskPressure : good;
    const since = aboutDisk ? (short?.from ?? sinceEnough) : wellSince;
    return {
      type,
      status: silence ? 'Unknown' : status,
      lastHeartbeatTime: time(reportedAt),
      lastTransitionTime: time(silence?.unknownAt ?? since),
      reason: silence ? 'NodeStatusUnknown' : reason,
      message: silence ? 'Kubelet stopped posting node status.' : message,
    };
  });
}
