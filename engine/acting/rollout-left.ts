import type { Change, Workload } from '../change.ts';
import { findWorkload } from '../changes/look.ts';
import type { WorkloadObject } from '../changes/objects.ts';
import { isOnDelete } from '../changes/rollout.ts';
import { keptOf } from '../changes/rollout-kept.ts';
import type { Readers } from '../readers.ts';
import type { Afterwards } from './ready-left.ts';

/**
 * How many ready pods a workload keeps while its pods are replaced by a new template. `undefined`: none is replaced, none
 * is ready that could be lost, or its pods stand in for no other (a DaemonSet's each do the work of their node, unless all
 * of them go at once).
 */
export async function leftByRollout(kube: Readers['kube'], change: Change): Promise<Afterwards | undefined> {
  const workload = rolledOut(change);
  if (!workload) return undefined;
  const object = await findWorkload(kube, workload);
  // Compiling the change says what is to be said of a workload that is gone.
  if (!object || isOnDelete(object)) return undefined;
  if (object.spec.paused && change.verb !== 'resume') return undefined;
  if (change.verb === 'resume' && !isBehind(object)) return undefined;
  const isAgents = workload.kind === 'DaemonSet';
  const ready = isAgents ? object.status.numberAvailable : object.status.readyReplicas;
  if (ready === 0) return undefined;
  const left = keptOf(workload.kind, object, ready);
  if (isAgents && (left > 0 || object.status.desiredNumberScheduled === 1)) return undefined;
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
