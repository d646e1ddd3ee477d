import type { Json } from '../action.ts';
import { digestOf } from '../change.ts';
import { plural } from './drafts.ts';
import type { Pod, WorkloadObject } from './objects.ts';
import { endsForGood, type Owners } from './owners.ts';
import { controllerOf, holdersOf, ordinalOf } from './pods.ts';
import { rolloutUnderWay } from './rollout.ts';

/** What takes the place of a pod that ends, as far as it may be another one than that. */
export interface Successor {
  /** Whoever starts it, and what it starts it from: a person approves that as well. */
  readonly material: Json;
  readonly effects: readonly string[];
}

const REVISION = 'controller-revision-hash';

/**
 * A StatefulSet and a DaemonSet start the pod anew from the template that they have by then. With OnDelete, behind a
 * partition or in the middle of a rollout that is another one than the pod has; a ReplicaSet has one template for ever.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#on-delete
 */
export function successorOf(pod: Pod, owners: Owners): Successor {
  const owner = controllerOf(pod);
  if (!owner) return { material: null, effects: [] };
  const starter = `${owner.kind} ${owner.name}`;
  if (endsForGood(pod, owners) !== undefined) return { material: [starter, null], effects: [] };
  const object = owners.get(owner.uid);
  if (!object || object.kind === 'ReplicaSet') return { material: starter, effects: [] };
  const revision = object.kind === 'StatefulSet' ? revisionFor(pod, object) : undefined;
  return {
    // None is started while somebody else holds this one.
    material: [starter, digestOf(object.spec.template), revision ?? null, ...holdersOf(pod)],
    effects: otherwise(starter, object.kind, pod, object, revision),
  };
}

/** Below the partition of a rolling update a StatefulSet starts its former revision. */
function revisionFor({ metadata: { name } }: Pod, { spec, status }: WorkloadObject): string | undefined {
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const ordinal = ordinalOf(name) - (spec.ordinals?.start ?? 0);
  const isKept = spec.updateStrategy?.type !== 'OnDelete' && ordinal < partition;
  return isKept ? status.currentRevision : status.updateRevision;
}

function otherwise(
  starter: string,
  kind: 'StatefulSet' | 'DaemonSet',
  pod: Pod,
  object: WorkloadObject,
  revision: string | undefined,
): string[] {
  const own = pod.metadata.labels[REVISION];
  const images = otherImages(pod, object);
  if (kind === 'StatefulSet' && revision !== undefined && own !== undefined) {
    if (own === revision) return [];
    return [`it starts from revision ${revision} of ${starter}, not from its own ${own}${named(images)}`];
  }
  const underWay = rolloutUnderWay(kind, object);
  if (images.length === 0 && underWay === undefined) return [];
  const may = images.length > 0 ? 'it starts' : 'it may start';
  const progress = underWay === undefined ? '' : ` (${underWay})`;
  return [`${may} from another template of ${starter} than it has${named(images)}${progress}`];
}

/** Image by image what the template has otherwise; of the rest a digest alone tells. */
function otherImages({ spec: { containers } }: Pod, { spec: { template } }: WorkloadObject): string[] {
  return template.spec.containers.flatMap(({ name, image }) => {
    const now = containers.find((one) => one.name === name)?.image;
    return now === undefined || image === undefined || now === image ? [] : [`${name}: ${now} → ${image}`];
  });
}

function named(images: readonly string[]): string {
  return images.length === 0 ? '' : `; ${plural(images.length, 'image')}: ${images.join(', ')}`;
}
