import type { WorkloadKind } from '../change.ts';
import type { WorkloadObject } from './objects.ts';

/** Of so many pods that serve (ready, or available) those that go on serving all through a rollout. */
export function keptOf(kind: WorkloadKind, object: WorkloadObject, serving: number): number {
  switch (kind) {
    case 'Deployment':
      return keptByDeployment(object, serving);
    case 'StatefulSet':
      return keptByStatefulSet(object, serving);
    case 'DaemonSet':
      return keptByDaemonSet(object, serving);
  }
}

/** How many pods a new template replaces: of a StatefulSet those from its partition on. */
export function replacedOf(kind: WorkloadKind, { spec, status }: WorkloadObject): number {
  if (kind === 'DaemonSet') return status.desiredNumberScheduled;
  const partition = kind === 'StatefulSet' ? (spec.updateStrategy?.rollingUpdate?.partition ?? 0) : 0;
  return Math.max(0, spec.replicas - partition);
}

/** Whether a rollout may end several pods and keep none of them: they go at once, not one after the other. */
export function keepsNone(kind: WorkloadKind, object: WorkloadObject): boolean {
  const wanted = kind === 'DaemonSet' ? object.status.desiredNumberScheduled : object.spec.replicas;
  return wanted > 1 && keptOf(kind, object, wanted) === 0;
}

/**
 * It never takes away more than `maxUnavailable`, rounded down, and not all of those that are available while there are
 * fewer; where neither that nor `maxSurge`, rounded up, is one at least, the API server takes `maxUnavailable` for one.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
 */
function keptByDeployment({ spec }: WorkloadObject, serving: number): number {
  const { type, rollingUpdate } = spec.strategy ?? {};
  if (type === 'Recreate') return 0;
  const { maxUnavailable = '25%', maxSurge = '25%' } = rollingUpdate ?? {};
  const away = shareOf(maxUnavailable, spec.replicas, Math.floor);
  const more = shareOf(maxSurge, spec.replicas, Math.ceil);
  return Math.min(serving, Math.max(0, spec.replicas - (away + more === 0 ? 1 : away)));
}

/**
 * One after the other from the last, or `maxUnavailable` of them, one at least; those below the partition stay. It does
 * not care which of them are ready.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates
 */
function keptByStatefulSet(object: WorkloadObject, serving: number): number {
  return Math.max(0, serving - Math.min(atATimeOfStatefulSet(object), replacedOf('StatefulSet', object)));
}

export function atATimeOfStatefulSet({ spec }: WorkloadObject): number {
  const { maxUnavailable = 1 } = spec.updateStrategy?.rollingUpdate ?? {};
  return Math.max(1, shareOf(maxUnavailable, spec.replicas, Math.floor));
}

/**
 * Pods that are not available go first, and are counted: it takes away no more than `maxUnavailable` leaves over. With
 * `maxSurge` it takes none away before its successor is there.
 * https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/ (kubernetes/kubernetes, pkg/controller/daemon/update.go)
 */
function keptByDaemonSet({ spec, status }: WorkloadObject, serving: number): number {
  const { maxUnavailable = 1 } = spec.updateStrategy?.rollingUpdate ?? {};
  const wanted = status.desiredNumberScheduled;
  const away = shareOf(maxUnavailable, wanted, Math.ceil) - Math.max(0, wanted - serving);
  return Math.max(0, serving - Math.max(0, away));
}

function shareOf(share: number | string, of: number, rounded: (value: number) => number): number {
  if (typeof share === 'number') return share;
  const percent = Number.parseFloat(share);
  return Number.isFinite(percent) ? rounded((percent * of) / 100) : of;
}
