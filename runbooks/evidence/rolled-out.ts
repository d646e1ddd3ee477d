import * as z from 'zod';

const REVISION = 'deployment.kubernetes.io/revision';

const Owner = z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() });

/** A ReplicaSet as far as it tells which Deployment made it, and when; `null`: it is gone, or no Deployment's. */
export const RolledOut = z
  .object({
    metadata: z.object({
      creationTimestamp: z.string(),
      annotations: z.record(z.string(), z.string()).default({}),
      ownerReferences: z.array(Owner).default([]),
    }),
  })
  .nullable()
  .transform((set) => {
    const owner = set?.metadata.ownerReferences.find(({ kind, controller }) => controller && kind === 'Deployment');
    if (!set || !owner) return null;
    const { creationTimestamp: madeAt, annotations } = set.metadata;
    return { deployment: owner.name, madeAt, revision: Number(annotations[REVISION] ?? 1) };
  });
export type RolledOut = z.infer<typeof RolledOut>;
