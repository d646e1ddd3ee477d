import { isAddress } from './directory.ts';
import { nodeByLabels } from './node-of-labels.ts';
import type { Lookup } from './resolution.ts';
import type { Storm } from './storm.ts';
import type { NodeTarget } from './target.ts';

/**
 * Which nodes those members of a storm are that were named by an address or host name while the API server did not
 * answer, by the names they had: one read for all. What is no node's keeps its name, and is never called well.
 */
export async function foundMembers(
  { members }: Storm,
  { nodes }: Pick<Lookup, 'nodes'>,
): Promise<ReadonlyMap<string, NodeTarget>> {
  const found = new Map<string, NodeTarget>();
  for (const name of members) {
    const [, label, value] = /^unresolved\/(\w+)=(.+)$/.exec(name) ?? [];
    // A name that is not there was looked for already.
    if (!label || !value || (label !== 'instance' && !isAddress(value))) continue;
    const { target } = await nodeByLabels({ [label]: value }, [label], { nodes });
    if (target.kind === 'Node') found.set(name, target);
  }
  return found;
}
