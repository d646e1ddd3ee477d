import * as z from 'zod';
import type { Json, JsonObject } from '../action.ts';
import { type ChangeOf, canonicalJson } from '../change.ts';
import { cannot, line, nameOf, nothingToDo, patchOf } from './drafts.ts';
import { selectorText } from './labels.ts';
import { find, isLeaving, list, parsed } from './look.ts';
import { Meta, WorkloadObject } from './objects.ts';
import { byRevision, dated, isNamed, isNewer, noSuch, type Version, whyNotNow } from './revisions.ts';
import { right } from './rights.ts';
import { rolloutEffects, rolloutMaterial, rolloutSettle, rolloutUnderWay } from './rollout.ts';
import type { CompileContext, Compiled, VerbRules } from './rules.ts';
import { templateDiff } from './template-diff.ts';

const REVISION = 'deployment.kubernetes.io/revision';
/** Numbers it had before: a template that is used again gets the newest number. Comma-separated. */
const FORMER = 'deployment.kubernetes.io/revision-history';
/** The plan that rolled it back: "the one before" must not be taken twice. */
const BY = 'nightshift.dev/rolled-back-by';
const HASH = 'pod-template-hash';

/** Whole: what is rolled back to must be what it was, field by field. */
const Template = z.object({
  metadata: z
    .object({ labels: z.record(z.string(), z.string()).default({}) })
    .catchall(z.json())
    .prefault({}),
  spec: z.record(z.string(), z.json()),
});
const Revision = z.object({
  metadata: Meta.extend({ creationTimestamp: z.string().optional() }),
  spec: z.object({ template: Template }),
  status: z.object({ replicas: z.number().default(0) }).prefault({}),
});
const Whole = z.object({ spec: z.object({ template: Template }) });

type Undo = ChangeOf<'undo'>;
interface Past extends Version {
  readonly template: JsonObject;
}

/**
 * As `kubectl rollout undo`: the template of an earlier ReplicaSet in place of the present one. Unlike kubectl, which
 * takes the second newest number, a roll back without a number never goes to a template that is newer than the present:
 * after a roll back the second newest number is the one that was rolled back.
 */
async function compile({ workload, from, toRevision }: Undo, { kube, plan }: CompileContext): Promise<Compiled> {
  const name = nameOf(workload);
  const { namespace } = workload;
  const read = await find(kube, z.unknown(), 'Deployment', workload.name, namespace);
  if (read === null) return cannot(`${name} does not exist`);
  const object = parsed(WorkloadObject, read, name);
  const { metadata, spec } = object;
  if (isLeaving(object)) return cannot(`${name} is being deleted`);
  if (metadata.annotations[BY] === plan) return nothingToDo(`${name} has been rolled back by this plan already`);
  if (spec.paused) return cannot(`${name} is paused: resume it before it can be rolled back`);
  if (object.status.observedGeneration < metadata.generation) {
    return cannot(`the last change of ${name} has not been taken up yet: try again in a moment`);
  }
  const labelSelector = selectorText(spec.selector);
  const sets = await list(kube, Revision, 'ReplicaSet', { namespace, labelSelector });
  const past = sets.filter((set) => isOwned(set.metadata, metadata.uid)).flatMap(revisionOf);
  const present = Number(metadata.annotations[REVISION] ?? Math.max(0, ...past.map(({ revision }) => revision)));
  const runs = past.find(({ revision }) => revision === present) ?? { revision: present, former: [], pods: 0 };
  const underWay = rolloutUnderWay('Deployment', object);
  const notNow = whyNotNow(name, { from, toRevision, runs, past, underWay });
  if (notNow !== undefined) return cannot(notNow);
  const earlier = past.filter((one) => one.revision < present && !isNewer(one, runs)).sort(byRevision);
  const goal = toRevision === undefined ? earlier.at(-1) : past.find((one) => isNamed(one, toRevision));
  if (!goal) return cannot(noSuch(name, toRevision, runs, past));
  const template = plain(parsed(Whole, read, name).spec.template);
  if (canonicalJson(template) === canonicalJson(goal.template)) {
    return nothingToDo(`${name} already has the template of revision ${goal.revision}`);
  }
  if (!isExact(goal.template)) {
    return cannot(
      `revision ${goal.revision} of ${name} holds a number too large to be given back exactly: use kubectl`,
    );
  }
  const body = {
    metadata: { annotations: { [BY]: plan } },
    spec: { template: { $patch: 'replace', ...goal.template } },
  };
  return {
    actions: [patchOf(workload, metadata, body, { type: 'strategic' })],
    diff: templateDiff(
      workload,
      { name: `revision ${present}`, template },
      { name: `revision ${goal.revision}`, ...goal },
    ),
    effects: [
      `${isNewer(goal, runs) ? 'forward' : 'back'} from ${dated(runs)} to the template of ${dated(goal)}, which becomes the newest revision; annotated with ${BY}`,
      ...(underWay ? [`the rollout under way is given up: ${underWay}`] : []),
      ...rolloutEffects(workload, object),
    ],
    blocked: [],
    material: [dated(runs), dated(goal), ...rolloutMaterial(workload, object)],
    inverse: [{ verb: 'undo', workload, toRevision: present }],
    marks: [line(workload, `metadata.annotations[${BY}]`, metadata.annotations[BY], plan)],
  };
}

function isOwned({ ownerReferences }: Meta, uid: string): boolean {
  return ownerReferences.some((owner) => owner.controller && owner.uid === uid);
}

function revisionOf({ metadata, spec, status }: z.infer<typeof Revision>): Past[] {
  const revision = Number(metadata.annotations[REVISION]);
  const former = (metadata.annotations[FORMER] ?? '').split(',').filter(Boolean).map(Number);
  if (!Number.isSafeInteger(revision)) return [];
  const { creationTimestamp: madeAt } = metadata;
  const made = madeAt === undefined ? {} : { madeAt };
  return [{ revision, former, ...made, pods: status.replicas, template: plain(spec.template) }];
}

/** Without what the controller and the encoder add to it. */
function plain({ metadata, spec }: z.infer<typeof Template>): JsonObject {
  const { labels, creationTimestamp: _never, ...rest } = metadata;
  const { [HASH]: _hash, ...own } = labels;
  return { metadata: { ...rest, labels: own }, spec };
}

/** JSON numbers above 2^53 were rounded when they were read: giving them back would change them. */
function isExact(value: Json): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (value === null || typeof value !== 'object') return true;
  return Object.values(value).every(isExact);
}

export const undo: VerbRules<'undo'> = {
  compile,
  risk: 'medium',
  undoneBy: ['undo'],
  reads: [right('get', 'Deployment'), right('list', 'ReplicaSet')],
  writes: [right('patch', 'Deployment')],
  settle: rolloutSettle,
};
