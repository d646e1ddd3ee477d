import type { ChangeOf } from '../change.ts';
import { cannot, line, nameOf, nothingToDo, patchOf } from './drafts.ts';
import { findWorkload, isLeaving } from './look.ts';
import {
  availableOf,
  behindPartition,
  isOnDelete,
  notAvailable,
  rolloutEffects,
  rolloutMaterial,
  rolloutSettle,
  rolloutUnderWay,
  workloadReads,
  workloadWrites,
} from './rollout.ts';
import { keptOf } from './rollout-kept.ts';
import type { CompileContext, Compiled, VerbRules } from './rules.ts';

/** What `kubectl rollout restart` sets; a new value is a new template, and so a rollout. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

async function compile({ workload }: ChangeOf<'restart'>, { kube, at }: CompileContext): Promise<Compiled> {
  const name = nameOf(workload);
  const object = await findWorkload(kube, workload);
  if (!object) return cannot(`${name} does not exist`);
  if (isLeaving(object)) return cannot(`${name} is being deleted`);
  const before = object.spec.template.metadata.annotations[RESTARTED_AT];
  if (before === at) return nothingToDo(`${name} has been restarted by this plan already`);
  const underWay = rolloutUnderWay(workload.kind, object);
  if (object.spec.paused) return cannot(`${name} is paused: a restart would only begin when it is resumed`);
  if (isOnDelete(object)) return cannot(`${name} replaces a pod only when it is deleted (OnDelete)`);
  const behind = behindPartition(workload.kind, object);
  if (behind) return cannot(`${name} replaces none of its pods: ${behind}`);
  if (underWay) return cannot(`a rollout of ${name} is under way: ${underWay}`);
  const missing = notAvailable(workload.kind, object);
  const available = availableOf(workload.kind, object);
  // Where those that serve stay until others do, what is down loses nothing by being replaced.
  if (missing && keptOf(workload.kind, object, available) < available)
    return cannot(`${name} has only ${missing}: a restart would take more of them away`);
  const template = { metadata: { annotations: { [RESTARTED_AT]: at } } };
  return {
    actions: [patchOf(workload, object.metadata, { spec: { template } })],
    diff: [line(workload, `spec.template.metadata.annotations[${RESTARTED_AT}]`, before, at)],
    effects: rolloutEffects(workload, object),
    material: rolloutMaterial(workload, object),
    blocked: [],
    inverse: {
      none: 'pods that were replaced do not come back; a rollback would only replace them once more',
      replaced: true,
    },
  };
}

export const restart: VerbRules<'restart'> = {
  compile,
  risk: 'medium',
  undoneBy: [],
  reads: workloadReads,
  writes: workloadWrites,
  settle: rolloutSettle,
};
