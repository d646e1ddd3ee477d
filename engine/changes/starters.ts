import type { Pod } from './objects.ts';
import { endsForGood, type Owners } from './owners.ts';
import { controllerOf, isFinished, isReady } from './pods.ts';

/** Who starts another where pods of a plan end, and what there was of them before. Of Jobs and operators nobody looks. */
export interface Starter {
  readonly kind: 'ReplicaSet' | 'StatefulSet' | 'DaemonSet';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Of a ReplicaSet, whose pods have new names each time: what tells them from others, and how many there were. */
  readonly set?: { readonly hash?: string; readonly pods: number; readonly ready: number };
  /** Those that end. Of a StatefulSet the next one has the same name, of a DaemonSet it is on the same node. */
  readonly pods: readonly {
    readonly uid: string;
    readonly name: string;
    readonly node?: string;
    readonly ready: boolean;
  }[];
}

/** Of pods that end all those that something starts again, by their controllers. */
export function startersOf(pods: readonly Pod[], owners: Owners): readonly Starter[] {
  return joinedStarters(pods.flatMap((pod) => starterOf(pod, owners) ?? []));
}

/** Each controller once, with the pods of all. */
export function joinedStarters(starters: readonly Starter[]): readonly Starter[] {
  return [...Map.groupBy(starters, ({ uid }) => uid).values()].flatMap(([first, ...more]) =>
    first ? [{ ...first, pods: once([first, ...more].flatMap(({ pods }) => pods)) }] : [],
  );
}

function once(pods: Starter['pods']): Starter['pods'] {
  return [...new Map(pods.map((pod) => [pod.uid, pod])).values()];
}

function starterOf(pod: Pod, owners: Owners): Starter | undefined {
  const owner = controllerOf(pod);
  const object = owner && owners.get(owner.uid);
  if (!owner || !object || isFinished(pod) || endsForGood(pod, owners) !== undefined) return undefined;
  const { namespace = 'default', labels, name, uid } = pod.metadata;
  const hash = labels['pod-template-hash'];
  const { nodeName: node } = pod.spec;
  return {
    ...{ kind: object.kind, namespace, name: owner.name, uid: owner.uid },
    ...(object.kind === 'ReplicaSet'
      ? {
          set: {
            ...(hash === undefined ? {} : { hash }),
            ...{ pods: object.status.replicas, ready: object.status.readyReplicas },
          },
        }
      : {}),
    pods: [{ uid, name, ...(node === undefined ? {} : { node }), ready: isReady(pod) }],
  };
}
