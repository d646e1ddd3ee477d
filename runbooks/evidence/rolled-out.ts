import * as z from 'zod';
import { duration, secondsSince } from './node-words.ts';

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

/** What is asked and told each minute may be a minute off, and so may the trouble's beginning, on both sides (judgement). */
const AROUND_SECONDS = 120;

/**
 * Why this version did not bring the trouble: there is none before it, it is older than the trouble by more than
 * `newSeconds`, or it came after it, and then it may be somebody's answer to it.
 */
export function whyInnocent(
  { revision, madeAt }: Pick<NonNullable<RolledOut>, 'revision' | 'madeAt'>,
  troubleAt: Date,
  newSeconds: number,
): string | undefined {
  if (revision < 2) return `revision ${revision} is the first one: there is no earlier revision`;
  const olderSeconds = secondsSince(madeAt, troubleAt);
  if (olderSeconds > newSeconds)
    return `revision ${revision} is ${duration(olderSeconds)} older than the trouble: going back would change something else`;
  if (olderSeconds < -AROUND_SECONDS)
    return `revision ${revision} came ${duration(-olderSeconds)} after the trouble had begun: it may be somebody's answer to it`;
  return undefined;
}
