import * as z from 'zod';
import type { ObjectRef, WritableKind } from '../action.ts';
import type { ChangeOf } from '../change.ts';
import type { Kind } from '../readers.ts';
import { cannot, line, nameOf, nothingToDo, patchOf } from './drafts.ts';
import { find } from './look.ts';
import { Meta } from './objects.ts';
import { right } from './rights.ts';
import type { CompileContext, Compiled, VerbRules } from './rules.ts';

/** On what we created: the plan that did. What does not carry it is never deleted. */
export const PLAN_ANNOTATION = 'nightshift.dev/plan';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set */
const OURS = /^nightshift\.dev\/[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const writable: Readonly<Record<WritableKind, { readonly namespaced: boolean }>> = {
  Node: { namespaced: false },
  Pod: { namespaced: true },
  Deployment: { namespaced: true },
  StatefulSet: { namespaced: true },
  DaemonSet: { namespaced: true },
  FlowSchema: { namespaced: false },
  PriorityLevelConfiguration: { namespaced: false },
};
const kinds = Object.keys(writable) as WritableKind[];

const Annotated = z.object({ metadata: Meta });

async function compile({ object, key, value }: ChangeOf<'annotate'>, { kube }: CompileContext): Promise<Compiled> {
  if (!OURS.test(key)) return cannot(`only annotations under nightshift.dev/ may be set, not ${key}`);
  if (key === PLAN_ANNOTATION) return cannot(`${key} marks what a plan created; it is not set by hand`);
  const { kind, name } = object;
  if (!isWritable(kind)) return cannot(`a ${kind} cannot be annotated, only ${kinds.join(', ')}`);
  const ref: ObjectRef = writable[kind].namespaced
    ? { kind, name, namespace: object.namespace ?? 'default' }
    : { kind, name };
  const found = await find(kube, Annotated, kind, name, ref.namespace);
  if (!found) return cannot(`${nameOf(ref)} does not exist`);
  const before = found.metadata.annotations[key] ?? null;
  if (before === value)
    return nothingToDo(`${nameOf(ref)} ${value === null ? 'has no' : 'already has that'} annotation ${key}`);
  return {
    actions: [patchOf(ref, found.metadata, { metadata: { annotations: { [key]: value } } })],
    diff: [line(ref, `metadata.annotations[${key}]`, before, value)],
    effects: ['a note on the object: nothing runs otherwise'],
    blocked: [],
    inverse: [{ verb: 'annotate', object, key, value: before }],
  };
}

function isWritable(kind: Kind): kind is WritableKind {
  return kind in writable;
}

export const annotate: VerbRules<'annotate'> = {
  compile,
  risk: 'none',
  undoneBy: ['annotate'],
  reads: kinds.map((kind) => right('get', kind)),
  writes: kinds.map((kind) => right('patch', kind)),
  settle: { firstLookSeconds: 2, everySeconds: 5, giveUpSeconds: 60 },
};
