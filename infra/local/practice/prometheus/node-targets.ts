import type { Facts, NodeFacts } from '../facts.ts';
import { nodeAt, nodeNamed } from '../lookup.ts';
import type { Wanted } from './wanted.ts';

/** The nodes that a selector could mean: by the label that holds the name, by `instance` = address and port, or all. */
export function nodesWanted(
  facts: Facts,
  wanted: Wanted,
  { label, port }: { readonly label?: string; readonly port?: number },
): readonly NodeFacts[] {
  const name = label === undefined ? undefined : wanted.exactly(label);
  if (name !== undefined) return single(nodeNamed(facts, name));
  const instance = port === undefined ? undefined : wanted.exactly('instance');
  if (instance !== undefined) return single(nodeAt(facts, instance.replace(/:\d+$/, '')));
  return facts.nodes.filter(
    (node) =>
      (label === undefined || wanted.admits(label, node.name)) &&
      (port === undefined || wanted.admits('instance', `${node.address}:${port}`)),
  );
}

function single(node: NodeFacts | undefined): readonly NodeFacts[] {
  return node ? [node] : [];
}
