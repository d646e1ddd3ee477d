import type { Action } from '../action.ts';
import { changedFields } from '../changes/marks.ts';
import type { DiffLine } from '../changes/rules.ts';
import type { Plan, Step } from '../plan.ts';
import { redact } from '../redact.ts';
import { differences } from '../rehearsal.ts';

/**
 * What a request has left otherwise than was meant, though the API server took it: the rehearsal promised nothing, because
 * a webhook that answers otherwise, or is not asked, in a dry run changes what is stored. Compared as the rehearsal's answer
 * is. With it the marks as they are now: an undo goes by what is there. Empty where all is as meant.
 */
export function leftOtherwise(
  { marks }: Pick<Step, 'marks'>,
  action: Action,
  object: unknown,
): Pick<Step, 'otherwise' | 'marks'> {
  const otherwise = differences(action, object).map(redact);
  if (otherwise.length === 0) return {};
  const different = new Map(changedFields(marks ?? [], object).map(({ path, now }) => [path, now]));
  const valueAt = ({ path, after }: DiffLine) => (different.has(path) ? (different.get(path) ?? null) : after);
  const left = marks?.map((mark) => ({ ...mark, after: valueAt(mark) }));
  return { otherwise, ...(left ? { marks: left } : {}) };
}

/** All of it that was done otherwise than shown, in words; `undefined`: nothing was. */
export function otherwiseIn({ steps }: Pick<Plan, 'steps'>): string | undefined {
  const each = steps.flatMap(({ action, otherwise }) => (otherwise ? [`${action}: ${otherwise.join('; ')}`] : []));
  return each.length === 0 ? undefined : each.join('; ');
}

/** Of a plan, or of one of its requests. */
export function otherwiseWords(what: string): string {
  return `applied, but otherwise than shown: ${what}`;
}
