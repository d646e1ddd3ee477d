import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import { isWorkload, Pod, selectorOf } from './pods.ts';
import { type AnyTarget, namespaceOf } from './target.ts';

const Meta = z.object({
  name: z.string(),
  creationTimestamp: z.string(),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
  managedFields: z
    .array(
      z.object({ manager: z.string().default(''), time: z.string().optional(), subresource: z.string().optional() }),
    )
    .default([]),
});

/** A Deployment, StatefulSet, DaemonSet or ReplicaSet: how far it is, and who changed what it shall be. */
const Workload = z
  .object({
    kind: z.string(),
    object: z.object({
      metadata: Meta,
      spec: z.object({ replicas: z.number().optional() }).default({}),
      status: z
        .object({
          desiredNumberScheduled: z.number().optional(),
          readyReplicas: z.number().optional(),
          numberReady: z.number().optional(),
          conditions: z
            .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
            .default([]),
        })
        .prefault({}),
    }),
  })
  .transform(({ kind, object: { metadata, spec, status } }) => ({
    kind,
    name: metadata.name,
    wanted: status.desiredNumberScheduled ?? spec.replicas ?? 1,
    ready: status.numberReady ?? status.readyReplicas ?? 0,
    /** Why no more pods can be made for it: a quota, an admission webhook, a ServiceAccount that is gone. */
    refused: status.conditions.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True')?.message,
    // Who writes a status changes nothing; who scales, changes no version. Servers before 1.22 do not tell them apart.
    changed: metadata.managedFields
      .filter(({ manager, subresource }) => !subresource && manager !== 'kube-controller-manager')
      .flatMap(({ manager, time }) => (time ? [{ by: manager, at: time }] : []))
      .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))[0],
  }));
/** `null`: the target belongs to none. */
export const MaybeWorkload = Workload.nullable();
export type WorkloadView = z.infer<typeof Workload>;

/** The workload behind the target: itself, or what the pod's owners lead to. */
export async function readWorkload({ kube }: Readers, target: AnyTarget): Promise<unknown> {
  const namespace = namespaceOf(target);
  if (namespace === undefined) return null;
  let [kind, name] = await startOf(kube, target, namespace);
  // A ReplicaSet belongs to a Deployment, which is what people change.
  for (let step = 0; step < 2; step += 1) {
    if (!isWorkload(kind)) return null;
    const object = await kube.find(kind, name, { namespace });
    if (object === null) return null;
    const owner = z.object({ metadata: Meta }).parse(object).metadata.ownerReferences[0];
    if (kind !== 'ReplicaSet' || owner === undefined || !isWorkload(owner.kind)) return { kind, object };
    [kind, name] = [owner.kind, owner.name];
  }
  return null;
}

async function startOf(kube: Readers['kube'], target: AnyTarget, namespace: string): Promise<[string, string]> {
  if (target.kind === 'Object') return [target.resource, target.name];
  if (target.kind !== 'Pod') return ['', ''];
  const { owner } = Pod.parse(await kube.get('Pod', target.name, { namespace }));
  return [owner?.kind ?? '', owner?.name ?? ''];
}

const Version = z
  .object({
    metadata: Meta,
    spec: z.object({ replicas: z.number().default(1) }).default({ replicas: 1 }),
    status: z.object({ readyReplicas: z.number().default(0) }).default({ readyReplicas: 0 }),
  })
  .transform(({ metadata, spec, status }) => ({
    name: metadata.name,
    createdAt: metadata.creationTimestamp,
    revision: Number(metadata.annotations['deployment.kubernetes.io/revision'] ?? 0),
    wanted: spec.replicas,
    ready: status.readyReplicas,
    /** It was the newest once before: its rollout is younger than itself. */
    isTakenAgain: 'deployment.kubernetes.io/revision-history' in metadata.annotations,
  }));
/** Of a Deployment, the newest first; `null`: it is none. */
export const Versions = z
  .object({ items: z.array(Version) })
  .transform(({ items }) => {
    const once = new Map(items.map((version) => [version.name, version]));
    return [...once.values()].sort((one, other) => other.revision - one.revision);
  })
  .nullable();
export type VersionView = z.infer<typeof Version>;

/** Deployments keep ten old versions unless told otherwise (revisionHistoryLimit). */
const SOME_VERSIONS = 20;

export async function readVersions(readers: Readers, target: AnyTarget): Promise<unknown> {
  const found = (await readWorkload(readers, target)) as { kind: string; object: unknown } | null;
  const namespace = namespaceOf(target);
  if (found?.kind !== 'Deployment' || namespace === undefined) return null;
  const labelSelector = selectorOf('Deployment', found.object);
  return readers.kube.list('ReplicaSet', { namespace, labelSelector, limit: SOME_VERSIONS, fresh: true });
}
