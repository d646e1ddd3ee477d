import * as z from 'zod';
import type { ManualRemedy, Remedy } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import type { Seen } from './evidence.ts';
import * as cluster from './manual/cluster.ts';
import * as kubelet from './manual/kubelet.ts';
import * as machine from './manual/machine.ts';
import * as troubles from './manual/machine-troubles.ts';
import { keepKubelet, keepPods } from './manual/refusals.ts';
import { uncordon } from './uncordon.ts';

const Cordon = z.object({ node: z.string() });

const cordon: Remedy<z.infer<typeof Cordon>, Seen, NodeTarget, 'cordon'> = {
  title: 'Cordon the node',
  risk: 'low',
  verbs: ['cordon'],
  params: Cordon,
  propose: ({ node, readyz }) => {
    if (node.cordoned) return { unavailable: 'the node is cordoned already' };
    if (readyz.etcd === false) return { unavailable: 'the API server has lost etcd and cannot write' };
    return { node: node.name };
  },
  changes: ({ node }) => [{ verb: 'cordon', node }],
};

export const remedies = { cordon, uncordon };

/**
 * No eviction and no drain among them: without kubelet or runtime nothing can end a container, under pressure the pods
 * that would be evicted are not its cause, and a drain that hangs is somebody's (README.md, Mitigation).
 */
export const manual = { ...kubelet, ...machine, ...troubles, ...cluster, keepPods, keepKubelet } satisfies Record<
  string,
  ManualRemedy<Seen, NodeTarget>
>;

export type RemedyName = keyof typeof remedies | keyof typeof manual;
