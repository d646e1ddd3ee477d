import * as z from 'zod';
import type { Remedy } from '../../engine/runbook.ts';
import type { Readyz } from './control-plane.ts';
import type { NodeView } from './node.ts';

const Node = z.object({ node: z.string() });

interface NodeSeen {
  readonly node: NodeView;
  readonly readyz: Readyz;
}

/** Keeps new pods off the node, with their images, their writes and their forks. Evicts nobody, ends nothing, heals nothing. */
export const cordon: Remedy<z.infer<typeof Node>, NodeSeen, unknown, 'cordon'> = {
  title: 'Cordon the node',
  risk: 'low',
  heals: false,
  verbs: ['cordon'],
  params: Node,
  propose: ({ node, readyz }) => {
    if (node.cordoned) return { unavailable: 'the node is cordoned already' };
    if (readyz.etcd === false) return { unavailable: 'the API server has lost etcd and cannot write' };
    return { node: node.name };
  },
  changes: ({ node }) => [{ verb: 'cordon', node }],
};
