import { firstReadyAt, startedAt, turnOf } from '../crash-loop.ts';
import { type Facts, silenceOf } from '../facts.ts';
import { hexOf, uid } from '../identity.ts';
import { templateHash } from '../naming.ts';
import { nowhere, type PodPlace } from '../placement.ts';
import { managedBy } from './managed-fields.ts';
import { podSpec } from './pod-spec.ts';
import { podStatus, readyAgainAt } from './pod-status.ts';
import { type KubeObject, meta, ownedBy, time } from './values.ts';

/** Seconds a deleted pod is given to end (`terminationGracePeriodSeconds`). */
export const GRACE_SECONDS = 30;

/** The labels of a pod, known without making its object. */
export function podLabels({ workload, name, life }: PodPlace): Record<string, string> {
  const hash = life?.revision.hash ?? templateHash(workload);
  const labels = life?.revision.labels ?? workload.labels;
  switch (workload.kind) {
    case 'Deployment':
      return { ...labels, 'pod-template-hash': hash };
    case 'DaemonSet':
      return {
        ...labels,
        'controller-revision-hash': hash,
        'pod-template-generation': String(life?.revision.number ?? 1),
      };
    case 'StatefulSet':
      return {
        ...labels,
        'controller-revision-hash': `${workload.name}-${hash}`,
        'statefulset.kubernetes.io/pod-name': name,
      };
    case 'StaticPod':
      return labels;
  }
}

/** Pods that are made anew under an old name are others. */
export function podUid({ workload, name, life }: Pick<PodPlace, 'workload' | 'name' | 'life'>): string {
  const making = life?.serial === undefined ? [] : [String(life.serial)];
  return uid('Pod', workload.namespace, name, ...making);
}

/** The Pod object, as its kubelet left it and the controller manager changed it. */
export function podObject(facts: Facts, place: PodPlace, now: number): KubeObject {
  const { workload, name, createdAt, evictedAt } = place;
  const labels = podLabels(place);
  const owners = { ownerReferences: [ownerOf(place)] };
  const spec = podSpec(facts, place);
  const status = podStatus(facts, place, now);
  const reportedAt = Math.max(createdAt, ...reportsOf(place, now).filter((at) => at <= now));
  const changes = [evictedAt, silenceOf(place.node, now)?.unknownAt, readyAgainAt(place), reportedAt];
  const changedAt = Math.max(...changes.filter((at) => at !== undefined).filter((at) => at <= now));
  const generateName = workload.kind === 'StaticPod' ? {} : { generateName: name.replace(/[^-]+$/, '') };
  const manager = workload.kind === 'StaticPod' ? 'kubelet' : 'kube-controller-manager';
  const byKubelet = { manager: 'kubelet', apiVersion: 'v1', at: reportedAt, wrote: { status } };
  return {
    metadata: meta(
      { kind: 'Pod', namespace: workload.namespace, name, uid: podUid(place), createdAt, changedAt },
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
          ...(place.node === nowhere ? [] : [byKubelet]),
        ),
      },
    ),
    spec,
    status,
  };
}

/** When its kubelet had something to report. */
function reportsOf(place: PodPlace, now: number): number[] {
  const turn = turnOf(place, now);
  if (turn) return [turn.running ? turn.startedAt : (turn.ended?.finishedAt ?? place.createdAt)];
  return [place.life?.boundAt ?? place.createdAt, startedAt(place), firstReadyAt(place)];
}

function ownerOf({ workload, node, life }: PodPlace): Record<string, unknown> {
  const { kind, namespace, name } = workload;
  if (kind === 'StaticPod') {
    return { apiVersion: 'v1', kind: 'Node', name: node.name, uid: uid('Node', '', node.name), controller: true };
  }
  return kind === 'Deployment'
    ? ownedBy('ReplicaSet', namespace, `${name}-${life?.revision.hash ?? templateHash(workload)}`)
    : ownedBy(kind, namespace, name);
}

function annotationsOf({ workload, node, createdAt, life }: PodPlace): object {
  if (workload.kind !== 'StaticPod') {
    const { annotations = {} } = life?.revision ?? {};
    return Object.keys(annotations).length > 0 ? { annotations } : {};
  }
  const hash = hexOf(32, workload.name, node.name);
  const config = { hash, mirror: hash, seen: time(createdAt), source: 'file' };
  const annotations = Object.entries(config).map(([key, value]) => [`kubernetes.io/config.${key}`, value]);
  return { annotations: Object.fromEntries(annotations) };
}
