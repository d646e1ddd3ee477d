import type { Action, Json, JsonObject, ObjectRef } from '../action.ts';
import type { Workload } from '../change.ts';
import type { Meta } from './objects.ts';
import type { Compiled, DiffLine } from './rules.ts';

/** It is as wanted already: nothing is done, nothing has to be taken back. */
export function nothingToDo(because: string): Compiled {
  return { actions: [], diff: [], effects: [because], blocked: [], inverse: [] };
}

/** It cannot be done as things stand. */
export function cannot(...blocked: readonly string[]): Compiled {
  return { actions: [], diff: [], effects: [], blocked, inverse: [] };
}

type Patch = Extract<Action, { readonly verb: 'patch' }>;

/**
 * A patch of exactly this object as it was read. It holds only the fields that change: nothing else makes the round
 * trip through JavaScript, whose numbers are exact up to 2^53 only.
 */
export function patchOf(
  object: ObjectRef,
  read: Meta,
  fields: JsonObject & { readonly metadata?: JsonObject },
  how: Pick<Patch, 'type' | 'subresource'> = { type: 'merge' },
): Patch {
  const metadata = { ...fields.metadata, uid: read.uid, resourceVersion: read.resourceVersion };
  return { verb: 'patch', object, ...how, body: { ...fields, metadata } };
}

/** `Deployment shop/web`, `Node worker-3` */
export function nameOf({ kind, namespace, name }: Workload | ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

export function line(
  object: Workload | ObjectRef,
  path: string,
  before: Json | undefined,
  after: Json | undefined,
): DiffLine {
  return { object: nameOf(object), path, before: textOf(before), after: textOf(after) };
}

/** A field below a path; a name with dots of its own (`nvidia.com/gpu`) stands in brackets. */
export function fieldOf(path: string, name: string): string {
  return /[./]/.test(name) ? `${path}[${name}]` : `${path}.${name}`;
}

export function textOf(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** "1 pod", "3 pods" */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
