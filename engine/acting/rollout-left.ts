import type { Change, Workload } from '../change.ts';
import { findWorkload } from '../changes/look.ts';
import type { WorkloadObject } from '../changes/objects.ts';
import { isOnDelete } from '../changes/rollout.ts';
import type { Readers } from '../readers.ts';
import type { Afterwards } from './replicas.ts';

/**
 * How many ready pods a workload keeps while its pods are replaced by a new template. `undefined`: none is replaced, none
 * is ready that could be lost, or its pods stand in for no other (a DaemonSet's each do the work of their node).
 */
export async function leftByRollout(kube: Readers['kube'], change: Change): Promise<Afterwards | undefined> {
  const workload = rolledOut(change);
  if (!workload || workload.kind === 'DaemonSet') return undefined;
  const object = await findWorkload(kube, workload);
  // Compiling the change says what is to be said of a workload that is gone.
  if (!object || isOnDelete(object)) return undefined;
  if (object.spec.paused && change.verb !== 'resume') return undefined;
  if (change.verb === 'resume' && !isBehind(object)) return undefined;
  const { readyReplicas: ready } = object.status;
  if (ready === 0) return undefined;
  const left = workload.kind === 'Deployment' ? keptByDeployment(object) : keptByStatefulSet(object);
  const { kind, namespace, name } = workload;
  return { name: `${kind} ${namespace}/${name}`, ready, taken: ready - left, left };
}

function rolledOut(change: Change): Workload | undefined {
  switch (change.verb) {
    case 'restart':
    case 'undo':
    case 'set-resources':
    case 'resume':
      return change.workload;
    default:
      return undefined;
  }
}

function isBehind({ spec, status }: WorkloadObject): boolean {
  return status.updatedReplicas < spec.replicas;
}

/**
 * It never takes away more than `maxUnavailable`, rounded down, and not all of those that are available while there are
 * fewer; where neither that nor `maxSurge`, rounded up, is one at least, the API server takes `maxUnavailable` for one.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
 */
function keptByDeployment({ spec, status }: WorkloadObject): number {
  const { type, rollingUpdate } = spec.strategy ?? {};
  if (type === 'Recreate') return 0;
  const { maxUnavailable = '25%', maxSurge = '25%' } = rollingUpdate ?? {};
  const away = shareOf(maxUnavailable, spec.replicas, Math.floor);
  const more = shareOf(maxSurge, spec.replicas, Math.ceil);
  return Math.min(status.readyReplicas, Math.max(0, spec.replicas - (away + more === 0 ? 1 : away)));
}

/**
 * One after the other from the last, or `maxUnavailable` of them, one at least; those below the partition stay. It does
 * not care which of them are ready.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates
 */
function keptByStatefulSet({ spec, status }: WorkloadObject): number {
  const { partition = 0, maxUnavailable = 1 } = spec.updateStrategy?.rollingUpdate ?? {};
  const replaced = Math.max(0, spec.replicas - partition);
  const away = Math.max(1, shareOf(maxUnavailable, spec.replicas, Math.floor));
  return Math.max(0, status.readyReplicas - Math.min(away, replaced));
}

function shareOf(share: number | string, of: number, rounded: (value: number) => number): number {
  if (typeof share === 'number') return share;
  const percent = Number.parseFloat(share);
  return Number.isFinite(percent) ? rounded((percent * of) / 100) : of;
}
