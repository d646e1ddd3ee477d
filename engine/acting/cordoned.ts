import * as z from 'zod';
import { CORDON_TAINT } from '../changes/cordon.ts';
import type { Step } from '../plan.ts';

/** The taint of a cordon may come late: while the control plane is unwell, or its clock is behind that of the API server. */
const LATE_MS = 30_000;

const Node = z.object({
  metadata: z.object({
    managedFields: z
      .array(
        z.object({
          manager: z.string().default(''),
          time: z.string().optional(),
          fieldsV1: z
            .object({ 'f:spec': z.object({ 'f:unschedulable': z.unknown() }).optional().catch(undefined) })
            .optional()
            .catch(undefined),
        }),
      )
      .default([]),
  }),
  spec: z
    .object({ taints: z.array(z.object({ key: z.string(), timeAdded: z.string().optional() })).default([]) })
    .default({ taints: [] }),
});
type Node = z.infer<typeof Node>;

/**
 * Of the answer to a cordon: who had the field then, and since when. `undefined`: it was no cordon, or the cluster does
 * not say.
 */
export function cordonLeft({ marks = [] }: Step, answer: unknown): Step['cordon'] {
  const isCordon = marks.some(({ path, after }) => path === 'spec.unschedulable' && after === 'true');
  const node = isCordon ? Node.safeParse(answer).data : undefined;
  return node && ownerOf(node);
}

/**
 * Whether a node that was cordoned and is cordoned is so by somebody else's word: it was uncordoned in between. The field
 * itself cannot tell. Its owner can, where that is another one; of one and the same, which may have written something
 * else since, the taint of the cordon tells.
 */
export function isCordonedAnew({ cordon }: Step, object: unknown): boolean {
  const node = Node.safeParse(object).data;
  const owner = node && ownerOf(node);
  if (!cordon || !node || !owner) return false;
  if (owner.by !== cordon.by) return true;
  const taintedMs = Date.parse(node.spec.taints.find(({ key }) => key === CORDON_TAINT)?.timeAdded ?? '');
  return owner.at !== cordon.at && taintedMs > Date.parse(cordon.at) + LATE_MS;
}

/** Whoever wrote it last: to write the same again changes no owner. */
function ownerOf({ metadata }: Node): Step['cordon'] {
  const owners = metadata.managedFields.filter(({ fieldsV1 }) => {
    const spec = fieldsV1?.['f:spec'];
    return spec !== undefined && 'f:unschedulable' in spec;
  });
  const [owner] = owners.sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1));
  return owner?.time === undefined ? undefined : { by: owner.manager, at: owner.time };
}
