import type { Action } from '../action.ts';
import { type ChangeOf, canonicalJson, type FlowSubject } from '../change.ts';
import { cannot, line, nothingToDo } from './drafts.ts';
import {
  FlowSchema,
  flowName,
  isOurs,
  levelBody,
  PRECEDENCE,
  PriorityLevel,
  schemaBody,
  sharesOf,
  subjectOf,
  takesAll,
} from './flow-objects.ts';
import { find, list } from './look.ts';
import { right } from './rights.ts';
import type { CompileContext, Compiled, VerbRules } from './rules.ts';

type Isolate = ChangeOf<'isolate-flow'>;

/** https://kubernetes.io/docs/concepts/cluster-administration/flow-control/ */
async function isolate({ flow, subject, shares, from }: Isolate, { kube, plan }: CompileContext): Promise<Compiled> {
  const name = flowName(flow);
  if (!/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    return cannot(`${name} cannot be the name of a flow schema`);
  if (!Number.isSafeInteger(shares) || shares < 1) return cannot(`a priority level cannot have ${shares} shares`);
  const [schemas, levels] = await Promise.all([
    list(kube, FlowSchema, 'FlowSchema'),
    list(kube, PriorityLevel, 'PriorityLevelConfiguration'),
  ]);
  const schema = schemas.find(({ metadata }) => metadata.name === name);
  const level = levels.find(({ metadata }) => metadata.name === name);
  const blocked = [
    ...(level && (!isOurs(level) || sharesOf(level) !== shares) ? [`there is another priority level ${name}`] : []),
    ...(schema && (!isOurs(schema) || canonicalJson(subjectOf(schema)) !== canonicalJson(subject))
      ? [`there is another flow schema ${name}`]
      : []),
    ...schemas
      .filter((other) => goesBefore(other, name) && (other.metadata.name === from || takesAll(other, subject)))
      .map(wouldTake),
  ];
  if (blocked.length > 0) return cannot(...blocked);
  if (schema && level) return nothingToDo(`${name} already is a priority level of its own`);
  const others = levels.filter((one) => one !== level).reduce((sum, one) => sum + sharesOf(one), 0);
  return {
    actions: [
      ...(level ? [] : [create('PriorityLevelConfiguration', name, levelBody(name, plan, shares))]),
      ...(schema ? [] : [create('FlowSchema', name, schemaBody(name, plan, subject))]),
    ],
    diff: [
      ...(level
        ? []
        : [added('PriorityLevelConfiguration', name, 'spec.limited.nominalConcurrencyShares', `${shares}`)]),
      ...(schema ? [] : [added('FlowSchema', name, 'spec.rules[0].subjects[0]', textOf(subject))]),
      ...(schema ? [] : [added('FlowSchema', name, 'spec.matchingPrecedence', `${PRECEDENCE}`)]),
    ],
    effects: [
      `requests of ${textOf(subject)} get ${shares} of ${others + shares} shares of what the API server does at once (${percent(shares, others)}), a little less for all others`,
      '50 of its requests wait in a queue; more are answered with 429 until it slows down',
      'members of system:masters are exempt and notice nothing',
    ],
    blocked: [],
    material: others,
    inverse: [{ verb: 'restore-flow', flow }],
  };
}

async function restore({ flow }: ChangeOf<'restore-flow'>, { kube }: CompileContext): Promise<Compiled> {
  const name = flowName(flow);
  const [schema, level] = await Promise.all([
    find(kube, FlowSchema, 'FlowSchema', name),
    find(kube, PriorityLevel, 'PriorityLevelConfiguration', name),
  ]);
  // The schema first: requests then fall back to the level they had, and never point at one that is gone.
  const both = [
    ...(schema ? [{ kind: 'FlowSchema', object: schema } as const] : []),
    ...(level ? [{ kind: 'PriorityLevelConfiguration', object: level } as const] : []),
  ];
  const foreign = both.filter(({ object }) => !isOurs(object));
  if (foreign.length > 0) return cannot(...foreign.map(({ kind }) => `${kind} ${name} was not created by Nightshift`));
  if (both.length === 0) return nothingToDo(`flow schema and priority level ${name} are already gone`);
  const subject = schema && subjectOf(schema);
  return {
    actions: both.map(({ kind, object }) => ({
      verb: 'delete',
      object: { kind, name },
      uid: object.metadata.uid,
    })),
    diff: both.map(({ kind }) => line({ kind, name }, 'metadata.name', name, null)),
    effects: [`requests of ${subject ? textOf(subject) : name} share a priority level with others again`],
    blocked: [],
    material: subject ? textOf(subject) : null,
    inverse:
      subject && level
        ? [{ verb: 'isolate-flow', flow, subject, shares: sharesOf(level) }]
        : { none: `what ${name} was is not known whole` },
  };
}

/** The lowest number is asked first; of equals the first by name. */
function goesBefore({ metadata, spec }: FlowSchema, name: string): boolean {
  if (metadata.name === name) return false;
  return spec.matchingPrecedence < PRECEDENCE || (spec.matchingPrecedence === PRECEDENCE && metadata.name < name);
}

function wouldTake({ metadata, spec }: FlowSchema): string {
  return `flow schema ${metadata.name} (precedence ${spec.matchingPrecedence}) takes its requests before ours (${PRECEDENCE}) is asked`;
}

function create(kind: 'FlowSchema' | 'PriorityLevelConfiguration', name: string, body: Creation['body']): Creation {
  return { verb: 'create', object: { kind, name }, body };
}
type Creation = Extract<Action, { readonly verb: 'create' }>;

function added(kind: 'FlowSchema' | 'PriorityLevelConfiguration', name: string, path: string, value: string) {
  return line({ kind, name }, path, null, value);
}

function textOf(subject: FlowSubject): string {
  return subject.kind === 'User' ? `User ${subject.name}` : `ServiceAccount ${subject.namespace}/${subject.name}`;
}

function percent(shares: number, others: number): string {
  return `${Math.round((100 * shares) / (others + shares))} %`;
}

/** The API server takes it up within seconds; a controller's backlog takes minutes to ebb away. */
const settle = { firstLookSeconds: 30, everySeconds: 30, giveUpSeconds: 600 };
const kinds = ['FlowSchema', 'PriorityLevelConfiguration'] as const;

export const isolateFlow: VerbRules<'isolate-flow'> = {
  compile: isolate,
  risk: 'medium',
  undoneBy: ['restore-flow'],
  reads: kinds.flatMap((kind) => [right('list', kind), right('get', kind)]),
  writes: kinds.map((kind) => right('create', kind)),
  settle,
};

export const restoreFlow: VerbRules<'restore-flow'> = {
  compile: restore,
  risk: 'medium',
  undoneBy: ['isolate-flow'],
  reads: kinds.map((kind) => right('get', kind)),
  writes: kinds.map((kind) => right('delete', kind)),
  settle,
};
