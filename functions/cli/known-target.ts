import { isAddress } from '../../engine/directory.ts';
import { ReadFailure } from '../../engine/errors.ts';
import type { Target } from '../../engine/target.ts';
import type { Cluster } from '../../engine/triage.ts';
import { didYouMean } from '../../infra/local/nearest.ts';
import { UsageError } from './outcome.ts';

const ONE_NODE = { deadlineMs: 5_000, maxBytes: 1024 * 1024 };

/**
 * The target under its own name: a node may be asked for by an address, as alerts name it. One nobody has heard of is a
 * slip of the fingers, not an incident. When the nodes cannot be listed it may exist.
 */
export async function knownTarget({ nodes, source }: Cluster, target: Target): Promise<Target> {
  if (target.kind !== 'Node') return target;
  // One small read; the table of all nodes, which grows with the cluster, only for what is no node's name.
  const failure = await source.read({ verb: 'get', kind: 'Node', name: target.name }, ONE_NODE).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(failure instanceof ReadFailure) || failure.kind !== 'not-found') return target;
  const [node, ...others] = await nodes.find(target.name).catch(() => []);
  if (node && others.length > 0)
    throw new UsageError(`${target.name} is ${[node, ...others].map(({ name }) => name).join(' and ')}: which?`);
  if (node) return { ...target, name: node.name };
  if (isAddress(target.name))
    throw new UsageError(`No node is known by ${target.name} in this cluster: give the name of the node`);
  const names = (await nodes.rows().catch(() => [])).map(({ name }) => name);
  throw new UsageError(`There is no node ${target.name} in this cluster${didYouMean(target.name, names)}`);
}
