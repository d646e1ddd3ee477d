import type { Change } from '../change.ts';
import { selectorText } from '../changes/labels.ts';
import { findWorkload } from '../changes/look.ts';
import { isReadyToStay, podsOf } from '../changes/owned-pods.ts';
import { ordinalOf } from '../changes/pods.ts';
import type { Readers } from '../readers.ts';
import type { Afterwards } from './ready-left.ts';

type Kube = Readers['kube'];

/**
 * How many ready pods a StatefulSet keeps that is made smaller: it ends those with the highest ordinals, ready or not,
 * and one whose pods are managed in parallel does not wait until those that stay are ready. `undefined`: nothing goes,
 * nothing ready could be lost, or its controller picks or waits by itself: a Deployment's ends pods that are not ready
 * first, an ordered StatefulSet's ends none before the lower ones are ready.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#parallel-pod-management
 */
export async function leftByScaling(kube: Kube, change: Change): Promise<Afterwards | undefined> {
  // That nothing at all would be left is said of itself.
  if (change.verb !== 'scale' || change.workload.kind !== 'StatefulSet' || change.replicas === 0) return undefined;
  const { kind, namespace, name } = change.workload;
  const object = await findWorkload(kube, change.workload);
  if (object?.spec.podManagementPolicy !== 'Parallel' || object.spec.replicas <= change.replicas) return undefined;
  const end = (object.spec.ordinals?.start ?? 0) + change.replicas;
  const pods = await podsOf(kube, object.metadata.uid, namespace, selectorText(object.spec.selector));
  const ready = pods.filter(isReadyToStay);
  if (ready.length === 0) return undefined;
  const left = ready.filter(({ metadata }) => ordinalOf(metadata.name) < end).length;
  return { name: `${kind} ${namespace}/${name}`, ready: ready.length, taken: ready.length - left, left };
}
