import * as z from 'zod';
import type { Readers } from '../readers.ts';
import { plural } from './drafts.ts';
import { find, list } from './look.ts';
import { Conditions, LabelSelector, Meta, type Pod, WorkloadObject } from './objects.ts';
import { controllerOf, ordinalOf } from './pods.ts';
import { right } from './rights.ts';

export const ReplicaSetObject = z.object({
  metadata: Meta,
  spec: z.object({ replicas: z.number().default(1), selector: LabelSelector.optional() }).prefault({}),
  status: z
    .object({ replicas: z.number().default(0), readyReplicas: z.number().default(0), conditions: Conditions })
    .prefault({}),
});
export type ReplicaSetObject = z.infer<typeof ReplicaSetObject>;

/** What starts another pod where one ends, of the kinds that can be asked. */
type OwnerObject =
  | (ReplicaSetObject & { readonly kind: 'ReplicaSet' })
  | (WorkloadObject & { readonly kind: 'StatefulSet' | 'DaemonSet' });
type OwnerKind = OwnerObject['kind'];
const OWNER_KINDS = ['ReplicaSet', 'StatefulSet', 'DaemonSet'] as const satisfies readonly OwnerKind[];

/** Items of a list carry no kind. */
const schemas: Readonly<Record<OwnerKind, z.ZodType<OwnerObject>>> = {
  ReplicaSet: ReplicaSetObject.transform((object) => ({ ...object, kind: 'ReplicaSet' as const })),
  StatefulSet: WorkloadObject.transform((object) => ({ ...object, kind: 'StatefulSet' as const })),
  DaemonSet: WorkloadObject.transform((object) => ({ ...object, kind: 'DaemonSet' as const })),
};

/** By uid; `null`: it does not exist any more. Not in it: nobody looked, and the pod's own reference is believed. */
export type Owners = ReadonlyMap<string, OwnerObject | null>;

type Reference = NonNullable<ReturnType<typeof controllerOf>>;
interface Wanted extends Reference {
  readonly kind: OwnerKind;
  readonly namespace: string;
  /** Of a ReplicaSet that a Deployment made: its pods carry it as well, so that it can be asked for. */
  readonly hash?: string | undefined;
}

/** Of one pod. */
export const ownerReads = OWNER_KINDS.map((kind) => right('get', kind));
/** Of the pods of a node, without those of DaemonSets. */
export const ownersReads = [right('list', 'ReplicaSet'), right('list', 'StatefulSet')];

/** More namespaces than this are read as one list of the whole cluster. */
const NAMESPACES_APART = 8;
/** So many hashes fit into an address: 10 characters each, of the 8 kB that proxies let through. */
const HASHES_AT_ONCE = 200;

/** What starts another where this pod ends. Throws `ReadFailure`. */
export async function ownerOf(kube: Readers['kube'], pod: Pod): Promise<Owners> {
  const [wanted] = wantedOf(pod, OWNER_KINDS);
  if (!wanted) return new Map();
  const { kind, name, namespace, uid } = wanted;
  const found = await find(kube, schemas[kind], kind, name, namespace);
  return new Map([[uid, found?.metadata.uid === uid ? found : null]]);
}

/**
 * The same of the pods of a node, by as few reads as it takes: a list of each namespace, or where they are of many one of
 * the cluster; of ReplicaSets only those of these pods, by the hash of their template, since a Deployment keeps eleven.
 * For a node of 250 pods that is four. Kinds that are not looked at (Jobs, those of operators) are left out. Throws
 * `ReadFailure`.
 */
export async function ownersOf(kube: Readers['kube'], pods: readonly Pod[]): Promise<Owners> {
  // A drain leaves the pods of DaemonSets, and one that does not tolerate a taint starts here no more, whoever is asked.
  const kinds = OWNER_KINDS.filter((kind) => kind !== 'DaemonSet');
  const wanted = [...new Map(pods.flatMap((pod) => wantedOf(pod, kinds)).map((one) => [one.uid, one])).values()];
  const found = await Promise.all(
    [...Map.groupBy(wanted, ({ kind }) => kind)].map(([kind, own]) => ofKind(kube, kind, own)),
  );
  const all = new Map(found.flat().map((object) => [object.metadata.uid, object]));
  return new Map(wanted.map(({ uid }) => [uid, all.get(uid) ?? null]));
}

function wantedOf(pod: Pod, kinds: readonly OwnerKind[]): Wanted[] {
  const { labels, namespace = 'default' } = pod.metadata;
  const owner = controllerOf(pod);
  const kind = kinds.find((one) => one === owner?.kind);
  // Operators have kinds of the same name (StatefulSet of apps.kruise.io), which are other objects.
  if (!owner || !kind || (owner.apiVersion !== undefined && !owner.apiVersion.startsWith('apps/'))) return [];
  return [{ ...owner, kind, namespace, hash: kind === 'ReplicaSet' ? labels['pod-template-hash'] : undefined }];
}

async function ofKind(kube: Readers['kube'], kind: OwnerKind, wanted: readonly Wanted[]): Promise<OwnerObject[]> {
  const spaces = new Set(wanted.map(({ namespace }) => namespace));
  const groups: readonly (readonly Wanted[])[] =
    spaces.size > NAMESPACES_APART ? [wanted] : [...Map.groupBy(wanted, ({ namespace }) => namespace).values()];
  const places = groups.flatMap((own) => {
    const [first] = own;
    const where = spaces.size > NAMESPACES_APART || !first ? {} : { namespace: first.namespace };
    return selectorsOf(own).map((selector) => ({ ...where, ...selector }));
  });
  return (await Promise.all(places.map((place) => list(kube, schemas[kind], kind, place)))).flat();
}

function selectorsOf(own: readonly Wanted[]): readonly { readonly labelSelector?: string }[] {
  // A ReplicaSet that no Deployment made has none: then all of them.
  if (own.some(({ hash }) => hash === undefined)) return [{}];
  const hashes = [...new Set(own.flatMap(({ hash }) => hash ?? []))].sort();
  const parts = Array.from({ length: Math.ceil(hashes.length / HASHES_AT_ONCE) }, (_, part) =>
    hashes.slice(part * HASHES_AT_ONCE, (part + 1) * HASHES_AT_ONCE),
  );
  return parts.map((part) => ({ labelSelector: `pod-template-hash in (${part.join(',')})` }));
}

/** Why no other pod would start in the place of this one; `undefined`: its controller starts one. */
export function endsForGood(pod: Pod, owners: Owners): string | undefined {
  const owner = controllerOf(pod);
  if (!owner) return 'it has no controller';
  const object = owners.get(owner.uid);
  if (object === undefined) return undefined;
  const name = `${owner.kind} ${owner.name}`;
  if (object === null) return `${name} does not exist any more`;
  if (object.metadata.deletionTimestamp) return `${name} is being deleted`;
  return wantsNoOther(pod, name, object);
}

function wantsNoOther({ metadata }: Pod, name: string, object: OwnerObject): string | undefined {
  const { replicas } = object.spec;
  switch (object.kind) {
    case 'DaemonSet':
      return undefined;
    case 'ReplicaSet': {
      if (replicas > 0 && object.status.replicas <= replicas) return undefined;
      return replicas === 0
        ? `${name} is scaled to 0`
        : `${name} has ${plural(object.status.replicas, 'pod')} and wants ${replicas}`;
    }
    case 'StatefulSet': {
      return ordinalOf(metadata.name) < (object.spec.ordinals?.start ?? 0) + replicas
        ? undefined
        : `${name} is scaled to ${replicas}`;
    }
  }
}
