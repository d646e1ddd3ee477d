import * as z from 'zod';
import { withoutVersion } from '../action.ts';
import { defaultBudget } from '../budget.ts';
import { type Change, canonicalJson, digestOf } from '../change.ts';
import { compile } from '../changes/catalog.ts';
import { nameOf } from '../changes/drafts.ts';
import type { Compiled, DiffLine, Inverse } from '../changes/rules.ts';
import { joinedStarters, type Starter } from '../changes/starters.ts';
import { isHint } from '../changes/template-diff.ts';
import type { Readers } from '../readers.ts';
import { redact, redactAt } from '../redact.ts';
import { type RunScope, runScope } from '../scope.ts';
import type { Cluster } from '../triage.ts';
import { joined, type Request } from './joined.ts';

/**
 * Reading for a plan may look at every pod of a node, its budgets, and the controller of each. A node has 110 pods unless
 * somebody allows more, which clouds do up to 256 (https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr).
 * At worst each is in a namespace of its own, whose pods are listed once; all else is some twenty calls. Far more than a
 * diagnosis, still bounded.
 */
const PLAN_BUDGET = { ...defaultBudget, kubernetesCalls: 300, maxBytes: 16 * 1024 * 1024 };
/** One read of a plan has so long. */
export const READ_MS = 8_000;

/** What is read of a cluster for a plan, all of it within this time. */
export function kubeOf({ source }: Pick<Cluster, 'source'>, deadlineMs: number = PLAN_BUDGET.totalMs): Readers['kube'] {
  return runScope(source, PLAN_BUDGET, AbortSignal.timeout(deadlineMs)).readersFor([], READ_MS).kube;
}

const Namespace = z.object({ metadata: z.object({ uid: z.string().min(1) }) });

/** Everything of a plan that comes from the cluster as it is now. The actions stay in memory: they are never stored. */
export interface Blueprint extends Pick<Compiled, 'actions' | 'diff' | 'effects' | 'blocked' | 'inverse'> {
  /** The same as `actions`, each with the changes it makes. Redacted but for the actions. */
  readonly requests: readonly Request[];
  /** What it does something to besides what the diff names. */
  readonly touches: readonly string[];
  readonly moves: readonly string[];
  readonly starters: readonly Starter[];
  /** See `Compiled`; absent where no change evicts all pods of a node. */
  readonly passing?: readonly string[];
  /** Of each change by itself. */
  readonly inverses: readonly Inverse[];
  /** Of each change a digest of what its requests do not say: what becomes of others, and what takes it back. */
  readonly bound: readonly string[];
  readonly clusterUid: string;
  readonly digest: string;
  readonly scope: RunScope;
}

export interface Basis {
  readonly incident: string;
  readonly remedy: string;
  /** The cause whose verdict the plan rests on; for an undo the plan it takes back. */
  readonly restsOn: string;
  readonly changes: readonly Change[];
  /** Of the plan: see `CompileContext`. */
  readonly at: string;
  readonly plan: string;
  readonly cordoned?: ReadonlySet<string>;
  /** Of a plan made again to be compared: see `CompileContext`. */
  readonly passing?: ReadonlySet<string>;
  readonly takesBack?: boolean;
}

/**
 * Works out the exact requests for these changes in the cluster as it is now. Two blueprints with one digest do the
 * same to the same objects, in the same cluster, for the same reason, are taken back by the same, and as many pods are lost
 * by them. Throws `ReadFailure`.
 */
export async function blueprintOf(cluster: Cluster, basis: Basis, signal?: AbortSignal): Promise<Blueprint> {
  const overall = AbortSignal.timeout(PLAN_BUDGET.totalMs);
  const scope = runScope(cluster.source, PLAN_BUDGET, signal ? AbortSignal.any([overall, signal]) : overall);
  const { kube } = scope.readersFor([], READ_MS);
  const { metadata } = Namespace.parse(await kube.get('Namespace', 'kube-system', { fresh: true }));
  const parts: Compiled[] = [];
  for (const change of basis.changes) parts.push(await compile(change, { ...basis, kube }));
  const { requests, blocked } = joined(parts);
  const actions = blocked.length > 0 ? [] : requests.map(({ action }) => action);
  const diff = [...new Map(parts.flatMap((part) => part.diff).map((line) => [canonicalJson(line), line])).values()];
  const inverses = parts.map(({ inverse }) => inverse);
  const passing = parts.some((part) => part.passing) ? parts.flatMap((part) => part.passing ?? []) : undefined;
  const comeAndGo = actions.filter((action) => action.verb === 'evict' && passing?.includes(action.uid));
  const names = new Set(comeAndGo.map(({ object }) => nameOf(object)));
  return {
    actions,
    requests: requests.map((request) => ({ ...request, marks: request.marks.map(redacted) })),
    diff: diff.map(redacted),
    effects: parts.flatMap((part) => part.effects).map(redact),
    blocked: [...parts.flatMap((part) => part.blocked), ...blocked].map(redact),
    touches: parts.flatMap(({ touches = [] }) => touches),
    moves: [...new Set(parts.flatMap(({ moves = [] }) => moves))],
    starters: joinedStarters(parts.flatMap(({ starters = [] }) => starters)),
    ...(passing ? { passing } : {}),
    inverse: inverseOf(inverses),
    inverses,
    bound: parts.map(boundOf),
    scope,
    clusterUid: metadata.uid,
    digest: digestOf({
      cluster: [cluster.name, metadata.uid],
      incident: basis.incident,
      remedy: basis.remedy,
      restsOn: basis.restsOn,
      changes: basis.changes,
      // Their version grows with every heartbeat; what the plan saw of an object is in the diff and the uid.
      actions: actions.filter((action) => !comeAndGo.includes(action)).map(withoutVersion),
      observed: diff.filter(({ object }) => !names.has(object)),
      inverses,
      material: parts.map(({ material = null }) => material),
    }),
  };
}

/** Of one change what its requests do not say: see `Blueprint`. */
export function boundOf({ material = null, inverse }: Pick<Compiled, 'material' | 'inverse'>): string {
  return digestOf([material, inverse]);
}

/**
 * What takes all of it back, the last first. A single part that is lost for good makes it impossible for all; pods that
 * were replaced do not: a node that was cordoned before its pod was evicted can be uncordoned.
 */
export function inverseOf(inverses: readonly Inverse[]): Inverse {
  const lasting = inverses.flatMap((inverse) => ('none' in inverse ? [inverse] : []));
  const changes = inverses.flatMap((inverse) => ('none' in inverse ? [] : inverse)).reverse();
  const replaced = lasting.every((one) => one.replaced);
  if (lasting.length === 0 || (replaced && changes.length > 0)) return changes;
  return { none: lasting.map(({ none }) => none).join('; ') };
}

/** As it may be shown and stored. */
export function redacted(line: DiffLine): DiffLine {
  const text = (value: string | null) => (value === null || isHint(value) ? value : redactAt(line.path, value));
  return { ...line, before: text(line.before), after: text(line.after) };
}
