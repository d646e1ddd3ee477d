import * as z from 'zod';
import type { Json, ObjectRef } from '../action.ts';
import { digestOf } from '../change.ts';
import { PLAN_ANNOTATION } from '../changes/annotate.ts';
import { changedFields } from '../changes/marks.ts';
import type { Step } from '../plan.ts';
import type { Readers } from '../readers.ts';
import { cordonLeft, isCordonedAnew } from './cordoned.ts';
import type { Deed } from './lineage.ts';

const Seen = z.looseObject({
  metadata: z.looseObject({ uid: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({ template: z.json().optional() }).optional(),
});
type Seen = z.infer<typeof Seen>;

/**
 * What a patch left behind where its marks do not say it all: of a whole pod template a digest, since a template holds
 * secrets; of an object that was created likewise its spec; of a cordon whose it is. From the answer to the request, or from the object when somebody says that it arrived.
 */
export function leftBy(deed: Deed, object: unknown): Pick<Step, 'template' | 'spec' | 'cordon'> {
  const seen = Seen.safeParse(object).data;
  const template = replacesTemplate(deed) ? templateOf(seen) : undefined;
  const spec = deed.step.verb === 'create' ? specOf(seen) : undefined;
  const cordon = cordonLeft(deed.step, object);
  return {
    ...(template === undefined ? {} : { template }),
    ...(spec === undefined ? {} : { spec }),
    ...(cordon ? { cordon } : {}),
  };
}

function replacesTemplate({ plan, step: { verb, changes = [] } }: Deed): boolean {
  return verb === 'patch' && changes.some((index) => plan.changes[index]?.verb === 'undo');
}

function templateOf(object: Seen | undefined): string | undefined {
  const template = object?.spec?.template;
  return template === undefined ? undefined : digestOf(template as Json);
}

function specOf(object: Seen | undefined): string | undefined {
  return object?.spec === undefined ? undefined : digestOf(object.spec);
}

/**
 * What somebody has changed since these were done, in the very fields that they changed: none, and what they left behind
 * is still there. Throws `ReadFailure`.
 */
export async function changedSince(kube: Readers['kube'], deeds: ReadonlyMap<string, Deed>): Promise<string[]> {
  const changes: string[] = [];
  for (const [name, deed] of deeds) {
    const { object } = deed.step;
    if (object) changes.push(...differences(name, deed, await read(kube, object)));
  }
  return changes;
}

async function read(kube: Readers['kube'], { kind, name, namespace }: ObjectRef): Promise<Seen | null> {
  const found = await kube.find(kind, name, { fresh: true, ...(namespace === undefined ? {} : { namespace }) });
  return found === null ? null : Seen.parse(found);
}

function differences(name: string, deed: Deed, now: Seen | null): string[] {
  switch (deed.step.verb) {
    case 'create':
      if (now === null) return [`${name} is not there any more`];
      if (now.metadata.annotations[PLAN_ANNOTATION] !== deed.plan.id)
        return [`${name} was made by somebody else since`];
      if (deed.step.spec === undefined) return [`whether somebody has changed ${name} since cannot be told`];
      return deed.step.spec === specOf(now) ? [] : [`somebody has changed ${name} since`];
    case 'delete':
      // Another pod of the name is what a controller is for.
      if (deed.step.object?.kind === 'Pod' || now === null || now.metadata.uid === deed.step.uid) return [];
      return [`${name} was made by somebody else since`];
    case 'patch':
      return now === null ? [`${name} does not exist any more`] : differentFields(name, deed, now);
    default:
      return [];
  }
}

function differentFields(name: string, deed: Deed, now: Seen): string[] {
  const { uid, template, marks = [], notOurs } = deed.step;
  if (now.metadata.uid !== uid) return [`${name} is another one of the same name now`];
  if (replacesTemplate(deed)) {
    if (template === undefined)
      return [`whether somebody has changed the pod template of ${name} since cannot be told`];
    if (template !== templateOf(now)) return [`somebody has changed the pod template of ${name} since`];
  }
  if (notOurs) return [`whether what was changed at ${name} is ours is not known`];
  const changed = changedFields(marks, now).map(
    ({ path, now: value, meant }) =>
      `${name} ${path} is ${value ?? 'absent'} now, and was left as ${meant ?? 'absent'}`,
  );
  if (changed.length > 0) return changed;
  return isCordonedAnew(deed.step, now) ? [`${name} was uncordoned since, and cordoned anew`] : [];
}
