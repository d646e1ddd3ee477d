import { deedsOf, type ObjectKey } from '../deeds.ts';
import { evictionAt, type Facts, type NodeFacts } from '../facts.ts';
import { leaves, settlerNamed, slotsOn, workloadsOf } from '../layout.ts';
import { nodeNamed, silentNodes } from '../lookup.ts';
import { noExecuteAt } from '../taints.ts';
import type { Workload } from '../workloads.ts';
import type { Life } from './life.ts';
import { simulate } from './simulate.ts';

/** What is worked out about one state of the cluster, each part when it is first asked for. */
interface Moves {
  /** Workloads whose pods did not all stay where they were, and since when. */
  readonly since: ReadonlyMap<Workload, number>;
  readonly lives: Map<Workload, readonly Life[]>;
}

const known = new WeakMap<Facts, Moves>();

function movesOf(facts: Facts): Moves {
  const moves = known.get(facts) ?? { since: sinceWhen(facts), lives: new Map() };
  known.set(facts, moves);
  return moves;
}

/** Whether by then something happened to the pods of a workload. All others are still where they were at the beginning. */
export function hasMoved(facts: Facts, workload: Workload, at: number): boolean {
  return at >= (movesOf(facts).since.get(workload) ?? Number.POSITIVE_INFINITY);
}

export function movedWorkloads(facts: Facts, at: number): readonly Workload[] {
  return [...movesOf(facts).since].flatMap(([workload, since]) => (at >= since ? [workload] : []));
}

/** All pods it ever had. Costs as much as the workload is large: only for those that have moved. */
export function livesOf(facts: Facts, workload: Workload): readonly Life[] {
  const { lives } = movesOf(facts);
  const found = lives.get(workload) ?? simulate(facts, workload);
  lives.set(workload, found);
  return found;
}

function sinceWhen(facts: Facts): ReadonlyMap<Workload, number> {
  const since = new Map<Workload, number>();
  const moved = (workload: Workload | undefined, at: number) => {
    if (workload) since.set(workload, Math.min(at, since.get(workload) ?? at));
  };
  const leaving = (node: NodeFacts, at: number) => {
    for (const { workload } of slotsOn(facts, node)) if (leaves(workload)) moved(workload, at);
  };
  for (const node of silentNodes(facts)) {
    const at = evictionAt(node);
    if (at !== undefined) leaving(node, at);
  }
  for (const deed of deedsOf(facts)) {
    if (deed.did === 'write') moved(workloadNamed(facts, deed.about), deed.at);
    if (deed.did === 'end') moved(ownerOf(facts, deed.pod), deed.at);
    if (deed.did === 'write' && deed.taints && deed.about.kind === 'Node') {
      const node = nodeNamed(facts, deed.about.name);
      for (const at of node ? noExecuteAt(facts, node) : []) if (node) leaving(node, at);
    }
  }
  return since;
}

export function workloadNamed(facts: Facts, { kind, namespace, name }: ObjectKey): Workload | undefined {
  return workloadsOf(facts).find(
    (workload) => workload.kind === kind && workload.namespace === namespace && workload.name === name,
  );
}

/** By the pod's name: of a first pod it is known, a later one is called after its workload. */
function ownerOf(facts: Facts, { namespace = '', name }: ObjectKey): Workload | undefined {
  const first = settlerNamed(facts, namespace, name);
  return first?.workload ?? laterOwner(facts, namespace, name);
}

function laterOwner(facts: Facts, namespace: string, name: string): Workload | undefined {
  const called = workloadsOf(facts).filter(
    (workload) => workload.namespace === namespace && name.startsWith(`${workload.name}-`),
  );
  // `web-canary-…` is no pod of `web`.
  return called.toSorted((a, b) => b.name.length - a.name.length)[0];
}
