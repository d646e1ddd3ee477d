import type { ChangeOf } from '../change.ts';
import type { Readers } from '../readers.ts';
import { cannot, line, nameOf, nothingToDo, patchOf, plural } from './drafts.ts';
import { findWorkload, isLeaving, list } from './look.ts';
import { Autoscaler, type WorkloadObject } from './objects.ts';
import { right } from './rights.ts';
import { lostWithPods, managedBy } from './rollout.ts';
import type { CompileContext, Compiled, Inverse, VerbRules } from './rules.ts';

type Scale = ChangeOf<'scale'>;

/** On the subresource `scale`: whoever may scale need not be able to change the template. */
async function compile({ workload, replicas }: Scale, { kube }: CompileContext): Promise<Compiled> {
  const name = nameOf(workload);
  if (!Number.isSafeInteger(replicas) || replicas < 0) return cannot(`${name} cannot have ${replicas} replicas`);
  const [object, scalers] = await Promise.all([findWorkload(kube, workload), autoscalersOf(kube, workload)]);
  if (!object) return cannot(`${name} does not exist`);
  if (isLeaving(object)) return cannot(`${name} is being deleted`);
  const before = object.spec.replicas;
  if (before === replicas) return nothingToDo(`${name} already has ${plural(replicas, 'replica')}`);
  if (scalers.length > 0)
    return cannot(...scalers.map((scaler) => `${scaler} sets the replicas of ${name}: change it there`));
  const patch = patchOf(workload, object.metadata, { spec: { replicas } }, { type: 'merge', subresource: 'scale' });
  const lost = replicas < before && losesVolumes(object);
  const gone = replicas < before ? lostWithPods(object) : [];
  return {
    actions: [patch],
    diff: [line(workload, 'spec.replicas', before, replicas)],
    effects: [...whatItMeans(workload, before, replicas), ...gone, ...(lost ? [LOST] : []), ...managedBy(object)],
    blocked: [],
    material: [...gone, ...managedBy(object)],
    inverse: inverseOf(workload, before, lost),
  };
}

/** persistentVolumeClaimRetentionPolicy of a StatefulSet, beta since Kubernetes 1.27 */
const LOST = 'the volume claims of the pods that go are deleted with their data (whenScaled: Delete)';

/** Back to none is only ever meant: those whom the policy names may break the glass for it. */
function inverseOf(workload: Scale['workload'], before: number, lost: boolean): Inverse {
  if (lost) return { none: LOST };
  return [{ verb: 'scale', workload, replicas: before, ...(before === 0 ? { allow: ['none-left'] } : {}) }];
}

function losesVolumes({ spec }: WorkloadObject): boolean {
  return spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete';
}

function whatItMeans({ kind }: Scale['workload'], before: number, after: number): string[] {
  const change = `replicas ${before} → ${after}`;
  if (after > before)
    return [
      `${change}: ${plural(after - before, 'pod')} more, if there is room for them`,
      ...(before === 0 ? ['its undo would leave none again, for which somebody has to break the glass'] : []),
    ];
  return [
    `${change}: ${plural(before - after, 'pod')} ended${kind === 'StatefulSet' ? ', the last first' : ''}; disruption budgets are not asked`,
    ...(after === 0 ? ['no pod is left: it serves nobody'] : []),
  ];
}

/** Whoever sets the replicas itself would take ours back: a HorizontalPodAutoscaler, or KEDA by one of its own. */
async function autoscalersOf(kube: Readers['kube'], { kind, namespace, name }: Scale['workload']): Promise<string[]> {
  const all = await list(kube, Autoscaler, 'HorizontalPodAutoscaler', { namespace });
  return all
    .filter(({ spec: { scaleTargetRef: target } }) => target.kind === kind && target.name === name)
    .map(({ metadata }) => {
      const keda = metadata.labels['scaledobject.keda.sh/name'];
      return keda === undefined
        ? `HorizontalPodAutoscaler ${namespace}/${metadata.name}`
        : `KEDA ScaledObject ${namespace}/${keda} (by HorizontalPodAutoscaler ${metadata.name})`;
    });
}

export const scale: VerbRules<'scale'> = {
  compile,
  risk: 'medium',
  undoneBy: ['scale'],
  reads: [right('get', 'Deployment'), right('get', 'StatefulSet'), right('list', 'HorizontalPodAutoscaler')],
  writes: [right('patch', 'Deployment', 'scale'), right('patch', 'StatefulSet', 'scale')],
  /** New pods have to be scheduled, pull their image and become ready; old ones have 30 s to end. */
  settle: { firstLookSeconds: 15, everySeconds: 15, giveUpSeconds: 300 },
};
