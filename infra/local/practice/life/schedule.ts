import type { Facts, NodeFacts } from '../facts.ts';
import { pick } from '../identity.ts';
import { takesPods } from '../taints.ts';
import { isActive, type Life } from './life.ts';

/**
 * Where the scheduler puts a pod: where the fewest of its kind are, workers first, else by a draw that is always the
 * same. `undefined`: nowhere now; it stays Pending.
 */
export function nodeFor(facts: Facts, pod: Life, alike: readonly Life[], at: number): NodeFacts | undefined {
  if (pod.meantFor) return pod.meantFor;
  const open = facts.nodes.filter((node) => takesPods(facts, node, pod.workload, at));
  const workers = open.filter(({ controlPlane }) => !controlPlane);
  const there = Map.groupBy(alike.filter(isActive), ({ node }) => node?.name);
  const load = ({ name }: NodeFacts) => there.get(name)?.length ?? 0;
  const candidates = workers.length > 0 ? workers : open;
  const least = Math.min(...candidates.map(load));
  const draws = candidates
    .filter((node) => load(node) === least)
    .map((node) => ({ node, draw: pick(1_000_000, pod.name, String(pod.serial), node.name) }));
  return draws.toSorted((a, b) => a.draw - b.draw)[0]?.node;
}
