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
  const { toleratesControlPlane = false } = pod.workload;
  const open = facts.nodes.filter((node) => takesPods(facts, node, toleratesControlPlane, at));
  const workers = open.filter(({ controlPlane }) => !controlPlane);
  const counts = Map.groupBy(alike.filter(isActive), ({ node }) => node?.name);
  const [first, ...rest] = workers.length > 0 ? workers : open;
  if (!first) return undefined;
  const load = (node: NodeFacts) => counts.get(node.name)?.length ?? 0;
  const draw = (node: NodeFacts) => pick(1_000_000, pod.name, String(pod.serial), node.name);
  return rest.reduce((best, node) => {
    const difference = load(node) - load(best);
    return difference < 0 || (difference === 0 && draw(node) < draw(best)) ? node : best;
  }, first);
}
