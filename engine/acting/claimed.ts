import * as z from 'zod';
import { FIELD_MANAGER } from '../action.ts';
import type { DiffLine } from '../changes/rules.ts';
import type { Step } from '../plan.ts';

/** Our clock and that of the API server may differ by so much. */
const APART_MS = 30_000;

const Managed = z.object({
  metadata: z.object({
    managedFields: z.array(z.object({ manager: z.string().default(''), time: z.string().optional() })).default([]),
  }),
});

/**
 * Whether what is there does not bear our name: nobody saw the answer to a patch, a person says that it was applied, and
 * somebody else may have made the same change since. Every write of ours is entered in `metadata.managedFields`, with its
 * time; one that only takes fields away leaves no entry (a `false` that is the default is not stored either: `unschedulable`,
 * `paused`), and of an object without any nothing can be told.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
 */
export function isNotOurs({ verb, marks = [], at = '' }: Step, object: unknown): boolean {
  if (verb !== 'patch' || !marks.some(leavesEntry)) return false;
  const managed = Managed.safeParse(object).data?.metadata.managedFields ?? [];
  const since = Date.parse(at) - APART_MS;
  const ours = managed.some(({ manager, time }) => manager === FIELD_MANAGER && !(Date.parse(time ?? '') < since));
  return managed.length > 0 && !ours;
}

function leavesEntry({ after }: DiffLine): boolean {
  return after !== null && after !== 'false';
}
