import type { Json } from '../action.ts';
import { redactAt } from '../redact.ts';
import { textOf } from './drafts.ts';
import { sameQuantity } from './quantity.ts';
import type { DiffLine } from './rules.ts';
import { taintText } from './taint.ts';

/**
 * Whether an object has the fields as a change meant them, or still as they were before. `cannot-tell`: some of both, or
 * neither, because somebody else has changed them since. The lines are redacted, so what is there is redacted as well.
 */
export function fieldsArrived(marks: readonly DiffLine[], object: unknown): 'yes' | 'no' | 'cannot-tell' {
  const looks = marks.map(({ path, before, after }) => {
    const now = textAt(object, path);
    const [asMeant, asBefore] = [same(now, after, path), same(now, before, path)];
    return asMeant === asBefore ? 'neither' : asMeant ? 'meant' : 'before';
  });
  if (looks.length > 0 && looks.every((look) => look === 'meant')) return 'yes';
  if (looks.length > 0 && looks.every((look) => look === 'before')) return 'no';
  return 'cannot-tell';
}

/** The fields that are not as the change meant them. Redacted. */
export function changedFields(marks: readonly DiffLine[], object: unknown) {
  return marks.flatMap(({ path, after }) => {
    const now = textAt(object, path);
    return same(now, after, path) ? [] : [{ path, now: now === null ? null : redactAt(path, now), meant: after }];
  });
}

/** `spec.taints[key:NoSchedule]`, `metadata.annotations[a.b/c]`, `spec.containers[web].image`: as diffs name fields. */
function textAt(object: unknown, path: string): string | null {
  const steps = [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, inBrackets, plain]) => inBrackets ?? plain ?? '',
  );
  const found = steps.reduce<unknown>(fieldOf, object);
  return found === undefined ? null : textOf(isTaint(found) ? taintText(found) : (found as Json));
}

function fieldOf(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return value.find((item) => item?.name === step || (isTaint(item) && keyOf(item) === step));
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[step] : undefined;
}

interface Tainted {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

function isTaint(value: unknown): value is Tainted {
  return value !== null && typeof value === 'object' && 'key' in value && 'effect' in value;
}

function keyOf({ key, effect }: Tainted): string {
  return `${key}:${effect}`;
}

/** Go leaves zero values out of an answer; an amount may be written otherwise than it was asked for. */
function same(now: string | null, then: string | null, path: string): boolean {
  const text = now === null ? null : redactAt(path, now);
  if (text === null || then === null) return isNothing(text) && isNothing(then);
  return text === then || (AMOUNT.test(path) && sameQuantity(text, then));
}

const AMOUNT = /\.(?:requests|limits)[.[]/;

function isNothing(text: string | null): boolean {
  return text === null || text === 'false' || text === '0' || text === '';
}
