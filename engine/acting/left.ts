import * as z from 'zod';
import type { Action, Json, JsonObject, ObjectRef } from '../action.ts';
import { digestOf } from '../change.ts';
import { PLAN_ANNOTATION } from '../changes/annotate.ts';
import { nameOf } from '../changes/drafts.ts';
import { changedFields } from '../changes/marks.ts';
import type { Plan, Step } from '../plan.ts';
import type { Readers } from '../readers.ts';

const Seen = z.looseObject({
  metadata: z.looseObject({ uid: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({ template: z.json().optional() }).optional(),
});
type Seen = z.infer<typeof Seen>;

/**
 * Of an answer to a request that replaced a whole pod template: what was left behind, as a digest, since a template
 * holds secrets. `undefined`: the request did no such thing.
 */
export function templateLeft(action: Action, answer: unknown): string | undefined {
  if (action.verb !== 'patch') return undefined;
  const template = (action.body.spec as JsonObject | undefined)?.template as JsonObject | undefined;
  return template?.$patch === 'replace' ? templateOf(Seen.safeParse(answer).data) : undefined;
}

function templateOf(object: Seen | undefined): string | undefined {
  const template = object?.spec?.template;
  return template === undefined ? undefined : digestOf(template as Json);
}

/**
 * What somebody has changed since this plan was carried out, in the very fields that it changed: none, and what it left
 * behind is still there. Throws `ReadFailure`.
 */
export async function changedSince(kube: Readers['kube'], { id, steps }: Pick<Plan, 'id' | 'steps'>) {
  const done = steps.filter(({ state }) => state === 'done');
  // Of several writes to one object the last is what it left.
  const last = new Map(done.flatMap((step) => (step.object ? [[nameOf(step.object), step] as const] : [])));
  const changes: string[] = [];
  for (const [name, step] of last) {
    if (step.object) changes.push(...differences(name, step, await read(kube, step.object), id));
  }
  return changes;
}

async function read(kube: Readers['kube'], { kind, name, namespace }: ObjectRef): Promise<Seen | null> {
  const found = await kube.find(kind, name, { fresh: true, ...(namespace === undefined ? {} : { namespace }) });
  return found === null ? null : Seen.parse(found);
}

function differences(name: string, step: Step, now: Seen | null, plan: string): string[] {
  if (step.verb === 'create') {
    if (now === null) return [`${name} is not there any more`];
    return now.metadata.annotations[PLAN_ANNOTATION] === plan ? [] : [`${name} was made by somebody else since`];
  }
  if (step.verb !== 'patch') return [];
  if (now === null) return [`${name} does not exist any more`];
  if (now.metadata.uid !== step.uid) return [`${name} is another one of the same name now`];
  if (step.template !== undefined && step.template !== templateOf(now)) {
    return [`somebody has changed the pod template of ${name} since`];
  }
  return changedFields(step.marks ?? [], now).map(
    ({ path, now: value, meant }) =>
      `${name} ${path} is ${value ?? 'absent'} now, and was left as ${meant ?? 'absent'}`,
  );
}
