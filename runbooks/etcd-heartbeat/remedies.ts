import * as z from 'zod';
import type { Remedy } from '../../engine/runbook.ts';
import { devicesOf, diskOf, isContended } from './causes/disk.ts';
import { leadersOf, podOf } from './members.ts';
import type { Seen } from './seen.ts';
import type { EtcdTarget } from './target.ts';

const Params = z.object({ node: z.string() });

/** Keeps new pods, and their writes, off the machine whose disk others compete for. Evicts nobody. */
export const cordonLeaderNode: Remedy<z.infer<typeof Params>, Seen, EtcdTarget, 'cordon'> = {
  title: 'Keep new pods off the machine of the slow disk',
  risk: 'low',
  verbs: ['cordon'],
  params: Params,
  propose: (seen) => {
    const leader = leadersOf(seen.members, seen.heartbeats).find((member) => diskOf(member, seen).state === 'slow');
    const pod = leader && podOf(leader, seen.pods);
    if (leader === undefined || pod === undefined) {
      return { unavailable: 'on which node the slow member runs is not known' };
    }
    if (!devicesOf(leader, seen).some(isContended)) {
      return { unavailable: `nobody else is seen to use the disk of ${pod.node}` };
    }
    const node = seen.nodes.nodes.find(({ name }) => name === pod.node);
    if (node === undefined) return { unavailable: `node ${pod.node} could not be read` };
    if (node.unschedulable) return { unavailable: `node ${pod.node} is cordoned already` };
    if (seen.pods.length < 2) return { unavailable: `${pod.node} is the only control-plane node` };
    return { node: pod.node };
  },
  changes: ({ node }) => [{ verb: 'cordon', node }],
};
