import type { Facts, NodeFacts } from '../facts.ts';
import { pick } from '../identity.ts';
import { takesPods } from '../taints.ts';
import { homeOf, type Workload } from '../workloads.ts';
import { isActive, type Life } from './life.ts';

/** Finds a node for one pod after the other. `undefined`: none takes it now; it stays Pending. */
export type Scheduler = (pod: Life) => NodeFacts | undefined;

/**
 * How the scheduler places the pods of a workload at one moment: where the fewest of its kind are, workers first, else by
 * a draw that is always the same. With thousands of nodes and pods it must not look at all of them for each.
 */
export function schedulerAt(facts: Facts, workload: Workload, alike: readonly Life[], at: number): Scheduler {
  let byLoad: NodeFacts[][] | undefined;
  return (pod) => {
    if (pod.meantFor) return pod.meantFor;
    const home = homeOf(workload, pod.name);
    if (home !== undefined) return facts.nodes.find((node) => takesPods(facts, node, workload, at, home));
    byLoad ??= nodesByLoad(facts, workload, alike, at);
    const load = byLoad.findIndex((nodes) => nodes.length > 0);
    const nodes = byLoad[load] ?? [];
    const drawn = pick(Math.max(1, nodes.length), pod.name, String(pod.serial));
    const node = nodes[drawn];
    if (!node) return undefined;
    nodes.splice(drawn, 1);
    if (load + 1 < roomOn(facts)) add(byLoad, load + 1, node);
    return node;
  };
}

/** The nodes that take such pods, by how many of them they have. */
function nodesByLoad(facts: Facts, workload: Workload, alike: readonly Life[], at: number): NodeFacts[][] {
  const open = facts.nodes.filter((node) => takesPods(facts, node, workload, at));
  const workers = open.filter(({ controlPlane }) => !controlPlane);
  const there = Map.groupBy(alike.filter(isActive), ({ node }) => node?.name);
  const byLoad: NodeFacts[][] = [];
  for (const node of workers.length > 0 ? workers : open) {
    const load = there.get(node.name)?.length ?? 0;
    if (load < roomOn(facts)) add(byLoad, load, node);
  }
  return Array.from(byLoad, (nodes) => nodes ?? []);
}

/** A kubelet takes 110 pods (`maxPods`); what came first is counted as staying. */
function roomOn({ podsPerNode }: Facts): number {
  return Math.max(1, 110 - podsPerNode);
}

function add(byLoad: NodeFacts[][], load: number, node: NodeFacts): void {
  const nodes = byLoad[load];
  if (nodes) nodes.push(node);
  else byLoad[load] = [node];
}
