import * as z from 'zod';

const Owner = z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() });

/** Of a pod: whose it is, and whether it is on its way out. */
export const PodMetadata = z.object({
  name: z.string(),
  namespace: z.string().default('default'),
  deletionTimestamp: z.string().nullish(),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(Owner).default([]),
});

/** Kept by its kubelet from a file: what the API server has of it is a copy. */
export function isStatic({ annotations }: z.infer<typeof PodMetadata>): boolean {
  return 'kubernetes.io/config.mirror' in annotations;
}

/** A pod as far as it matters whether it may be ended, and who makes it again. */
export const MovablePod = z
  .object({
    metadata: PodMetadata,
    spec: z.object({ nodeName: z.string().default('') }).prefault({}),
    status: z.object({ phase: z.string().default('Unknown') }).prefault({}),
  })
  .transform(({ metadata, spec, status }) => ({
    namespace: metadata.namespace,
    name: metadata.name,
    node: spec.nodeName,
    phase: status.phase,
    isStatic: isStatic(metadata),
    isEnding: Boolean(metadata.deletionTimestamp),
    owner: metadata.ownerReferences.find(({ controller }) => controller),
  }));
export type MovablePod = z.infer<typeof MovablePod>;

/** Why ending this pod would not move its work away, or would lose it. */
export function whyStay({ isEnding, isStatic, owner }: MovablePod): string | undefined {
  if (isEnding) return 'it is being ended already';
  if (isStatic) return 'it is a static pod: only its file on the machine can end it';
  if (owner === undefined) return 'it has no controller: nothing would start it again';
  if (owner.kind === 'DaemonSet') return `DaemonSet ${owner.name} would start it again on the same node`;
  return undefined;
}
