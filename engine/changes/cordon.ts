import type { ChangeOf } from '../change.ts';
import { cannot, line, nothingToDo, patchOf, plural } from './drafts.ts';
import { findNode, podsOn } from './look.ts';
import type { Node } from './objects.ts';
import { isFinished } from './pods.ts';
import { right } from './rights.ts';
import type { CompileContext, Compiled, VerbRules } from './rules.ts';

type Cordoning = ChangeOf<'cordon' | 'uncordon'>;

/**
 * kubernetes-mixin since 2025-06: KubeNodeNotReady, KubeNodePressure and KubeNodeReadinessFlapping exclude nodes with
 * `spec.unschedulable`.
 */
export const CORDON_SILENCES =
  'KubeNodeNotReady, KubeNodePressure and KubeNodeReadinessFlapping leave cordoned nodes out: they may resolve although nothing is mended';

/** Set 0.4 s after `spec.unschedulable`, where the controller manager is well. */
export const CORDON_TAINT = 'node.kubernetes.io/unschedulable';

async function compile({ verb, node: name }: Cordoning, { kube, takesBack }: CompileContext): Promise<Compiled> {
  const [node, pods] = await Promise.all([findNode(kube, name), podsOn(kube, name)]);
  if (!node) return cannot(`node ${name} does not exist`);
  const wanted = verb === 'cordon';
  if (node.spec.unschedulable === wanted) return nothingToDo(`node ${name} is ${wanted ? 'already' : 'not'} cordoned`);
  // An undo may be asked for before the taint is there, which comes by itself.
  const since = wanted || takesBack ? undefined : cordonedSince(node);
  const staying = pods.filter((pod) => !isFinished(pod)).length;
  return {
    ...cordoning(node, wanted),
    effects: wanted
      ? [`no new pod lands on node ${name}; its ${plural(staying, 'pod')} stay`, CORDON_SILENCES]
      : [
          `pods may land on node ${name} again; it has ${plural(staying, 'pod')} now, those that left do not return`,
          ...(since === undefined ? [] : [`it has been cordoned since ${since}`]),
        ],
    blocked: [],
    material: since ?? null,
    inverse: [{ verb: wanted ? 'uncordon' : 'cordon', node: name }],
  };
}

/** As the taint says by which the controller manager follows a cordon: to cordon a node anew is another wish. */
function cordonedSince({ spec }: Node): string | undefined {
  const added = spec.taints.find(({ key }) => key === CORDON_TAINT)?.timeAdded;
  return typeof added === 'string' ? added : undefined;
}

/** The patch and its diff. */
export function cordoning({ metadata, spec }: Node, wanted: boolean): Pick<Compiled, 'actions' | 'diff'> {
  const object = { kind: 'Node', name: metadata.name } as const;
  return {
    actions: [patchOf(object, metadata, { spec: { unschedulable: wanted } })],
    diff: [line(object, 'spec.unschedulable', spec.unschedulable, wanted)],
  };
}

const shared = {
  compile,
  reads: [right('get', 'Node'), right('list', 'Pod')],
  writes: [right('patch', 'Node')],
  /** The field is there at once; what it is for (no new pods, rules of alerts) shows within a scrape or two. */
  settle: { firstLookSeconds: 10, everySeconds: 15, giveUpSeconds: 180 },
} satisfies Partial<VerbRules<'cordon'>>;

export const cordon: VerbRules<'cordon'> = { ...shared, risk: 'low', undoneBy: ['uncordon'] };
export const uncordon: VerbRules<'uncordon'> = { ...shared, risk: 'low', undoneBy: ['cordon'] };
