import * as z from 'zod';
import { FIELD_MANAGER } from '../action.ts';
import type { DiffLine } from '../changes/rules.ts';
import type { Plan, Step } from '../plan.ts';

/** The clocks of two API servers may differ by so much. */
const APART_MS = 30_000;

const Managed = z.object({
  metadata: z.object({
    managedFields: z.array(z.object({ manager: z.string().default(''), time: z.string().optional() })).default([]),
  }),
});

/**
 * Whether what is there does not bear our name: nobody saw the answer to a patch, a person says that it was applied, and
 * somebody else may have made the same change since. Every write of ours is entered in `metadata.managedFields`, with its
 * time by the API server's clock, and so is its rehearsal: an entry from before that is of an earlier change. A patch that
 * only takes fields away leaves no entry (a `false` that is the default is not stored either: `unschedulable`, `paused`),
 * and of an object without any nothing can be told.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
 */
export function isNotOurs(
  { verb, marks = [] }: Step,
  { enteredAt = '' }: Pick<Plan, 'enteredAt'>,
  object: unknown,
): boolean {
  if (verb !== 'patch' || !marks.some(leavesEntry)) return false;
  const since = Date.parse(enteredAt) - APART_MS;
  const ours = timesOf(object).some((time) => !(Date.parse(time ?? '') < since));
  return managedOf(object).length > 0 && !ours;
}

/** When the API server entered our name, by its own clock: of a rehearsal's answer, now. */
export function enteredIn(object: unknown): string | undefined {
  return timesOf(object)
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1);
}

function timesOf(object: unknown): readonly (string | undefined)[] {
  return managedOf(object).flatMap(({ manager, time }) => (manager === FIELD_MANAGER ? [time] : []));
}

function managedOf(object: unknown) {
  return Managed.safeParse(object).data?.metadata.managedFields ?? [];
}

function leavesEntry({ after }: DiffLine): boolean {
  return after !== null && after !== 'false';
}
