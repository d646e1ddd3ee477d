import { digestOf, type Workload } from '../change.ts';
import { nameOf, plural } from './drafts.ts';
import type { Meta, WorkloadObject } from './objects.ts';
import { right } from './rights.ts';
import { atATimeOfStatefulSet, keepsNone, replacedOf } from './rollout-kept.ts';
import { doomedOf, lostByPods } from './volumes.ts';

/** How long a new template may take to reach every pod: progressDeadlineSeconds of a Deployment is 600 by default. */
export const rolloutSettle = { firstLookSeconds: 15, everySeconds: 15, giveUpSeconds: 600 };

/** For verbs on any workload; and to look afterwards whether the patch arrived. */
export const workloadReads = [right('get', 'Deployment'), right('get', 'StatefulSet'), right('get', 'DaemonSet')];
export const workloadWrites = [
  right('patch', 'Deployment'),
  right('patch', 'StatefulSet'),
  right('patch', 'DaemonSet'),
];

/** How far the present rollout is, if it is not at its end: the rules of `kubectl rollout status`. */
export function rolloutUnderWay(kind: Workload['kind'], object: WorkloadObject): string | undefined {
  const { metadata, status } = object;
  if (status.observedGeneration < metadata.generation) return 'its last change has not been taken up yet';
  if (kind === 'DaemonSet') {
    const { updatedNumberScheduled: updated, desiredNumberScheduled: wanted } = status;
    return updated < wanted ? `${updated} of ${plural(wanted, 'pod')} are updated` : undefined;
  }
  const wanted = replacedOf(kind, object);
  if (kind === 'StatefulSet' && status.updateRevision === status.currentRevision) return undefined;
  if (status.updatedReplicas < wanted) return `${status.updatedReplicas} of ${plural(wanted, 'replica')} are updated`;
  const old = status.replicas - status.updatedReplicas;
  return kind === 'Deployment' && old > 0 ? `${plural(old, 'old replica')} not gone yet` : undefined;
}

/** A StatefulSet or DaemonSet whose pods take a new template only when somebody deletes them. */
export function isOnDelete({ spec }: WorkloadObject): boolean {
  return spec.updateStrategy?.type === 'OnDelete';
}

export function podsWanted(kind: Workload['kind'], { spec, status }: WorkloadObject): number {
  return kind === 'DaemonSet' ? status.desiredNumberScheduled : spec.replicas;
}

/** Pods that serve. Of a StatefulSet the ready ones: older API servers count no others. */
export function availableOf(kind: Workload['kind'], { status }: WorkloadObject): number {
  const { availableReplicas: Deployment, readyReplicas: StatefulSet, numberAvailable: DaemonSet } = status;
  return { Deployment, StatefulSet, DaemonSet }[kind];
}

/** "1 of 2 pods available": fewer than are wanted. */
export function notAvailable(kind: Workload['kind'], object: WorkloadObject): string | undefined {
  const [available, wanted] = [availableOf(kind, object), podsWanted(kind, object)];
  return available < wanted ? `${available} of ${plural(wanted, 'pod')} available` : undefined;
}

/** What a new template does to the pods. */
export function rolloutEffects(workload: Workload, object: WorkloadObject): string[] {
  const name = nameOf(workload);
  const wanted = podsWanted(workload.kind, object);
  const available = workload.kind === 'DaemonSet' ? object.status.numberAvailable : object.status.availableReplicas;
  if (isOnDelete(object)) return [`${name} gives its pods the new template only when each is deleted (OnDelete)`];
  if (object.spec.paused) return [`${name} is paused: its pods are replaced when it is resumed`];
  const behind = behindPartition(workload.kind, object);
  if (behind !== undefined) return [`${name} replaces none of its pods: ${behind}`];
  return [
    `${name}: ${plural(replacedOf(workload.kind, object), 'pod')} replaced${paceOf(workload.kind, object)}`,
    ...(workload.kind !== 'StatefulSet' && available < wanted ? [`${available} of ${wanted} are available now`] : []),
    ...lostWithPods(object),
    ...managedBy(object),
  ];
}

/** How many pods at a time: all at once is another change than one after the other. */
export function paceOf(kind: Workload['kind'], object: WorkloadObject): string {
  const { spec } = object;
  const { rollingUpdate } = spec.strategy ?? {};
  if (spec.paused) return ' when it is resumed';
  if (isOnDelete(object)) return ' when each is deleted';
  if (kind === 'Deployment') {
    if (spec.strategy?.type === 'Recreate') return ': all end before the first new one starts';
    if (keepsNone(kind, object)) return `: all at once (maxUnavailable ${rollingUpdate?.maxUnavailable})`;
    return ` step by step (at most ${rollingUpdate?.maxUnavailable ?? '25%'} unavailable, ${rollingUpdate?.maxSurge ?? '25%'} more)`;
  }
  const update = spec.updateStrategy?.rollingUpdate;
  if (kind === 'DaemonSet') {
    const most = update?.maxUnavailable ?? 1;
    return keepsNone(kind, object)
      ? `: all at once (maxUnavailable ${most})`
      : ` step by step (at most ${most} unavailable)`;
  }
  const partition = update?.partition ?? 0;
  const kept = partition > 0 ? `; those below number ${partition} keep their template` : '';
  const atATime = atATimeOfStatefulSet(object);
  if (atATime === 1) return ` one after the other, the last first${kept}`;
  return atATime < replacedOf(kind, object)
    ? ` ${atATime} at a time, the last first${kept}`
    : `: all at once (maxUnavailable ${update?.maxUnavailable})${kept}`;
}

/** Why a StatefulSet gives a new template to none of its pods. */
export function behindPartition(kind: Workload['kind'], object: WorkloadObject): string | undefined {
  const { replicas, updateStrategy } = object.spec;
  if (kind !== 'StatefulSet' || replicas === 0 || replacedOf(kind, object) > 0) return undefined;
  return `its partition ${updateStrategy?.rollingUpdate?.partition} keeps the template of all ${replicas}`;
}

/**
 * What goes with the pods of a workload when they end: as its template has it, which those that run may be older than.
 * https://kubernetes.io/docs/concepts/storage/volumes/#emptydir, https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/
 */
export function lostWithPods({ spec }: WorkloadObject): string[] {
  return lostByPods(doomedOf(spec.template.spec.volumes ?? []));
}

/** Of what is said of a rollout, what a person has to approve as well: its pace, what is lost, and who may put it back. */
export function rolloutMaterial(workload: Workload, object: WorkloadObject): readonly string[] {
  // The whole template runs in the new pods, not only what the change is about. A digest, since it holds secrets.
  const template = digestOf(object.spec.template);
  return [paceOf(workload.kind, object), ...lostWithPods(object), ...managedBy(object), template];
}

/** Somebody above it, or whoever deploys it from elsewhere, may put its fields back. */
export function managedBy({ metadata }: WorkloadObject): string[] {
  const owner = metadata.ownerReferences.find(({ controller }) => controller);
  const deployers = deployersOf(metadata);
  return [
    ...(owner ? [`it belongs to ${owner.kind} ${owner.name}, which may put it back`] : []),
    ...(deployers.length > 0
      ? [`${deployers.join(' and ')} may put it back: to last, it has to be changed there, too`]
      : []),
  ];
}

/**
 * https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ (`app:group/Kind:namespace/name`),
 * https://fluxcd.io/flux/components/kustomize/kustomizations/, https://helm.sh/docs/chart_best_practices/labels/
 */
function deployersOf({ labels, annotations }: Meta): string[] {
  const argo = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  const kustomization = labels['kustomize.toolkit.fluxcd.io/name'];
  const helmRelease = labels['helm.toolkit.fluxcd.io/name'];
  const isHelms = labels['app.kubernetes.io/managed-by'] === 'Helm';
  const release =
    annotations['meta.helm.sh/release-name'] ?? (isHelms ? (labels['app.kubernetes.io/instance'] ?? '') : undefined);
  return [
    ...(argo === undefined ? [] : [`Argo CD (application ${argo})`]),
    ...(kustomization === undefined ? [] : [`Flux (Kustomization ${kustomization})`]),
    ...(helmRelease === undefined ? [] : [`Flux (HelmRelease ${helmRelease})`]),
    ...(release === undefined ? [] : [`Helm${release === '' ? '' : ` (release ${release})`}`]),
  ];
}
