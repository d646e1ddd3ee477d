import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { noPrometheus, type World } from './compose.ts';
import type { Json } from './recording.ts';
import { changed, eventOf, withCondition, withEvents, withPods } from './recording-changes.ts';
import { well } from './worlds.ts';
import { failing, saying } from './worlds-changed.ts';

const readOnly = (status: string, minutesAgo = 2) => ({
  type: 'ReadonlyFilesystem',
  status,
  reason: status === 'True' ? 'FilesystemIsReadOnly' : 'FilesystemIsNotReadOnly',
  message: status === 'True' ? 'EXT4-fs (nvme1n1): Remounting filesystem read-only' : 'Filesystem is not read-only',
  lastHeartbeatTime: ago(minutesAgo * 60),
  lastTransitionTime: ago(180),
});

function ago(seconds: number): string {
  return new Date(Date.parse(well.recording.now) - seconds * 1000).toISOString();
}

const hung = (seconds: number) =>
  eventOf('TaskHung', 'kernel-monitor', 'task jbd2/nvme1n1-8:412 blocked for more than 120 seconds.', seconds);

interface Pod {
  readonly name: string;
  readonly ownerReferences?: readonly Json[];
}
const replica = (hash: string, id: string): Pod => ({
  name: `web-${hash}-${id}`,
  ownerReferences: [{ kind: 'ReplicaSet', name: `web-${hash}`, controller: true }],
});
const waitsFor = (
  reason: string,
  message: string,
  more: Partial<World> = {},
  names: readonly (string | Pod)[] = ['db-0'],
): World => {
  const event = { reason, message, lastTimestamp: ago(40), metadata: { creationTimestamp: ago(600) } };
  const pods = names.map((one): Pod => (typeof one === 'string' ? { name: one } : one));
  const podEvents = Object.fromEntries(pods.map(({ name }) => [`shop/${name}`, [event]]));
  const made = pods.map((pod) => ({ metadata: { ...pod, namespace: 'shop' }, status: { phase: 'Pending' } }));
  return { ...well, recording: withPods('healthy', ...made), podEvents, ...more };
};
const attaching = 'Multi-Attach error for volume "pvc-9c1f" Volume is already exclusively attached to one node';
const accessDenied =
  'MountVolume.SetUp failed for volume "pvc-9c1f0d3a-8e3c-4a57-9a51-2c0f3a6f1b2c" : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs files.example:/export/shop /var/lib/kubelet/pods/0b9e/volumes/kubernetes.io~nfs/pvc-9c1f0d3a-8e3c-4a57-9a51-2c0f3a6f1b2c\nOutput: mount.nfs: access denied by server while mounting files.example:/export/shop';
const unregistered =
  'MountVolume.MountDevice failed for volume "pvc-2" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name old.csi.example not found in the list of registered CSI drivers';
const mounting =
  'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data kube-api-access-x2v]: timed out waiting for the condition';
const token =
  'Unable to attach or mount volumes: unmounted volumes=[default-token-7mh4k], unattached volumes=[default-token-7mh4k]: timed out waiting for the condition';

const unseenWithout = ['manyNodes', 'kubeletStuck', 'runtimeGone', 'runtimeHangs'];

/** What kubelets say of volumes that they make themselves out of objects: none of it is of storage. */
const fromTheApi = {
  'cache-is-late': 'failed to sync configmap cache: timed out waiting for the condition',
  'right-is-lost':
    'configmaps "cfg" is forbidden: User "system:node:rig-node-1" cannot get resource "configmaps" in API group "": no relationship found between node \'rig-node-1\' and this object',
  'api-is-not-reached':
    'Get "https://10.0.0.1:6443/api/v1/namespaces/shop/configmaps/cfg": dial tcp 10.0.0.1:6443: i/o timeout',
} as const;

/** Trouble of the machine itself, and of its storage: composed, on a node that is well otherwise. */
export const machines: Record<string, Case> = {
  'node-is-shutting-down': caseOf(
    'The kubelet ends its pods, because the machine is being shut down.',
    saying('node is shutting down'),
    { confirmed: ['machineDown'] },
  ),
  'file-system-is-read-only': caseOf(
    'node-problem-detector says since three minutes that a file system is read-only; the kubelet says Ready.',
    { ...well, recording: withCondition('healthy', readOnly('True')) },
    { confirmed: ['kernelTrouble'], ruledOut: ['kernelTrouble'], recovered: 'ruled-out' },
  ),
  'kernel-complained-40-days-ago': caseOf(
    'node-problem-detector was taken away 40 days ago; what it last said stands there still.',
    { ...well, recording: withCondition('healthy', readOnly('True', 57_600)) },
    { recovered: 'confirmed' },
  ),
  'task-hung-while-not-ready': caseOf(
    'A task of the file system hangs since two minutes; the container runtime does not answer any more.',
    { recording: withEvents('runtime-stopped', hung(120)) },
    { confirmed: ['kernelTrouble', 'runtimeHangs'], ruledOut: ['kernelTrouble'], recovered: 'ruled-out' },
  ),
  'task-hung-before-it-was-well': caseOf(
    'A task hung nine minutes ago; the node is Ready since eight.',
    { ...well, recording: withEvents('healthy', hung(540), 480) },
    { recovered: 'confirmed' },
  ),
  'kernel-watched-and-well': caseOf(
    'node-problem-detector was heard two minutes ago and complains of nothing.',
    { ...well, recording: withCondition('healthy', readOnly('False')) },
    { ruledOut: ['kernelTrouble'], recovered: 'confirmed' },
  ),
  'kernel-watched-until-20-minutes-ago': caseOf(
    'node-problem-detector has not been heard for 20 minutes.',
    { ...well, recording: withCondition('healthy', readOnly('False', 20)) },
    { recovered: 'confirmed' },
  ),
  'volume-attached-elsewhere': caseOf(
    'A pod waits for a volume that another machine holds: no trouble of this one.',
    waitsFor('FailedAttachVolume', attaching),
    { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  'volumes-beyond-its-limit': caseOf(
    'A pod waits for a volume that this node may not attach any more.',
    waitsFor('FailedAttachVolume', 'AttachVolume.Attach failed: exceed max volume count'),
    { confirmed: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  'volumes-of-two-pods-not-mounted': caseOf(
    'Two pods wait for volumes that nobody mounts, on a node that is well.',
    waitsFor('FailedMount', mounting, {}, ['db-0', 'queue-1']),
    { confirmed: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  'volume-of-one-pod-not-mounted': caseOf(
    'One pod waits for a volume that nobody mounts: perhaps its own fault.',
    waitsFor('FailedMount', mounting),
    { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  'volumes-of-two-pods-of-one-deployment': caseOf(
    'Two pods of one Deployment, of its old and its new ReplicaSet, wait for volumes that nobody mounts.',
    waitsFor('FailedMount', mounting, {}, [replica('6f5b7c9d8', 'x2v7k'), replica('58c9f6d7b', 'm4q8z')]),
    { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  'volumes-of-two-pods-attached-elsewhere': caseOf(
    'Two pods that moved here from a dead node wait for volumes that it still holds.',
    waitsFor('FailedAttachVolume', attaching, {}, ['db-0', 'queue-1']),
    { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  'volumes-of-two-pods-denied-by-their-server': caseOf(
    'Two pods want a share that its server does not give them.',
    waitsFor('FailedMount', accessDenied, {}, ['db-0', 'queue-1']),
    { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  'volumes-of-a-driver-unknown-here': caseOf(
    'Two pods want volumes of a driver that this node has not, and perhaps no other.',
    waitsFor('FailedMount', unregistered, {}, ['db-0', 'queue-1']),
    { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  'token-not-mounted': caseOf(
    'A pod waits for its token, which is made in memory: the false lead of a node that stalls.',
    waitsFor('FailedMount', token),
    { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  ...Object.fromEntries(
    Object.entries(fromTheApi).map(([name, message]) => [
      `volumes-whose-${name}`,
      caseOf(
        'Two pods of two owners wait for what the API server or a vault does not give: their storage is none.',
        waitsFor('FailedMount', `MountVolume.SetUp failed for volume "config" : ${message}`, {}, ['db-0', 'queue-1']),
        { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
      ),
    ]),
  ),
  'volumes-not-mounted-on-a-stalled-disk': caseOf(
    'Two pods wait for volumes; the tasks of the machine wait for its disk 40 % of the time.',
    waitsFor('FailedMount', mounting, { machine: { ...well.machine, ioStalledShare: 0.4 } }, ['db-0', 'queue-1']),
    { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
  ),
  'pod-waits-for-a-secret': caseOf(
    'A pod waits for a Secret that does not exist: no matter of storage.',
    waitsFor('FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found'),
    { recovered: 'confirmed' },
  ),
  'waiting-pod-unseen': caseOf(
    'A pod waits, and its events may not be read.',
    waitsFor('FailedMount', mounting),
    { inconclusive: ['volumesUnavailable'], recovered: 'confirmed' },
    failing('list Event --namespace shop'),
  ),
  'no-prometheus-at-all-100-seconds': caseOf(
    'Nobody can ask a Prometheus; the alert began 100 s ago, and a hanging runtime would not show in Ready yet.',
    { recording: changed('healthy', { readySeconds: 3_600 }), since: ago(100) },
    { inconclusive: unseenWithout, recovered: 'inconclusive' },
    noPrometheus,
  ),
  'no-prometheus-and-ready-for-100-seconds': caseOf(
    'Nobody can ask a Prometheus; the alert is an hour old, and the node has been Ready for 100 s only.',
    { recording: changed('healthy', { readySeconds: 100 }), since: ago(3_600) },
    { inconclusive: unseenWithout, recovered: 'inconclusive' },
    noPrometheus,
  ),
  'no-prometheus-at-all-200-seconds': caseOf(
    'Nobody can ask a Prometheus; the alert began 200 s ago, and the Node says that all is well.',
    { recording: changed('healthy', { readySeconds: 3_600 }), since: ago(200) },
    { inconclusive: unseenWithout, recovered: 'confirmed' },
    noPrometheus,
  ),
};
