import type { Json, JsonObject } from '../../../../../engine/action.ts';
import { canonicalJson, type Taint } from '../../../../../engine/change.ts';
import { type Wrote, withDeeds } from '../../deeds.ts';
import { taintName } from '../../taints.ts';
import { badRequest, type Failure, notFound } from '../status.ts';
import type { KubeObject } from '../values.ts';
import { asWritten, keyOfObject } from '../written.ts';
import {
  apiVersionOf,
  dryRunOfQuery,
  isFailure,
  namedIn,
  type Outcome,
  parsed,
  plain,
  present,
  type Result,
  type WriteAsked,
} from './asked.ts';
import { decoded, WrongType, withDefaults } from './decode.ts';
import { difference, entriesChanged } from './difference.ts';
import { invalid, modified, unknownMediaType, unreadable } from './failures.ts';
import { at, isList, isObject, withAt } from './json.ts';
import { mergePatch, strategicPatch, UnusablePatch } from './patch.ts';
import { type Shape, shapeOf } from './shapes.ts';
import { problemsOf, type Wrong } from './validate.ts';

/** PATCH of an object: the fields a remedy touches, with the API server's own care about everything else. */
export function patchObject(asked: WriteAsked): Result {
  const current = present(asked);
  if (!current) return notFound({ verb: 'patch', ...asked.place });
  const patched = patchedObject(asked, plain(current), shapeOf(asked.resource.kind));
  if (isFailure(patched)) return patched;
  const { before, after, dryRun } = patched;
  const problems = [...immutable(asked.resource.kind, before, after), ...problemsOf(asked.resource.kind, after)];
  if (problems.length > 0) return invalid(namedIn(asked), problems);
  const deed = deedOf(asked, current, before, after);
  if (!deed) return { status: 200, object: current, deeds: [] };
  return answer(asked, current, after, deed, dryRun);
}

export interface Patched {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly dryRun: boolean;
}

/** Applies the patch and reads the result as an object of this shape, of the same name, and not outdated. */
export function patchedObject(asked: WriteAsked, current: JsonObject, shape: Shape): Patched | Failure {
  const dryRun = dryRunOfQuery(asked, 'PatchOptions');
  if (typeof dryRun !== 'boolean') return dryRun;
  const merge = asked.contentType.startsWith('application/merge-patch+json');
  if (!merge && !asked.contentType.startsWith('application/strategic-merge-patch+json')) return unknownMediaType;
  const read = parsed(asked.body);
  if (isFailure(read)) return read;
  if (!isObject(read.json)) return badRequest(`a patch is a JSON object, not ${asked.body.slice(0, 80)}`);
  try {
    const raw = merge ? mergePatch(current, read.json) : strategicPatch(current, read.json, shape);
    const [before, after] = [normal(current, shape), normal(raw, shape)];
    return outdated(asked, before, after, read.json) ?? { before, after, dryRun };
  } catch (thrown) {
    if (thrown instanceof WrongType) return unreadable(read.json, thrown.message);
    if (thrown instanceof UnusablePatch) return { code: 500, message: thrown.message };
    throw thrown;
  }
}

function normal(raw: Json, shape: Shape): JsonObject {
  const object = decoded(raw, shape);
  if (!isObject(object)) throw new WrongType('an object cannot be replaced by something else');
  const template = at(object, 'spec.template');
  return isObject(template) ? withAt(object, 'spec.template', withDefaults(template)) : object;
}

function outdated(asked: WriteAsked, before: JsonObject, after: JsonObject, patch: JsonObject): Failure | undefined {
  const [name, asNamed] = [at(after, 'metadata.name'), at(before, 'metadata.name')];
  if (name !== asNamed) {
    return badRequest(`the name of the object (${name}) does not match the name on the URL (${asNamed})`);
  }
  const other = ['kind', 'apiVersion'].find((field) => after[field] !== before[field]);
  if (other !== undefined) return unreadable(patch, `${other} is ${before[other]}, not ${after[other]}`);
  const version = at(after, 'metadata.resourceVersion');
  return version === at(before, 'metadata.resourceVersion') ? undefined : modified(namedIn(asked));
}

const WRITABLE: Readonly<Record<string, readonly string[]>> = {
  Node: ['unschedulable', 'taints'],
  Deployment: ['replicas', 'paused', 'template'],
  StatefulSet: ['replicas', 'template'],
  DaemonSet: ['template'],
};

/** Fields that cannot be changed, to the API server or to this practice cluster. */
function immutable(kind: string, before: JsonObject, after: JsonObject): Wrong[] {
  const uid = at(after, 'metadata.uid');
  const [was, is] = [before.spec, after.spec].map((spec) => (isObject(spec) ? spec : {}));
  const keys = new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})]);
  const fixed = [...keys].filter((key) => !WRITABLE[kind]?.includes(key));
  const changed = fixed.filter((key) => canonicalJson(was?.[key] ?? null) !== canonicalJson(is?.[key] ?? null));
  return [
    ...(uid === at(before, 'metadata.uid')
      ? []
      : [wrong('Invalid', 'metadata.uid', `Invalid value: ${JSON.stringify(uid)}: field is immutable`)]),
    ...changed.map((key) =>
      wrong('Forbidden', `spec.${key}`, 'Forbidden: the practice cluster takes no change of this field'),
    ),
  ];
}

function wrong(reason: Wrong['reason'], field: string, message: string): Wrong {
  return { reason, field, message };
}

/** What the patch comes to. `undefined`: nothing changed, so nothing was done. */
function deedOf(asked: WriteAsked, current: KubeObject, before: JsonObject, after: JsonObject): Wrote | undefined {
  const textAt = (object: JsonObject, path: string) => canonicalJson(at(object, path) ?? null);
  const changed = (path: string) => textAt(before, path) !== textAt(after, path);
  const annotations = entriesChanged(at(before, 'metadata.annotations'), at(after, 'metadata.annotations'));
  const labels = entriesChanged(at(before, 'metadata.labels'), at(after, 'metadata.labels'));
  const taints = taintsChanged(at(before, 'spec.taints'), at(after, 'spec.taints'));
  const { replicas, paused, template, unschedulable } = isObject(after.spec) ? after.spec : {};
  const fields = {
    ...(annotations ? { annotations } : {}),
    ...(labels ? { labels } : {}),
    ...(taints ? { taints } : {}),
    ...(changed('spec.unschedulable') ? { unschedulable: unschedulable === true } : {}),
    ...(changed('spec.replicas') && typeof replicas === 'number' ? { replicas } : {}),
    ...(changed('spec.paused') ? { paused: paused === true } : {}),
    ...(changed('spec.template') && isObject(template) ? { template } : {}),
  };
  if (Object.keys(fields).length === 0) return undefined;
  const wrote = wroteIn(before, after);
  return {
    did: 'write',
    about: keyOfObject(asked.resource.kind, current),
    at: asked.at,
    by: asked.by,
    ...fields,
    wrote,
  };
}

/** The changed fields in their places, without what no manager owns. */
function wroteIn(before: JsonObject, after: JsonObject): object {
  const parts = ['metadata.annotations', 'metadata.labels', 'spec'];
  return parts.reduce<JsonObject>((all, path) => {
    const inner = difference(at(before, path), at(after, path) ?? {});
    return isObject(inner) && Object.keys(inner).length > 0 ? withAt(all, path, inner) : all;
  }, {});
}

function taintsChanged(before: Json | undefined, after: Json | undefined): Record<string, Taint | null> | undefined {
  const [was, is] = [before, after].map((list) => new Map(taintList(list).map((taint) => [taintName(taint), taint])));
  const names = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])];
  const changed = names.filter(
    (name) => was?.get(name)?.value !== is?.get(name)?.value || was?.has(name) !== is?.has(name),
  );
  return changed.length === 0 ? undefined : Object.fromEntries(changed.map((name) => [name, is?.get(name) ?? null]));
}

function taintList(list: Json | undefined): Taint[] {
  return (isList(list) ? list : []).flatMap((item): Taint[] => {
    const [key, effect, value] = [at(item, 'key'), at(item, 'effect'), at(item, 'value')];
    if (typeof key !== 'string' || !isEffect(effect)) return [];
    return [{ key, effect, ...(typeof value === 'string' && value !== '' ? { value } : {}) }];
  });
}

function isEffect(effect: Json | undefined): effect is Taint['effect'] {
  return effect === 'NoSchedule' || effect === 'PreferNoSchedule' || effect === 'NoExecute';
}

/** The object as it is stored, or would be: its status is still the old one, and no controller has seen it yet. */
function answer(asked: WriteAsked, current: KubeObject, after: JsonObject, deed: Wrote, dryRun: boolean): Outcome {
  const { generation } = current.metadata;
  const counts = typeof generation === 'number' && (deed.replicas ?? deed.paused ?? deed.template) !== undefined;
  const { metadata, ...rest } = after as unknown as KubeObject;
  const next = { ...rest, metadata: { ...metadata, ...(counts ? { generation: generation + 1 } : {}) } };
  const apiVersion = apiVersionOf(asked.resource);
  const stored = asWritten(withDeeds(asked.facts, deed), asked.resource.kind, apiVersion, next);
  if (!dryRun) return { status: 200, object: stored, deeds: [deed] };
  const { resourceVersion } = current.metadata;
  return { status: 200, object: { ...stored, metadata: { ...stored.metadata, resourceVersion } }, deeds: [] };
}
