import { turnOf } from '../crash-loop.ts';
import { type Facts, silenceOf } from '../facts.ts';
import { hexOf, uid } from '../identity.ts';
import { templateHash } from '../naming.ts';
import type { PodPlace } from '../placement.ts';
import { containerStatus } from './container-status.ts';
import { managedBy } from './managed-fields.ts';
import { podSpec } from './pod-spec.ts';
import { type KubeObject, meta, ownedBy, time } from './values.ts';

/** Seconds a deleted pod is given to end (`terminationGracePeriodSeconds`). */
const GRACE_SECONDS = 30;

/** The labels of a pod, known without making its object. */
export function podLabels({ workload, name }: PodPlace): Record<string, string> {
  const { labels, kind } = workload;
  switch (kind) {
    case 'Deployment':
      return { ...labels, 'pod-template-hash': templateHash(workload) };
    case 'DaemonSet':
      return { ...labels, 'controller-revision-hash': templateHash(workload), 'pod-template-generation': '1' };
    case 'StatefulSet':
      return { ...labels, 'statefulset.kubernetes.io/pod-name': name };
    case 'StaticPod':
      return labels;
  }
}

/** Whether the pod counts as ready: not while its node is unreachable, however well its containers run. */
export function isReady({ node, workload }: PodPlace, now: number): boolean {
  return workload.livesSeconds === undefined && silenceOf(node, now) === undefined;
}

/** The Pod object, as its kubelet left it and the controller manager changed it. */
export function podObject(facts: Facts, place: PodPlace, now: number): KubeObject {
  const { workload, name, createdAt, evictedAt } = place;
  const silence = silenceOf(place.node, now);
  const labels = podLabels(place);
  const owners = { ownerReferences: [ownerOf(place)] };
  const spec = podSpec(facts, place);
  const status = statusOf(place, silence?.unknownAt, now);
  const turn = turnOf(place, now);
  const reportedAt = (turn?.running ? turn.startedAt : turn?.ended?.finishedAt) ?? createdAt + READY_AFTER_SECONDS;
  const generateName = workload.kind === 'StaticPod' ? {} : { generateName: name.replace(/[^-]+$/, '') };
  const manager = workload.kind === 'StaticPod' ? 'kubelet' : 'kube-controller-manager';
  return {
    metadata: meta(
      {
        kind: 'Pod',
        namespace: workload.namespace,
        name,
        createdAt,
        changedAt: evictedAt ?? silence?.unknownAt ?? reportedAt,
      },
      {
        ...generateName,
        ...(evictedAt === undefined
          ? {}
          : { deletionTimestamp: time(evictedAt + GRACE_SECONDS), deletionGracePeriodSeconds: GRACE_SECONDS }),
        labels,
        ...annotationsOf(place),
        ...owners,
        managedFields: managedBy(
          {
            manager,
            apiVersion: 'v1',
            at: createdAt,
            wrote: { metadata: { ...generateName, labels, ...owners }, spec },
          },
          { manager: 'kubelet', apiVersion: 'v1', at: reportedAt, wrote: { status } },
        ),
      },
    ),
    spec,
    status,
  };
}

function ownerOf({ workload, node }: PodPlace): Record<string, unknown> {
  const { kind, namespace, name } = workload;
  if (kind === 'StaticPod') {
    return { apiVersion: 'v1', kind: 'Node', name: node.name, uid: uid('Node', '', node.name), controller: true };
  }
  return kind === 'Deployment'
    ? ownedBy('ReplicaSet', namespace, `${name}-${templateHash(workload)}`)
    : ownedBy(kind, namespace, name);
}

function annotationsOf({ workload, node, createdAt }: PodPlace): object {
  if (workload.kind !== 'StaticPod') return {};
  const hash = hexOf(32, workload.name, node.name);
  const config = { hash, mirror: hash, seen: time(createdAt), source: 'file' };
  const annotations = Object.entries(config).map(([key, value]) => [`kubernetes.io/config.${key}`, value]);
  return { annotations: Object.fromEntries(annotations) };
}

const READY_AFTER_SECONDS = 6;

function statusOf(place: PodPlace, silentSince: number | undefined, now: number) {
  const { workload, node, address, createdAt } = place;
  const readyAt = createdAt + READY_AFTER_SECONDS;
  const condition = (type: string, status: string, at: number, why: object = {}) => ({
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime: time(at),
    ...why,
  });
  const message = `containers with unready status: [${workload.container}]`;
  const byContainers = (type: string) =>
    workload.livesSeconds === undefined
      ? condition(type, 'True', readyAt)
      : condition(type, 'False', createdAt, { reason: 'ContainersNotReady', message });
  return {
    phase: 'Running',
    conditions: [
      condition('Initialized', 'True', createdAt),
      // Only the controller manager's word changes: the containers run on, and their own condition goes on saying so.
      silentSince === undefined ? byContainers('Ready') : condition('Ready', 'False', silentSince),
      byContainers('ContainersReady'),
      condition('PodScheduled', 'True', createdAt),
    ],
    hostIP: node.address,
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: time(createdAt),
    containerStatuses: [containerStatus(place, now)],
    qosClass: 'Burstable',
  };
}
