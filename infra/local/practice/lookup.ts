import type { Facts, NodeFacts } from './facts.ts';

interface Index {
  readonly byName: ReadonlyMap<string, NodeFacts>;
  readonly byAddress: ReadonlyMap<string, NodeFacts>;
  /** In the order of the API server, which is that of etcd's keys: `worker-10` before `worker-2`. */
  readonly sorted: readonly NodeFacts[];
  readonly silent: readonly NodeFacts[];
  readonly troubled: readonly NodeFacts[];
}

const known = new WeakMap<Facts, Index>();

/** Made once for each state of the cluster: with thousands of nodes nothing may search through all of them. */
function indexOf(facts: Facts): Index {
  const found = known.get(facts);
  if (found) return found;
  const index: Index = {
    byName: new Map(facts.nodes.map((node) => [node.name, node])),
    byAddress: new Map(facts.nodes.map((node) => [node.address, node])),
    sorted: facts.nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    silent: facts.nodes.filter(({ kubeletStoppedAt, lapses }) => (kubeletStoppedAt ?? lapses) !== undefined),
    troubled: facts.nodes.filter((node) => (node.kubeletStoppedAt ?? node.lapses ?? node.diskShort) !== undefined),
  };
  known.set(facts, index);
  return index;
}

export function nodeNamed(facts: Facts, name: string): NodeFacts | undefined {
  return indexOf(facts).byName.get(name);
}

export function nodeAt(facts: Facts, address: string): NodeFacts | undefined {
  return indexOf(facts).byAddress.get(address);
}

export function nodesInOrder(facts: Facts): readonly NodeFacts[] {
  return indexOf(facts).sorted;
}

/** Those whose kubelet has stopped once, or will. */
export function silentNodes(facts: Facts): readonly NodeFacts[] {
  return indexOf(facts).silent;
}

/** Those with something to tell. */
export function troubledNodes(facts: Facts): readonly NodeFacts[] {
  return indexOf(facts).troubled;
}
