import type { Workload } from '../change.ts';
import type { Readers } from '../readers.ts';
import { selectorText } from './labels.ts';
import { findNode, list } from './look.ts';
import { Pod, type WorkloadObject } from './objects.ts';
import { quantity } from './quantity.ts';

/** So many of the nodes that run its pods are asked: what none of these could give, the others could hardly. */
const MOST_NODES = 5;

/**
 * The amounts that none of the nodes on which the workload runs could give to one container, in words. Without a pod
 * that runs somewhere nothing is known, and nothing is said. https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#node-allocatable
 */
export async function beyondItsNodes(
  kube: Readers['kube'],
  { namespace }: Workload,
  { spec }: WorkloadObject,
  wanted: Readonly<Record<string, string>>,
): Promise<string[]> {
  const pods = await list(kube, Pod, 'Pod', { namespace, labelSelector: selectorText(spec.selector) });
  const names = [...new Set(pods.flatMap((pod) => pod.spec.nodeName ?? []))].sort().slice(0, MOST_NODES);
  const nodes = (await Promise.all(names.map((name) => findNode(kube, name)))).filter((node) => node !== null);
  return Object.entries(wanted).flatMap(([resource, amount]) => {
    const given = nodes.flatMap(({ metadata: { name }, status }) => {
      const allocatable = status.allocatable[resource];
      return allocatable === undefined ? [] : [{ name, allocatable, size: quantity(allocatable) ?? 0n }];
    });
    const [largest] = given.sort((a, b) => (a.size < b.size ? 1 : -1));
    if (!largest || (quantity(amount) ?? 0n) <= largest.size) return [];
    return [`${resource} ${amount} is more than a node of its pods has: ${largest.allocatable} on ${largest.name}`];
  });
}
