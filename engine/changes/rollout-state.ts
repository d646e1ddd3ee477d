import type { Change, Workload } from '../change.ts';
import type { Readers } from '../readers.ts';
import { nameOf } from './drafts.ts';
import { findWorkload } from './look.ts';
import type { WorkloadObject } from './objects.ts';
import type { ReplicaSetObject } from './owners.ts';
import { notAvailable, rolloutUnderWay } from './rollout.ts';

/** Of the workloads that these changes are about: what keeps each from being all there. Throws `ReadFailure`. */
export async function unfinished(kube: Readers['kube'], changes: readonly Change[]): Promise<string[]> {
  const workloads = changes.flatMap((change) => ('workload' in change ? [change.workload] : []));
  const each = await Promise.all(workloads.map((workload) => stateOf(kube, workload)));
  return each.filter((words) => words !== undefined);
}

async function stateOf(kube: Readers['kube'], workload: Workload): Promise<string | undefined> {
  const object = await findWorkload(kube, workload);
  if (!object) return `${nameOf(workload)} does not exist any more`;
  // A paused one waits for somebody: that is as it should be.
  if (object.spec.paused) return undefined;
  const words = rolloutUnderWay(workload.kind, object) ?? notAvailable(workload.kind, object);
  if (words === undefined) return undefined;
  const refused = notLetIn(object);
  return `${nameOf(workload)}: ${words}${refused === undefined ? '' : ` (${refused})`}`;
}

/** Of a Deployment or a ReplicaSet: what the API server says to a new pod that it does not let in. Others keep no word of it. */
export function notLetIn({ status }: Pick<WorkloadObject, 'status'> | ReplicaSetObject): string | undefined {
  return status.conditions.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True')?.message;
}
