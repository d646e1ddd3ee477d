import { type Change, type Verb, type WorkloadKind, workloadKinds } from '../change.ts';
import type { Risk } from '../runbook.ts';
import { annotate } from './annotate.ts';
import { cordon, uncordon } from './cordon.ts';
import { drain } from './drain.ts';
import { deletePod, evict } from './evict.ts';
import { isolateFlow, restoreFlow } from './flow.ts';
import { pause, resume } from './pause.ts';
import { setResources } from './resources.ts';
import { restart } from './restart.ts';
import { resources } from './rights.ts';
import type { CompileContext, Compiled, Right, Settle, VerbRules } from './rules.ts';
import { scale } from './scale.ts';
import { riskOfTaint, taint, taintRisks, untaint } from './taint.ts';
import { undo } from './undo.ts';

/** Everything Nightshift can do to a cluster. */
export const changeRules: { readonly [V in Verb]: VerbRules<V> } = {
  cordon,
  uncordon,
  drain,
  taint,
  untaint,
  evict,
  'delete-pod': deletePod,
  restart,
  undo,
  pause,
  resume,
  scale,
  'set-resources': setResources,
  'isolate-flow': isolateFlow,
  'restore-flow': restoreFlow,
  annotate,
};

/** The exact requests for one change in the cluster as it is now. Throws `ReadFailure` when it cannot look. */
export function compile(change: Change, context: CompileContext): Promise<Compiled> {
  // The rules under a verb take the changes of that verb: TypeScript does not follow the pairing.
  return (changeRules[change.verb].compile as VerbRules<Verb>['compile'])(change, context);
}

const risks = ['none', 'low', 'medium', 'high'] as const satisfies readonly Risk[];

/** The least risk a remedy with these changes has: that of the riskiest. */
export function risksOf(changes: readonly Change[]): Risk {
  const highest = Math.max(0, ...changes.map((change) => risks.indexOf(riskOf(change))));
  return risks[highest] ?? 'high';
}

/** The risks that a change of this verb may have. */
export function risksOfVerb(verb: Verb): readonly Risk[] {
  return verb === 'taint' ? taintRisks : [changeRules[verb].risk];
}

function riskOf(change: Change): Risk {
  return change.verb === 'taint' ? riskOfTaint(change.taint) : changeRules[change.verb].risk;
}

/** Of several changes the slowest to show. */
export function settleOf(changes: readonly Change[]): Settle {
  const each = changes.map(({ verb }) => changeRules[verb].settle);
  const most = (read: (settle: Settle) => number) => Math.max(0, ...each.map(read));
  return {
    firstLookSeconds: most((one) => one.firstLookSeconds),
    everySeconds: Math.max(
      1,
      most((one) => one.everySeconds),
    ),
    giveUpSeconds: most((one) => one.giveUpSeconds),
  };
}

export interface Rights {
  /** To compile, and to look afterwards what became of it. */
  readonly reads: readonly Right[];
  readonly writes: readonly Right[];
}

/**
 * The rights all of these need, each once: of a verb all that it ever needs (on these kinds of workload, if it is about
 * workloads), of a change only what this one needs.
 */
export function rightsOf(asked: readonly (Verb | Change)[], kinds: readonly WorkloadKind[] = workloadKinds): Rights {
  const all = asked.map((one) => (typeof one === 'string' ? ofVerb(one, kinds) : narrowed(one)));
  return { reads: once(all.flatMap(({ reads }) => reads)), writes: once(all.flatMap(({ writes }) => writes)) };
}

/** Verbs whose change is of a workload or of one of its pods; others may look at workloads as well, of whatever kind these are. */
const ofWorkloads: ReadonlySet<Verb> = new Set<Verb>([
  'restart',
  'undo',
  'pause',
  'resume',
  'scale',
  'set-resources',
  'evict',
  'delete-pod',
]);

function ofVerb(verb: Verb, kinds: readonly WorkloadKind[]): Rights {
  const { reads, writes } = changeRules[verb];
  if (!ofWorkloads.has(verb)) return { reads, writes };
  // A Deployment has its pods through ReplicaSets.
  const others = workloadKinds
    .filter((kind) => !kinds.includes(kind))
    .flatMap((kind) => (kind === 'Deployment' ? (['Deployment', 'ReplicaSet'] as const) : [kind]));
  return { reads: without(reads, others), writes: without(writes, others) };
}

function without(rights: readonly Right[], kinds: readonly (keyof typeof resources)[]): readonly Right[] {
  const others = kinds.map((kind) => resources[kind].resource);
  return rights.filter(
    ({ resource }) => !others.some((other) => resource === other || resource.startsWith(`${other}/`)),
  );
}

function narrowed(change: Change): Rights {
  const { reads, writes } = changeRules[change.verb];
  const { kinds, kind, namespace } = scopeOf(change);
  const others = kinds.filter((other) => other !== kind);
  const narrow = (rights: readonly Right[]) =>
    without(rights, others).map((right) => (namespace === undefined ? right : { ...right, namespace }));
  return { reads: narrow(reads), writes: narrow(writes) };
}

/** Where one change stays: its namespace, and of the kinds its verb can act on the one it is about. */
function scopeOf(change: Change) {
  const all = Object.keys(resources) as (keyof typeof resources)[];
  if ('workload' in change) {
    return { kinds: workloadKinds, kind: change.workload.kind, namespace: change.workload.namespace };
  }
  if ('object' in change) return { kinds: all, kind: change.object.kind, namespace: change.object.namespace };
  return { kinds: [], kind: undefined, namespace: 'namespace' in change ? change.namespace : undefined };
}

/** A right for the whole cluster makes the same right for a namespace superfluous. */
function once(rights: readonly Right[]): readonly Right[] {
  const keyOf = ({ apiGroup, resource, verb, namespace = '' }: Right) =>
    [apiGroup, resource, verb, namespace].join(' ');
  const unique = [...new Map(rights.map((right) => [keyOf(right), right])).values()];
  const wide = new Set(unique.filter(({ namespace }) => namespace === undefined).map(keyOf));
  return unique.filter((right) => {
    const { namespace, ...everywhere } = right;
    return namespace === undefined || !wide.has(keyOf(everywhere));
  });
}
