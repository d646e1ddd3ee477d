import type { Json } from '../action.ts';
import type { ChangeOf } from '../change.ts';
import { cannot, line, nameOf, nothingToDo, patchOf, plural } from './drafts.ts';
import { findWorkload, isLeaving } from './look.ts';
import type { WorkloadObject } from './objects.ts';
import { right } from './rights.ts';
import { lostWithPods, managedBy, paceOf, rolloutMaterial, rolloutSettle, rolloutUnderWay } from './rollout.ts';
import type { CompileContext, Compiled, VerbRules } from './rules.ts';

type Pausing = ChangeOf<'pause' | 'resume'>;

async function compile({ verb, workload }: Pausing, { kube }: CompileContext): Promise<Compiled> {
  const name = nameOf(workload);
  const object = await findWorkload(kube, workload);
  if (!object) return cannot(`${name} does not exist`);
  if (isLeaving(object)) return cannot(`${name} is being deleted`);
  const wanted = verb === 'pause';
  if (object.spec.paused === wanted) return nothingToDo(`${name} is ${wanted ? 'already' : 'not'} paused`);
  if (!wanted && object.status.observedGeneration < object.metadata.generation) {
    return cannot(`the last change of ${name} has not been taken up yet: try again in a moment`);
  }
  return {
    actions: [patchOf(workload, object.metadata, { spec: { paused: wanted } })],
    diff: [line(workload, 'spec.paused', object.spec.paused, wanted)],
    effects: [...(wanted ? paused(name, object) : resumed(name, object)), ...managedBy(object)],
    blocked: [],
    material: wanted ? managedBy(object) : resumedMaterial(workload, object),
    inverse: [{ verb: wanted ? 'resume' : 'pause', workload }],
  };
}

function paused(name: string, object: WorkloadObject): string[] {
  const underWay = rolloutUnderWay('Deployment', object);
  return [
    ...(underWay ? [`the rollout of ${name} stops where it is: ${underWay}`] : []),
    'changes of its template wait until it is resumed; it still replaces lost pods and can be scaled',
  ];
}

function resumed(name: string, object: WorkloadObject): string[] {
  const left = behind(object);
  return left > 0
    ? [
        `the rollout of ${name} goes on: ${plural(left, 'pod')} replaced${paceOf('Deployment', unpaused(object))}`,
        ...lostWithPods(object),
      ]
    : [`nothing waits: every pod of ${name} has its template`];
}

/** While it is paused anybody can give it another template, and nobody has approved that one. */
function resumedMaterial(workload: Pausing['workload'], object: WorkloadObject): Json {
  return [...rolloutMaterial(workload, unpaused(object)), behind(object) > 0];
}

function behind({ spec, status }: WorkloadObject): number {
  return spec.replicas - status.updatedReplicas;
}

function unpaused(object: WorkloadObject): WorkloadObject {
  return { ...object, spec: { ...object.spec, paused: false } };
}

const shared = { compile, reads: [right('get', 'Deployment')], writes: [right('patch', 'Deployment')] };

export const pause: VerbRules<'pause'> = {
  ...shared,
  risk: 'low',
  undoneBy: ['resume'],
  /** Nothing new has to start: what the rollout did to the cluster ebbs away. */
  settle: { firstLookSeconds: 15, everySeconds: 15, giveUpSeconds: 300 },
};

export const resume: VerbRules<'resume'> = {
  ...shared,
  risk: 'medium',
  undoneBy: ['pause'],
  settle: rolloutSettle,
};
