import * as z from 'zod';
import type { Remedy } from '../../engine/runbook.ts';
import { devicesOf, diskOf, isContended, slowMember } from './causes/disk.ts';
import { leadersOf, type Member, podOf } from './members.ts';
import { neighbourOn } from './neighbour.ts';
import type { Seen } from './seen.ts';
import type { EtcdTarget } from './target.ts';

/** Why nobody else is known to use the disk of this member. */
function whyAlone(member: Member, node: string, seen: Seen): string | undefined {
  const devices = devicesOf(member, seen);
  if (devices.length === 0) return `CPU and disks of ${node} are not collected`;
  return devices.some(isContended) ? undefined : `nobody else is seen to use the disk of ${node}`;
}

const Params = z.object({ node: z.string() });

/** Keeps new pods, and their writes, off the machine whose disk others compete for. Evicts nobody. */
export const cordonLeaderNode: Remedy<z.infer<typeof Params>, Seen, EtcdTarget, 'cordon'> = {
  title: 'Keep new pods off the machine of the slow disk',
  risk: 'low',
  heals: false,
  verbs: ['cordon'],
  params: Params,
  propose: (seen) => {
    const leader = leadersOf(seen.members, seen.heartbeats).find((member) => diskOf(member, seen).state === 'slow');
    const pod = leader && podOf(leader, seen.pods);
    if (leader === undefined || pod === undefined) {
      return { unavailable: 'on which node the slow member runs is not known' };
    }
    const alone = whyAlone(leader, pod.node, seen);
    if (alone !== undefined) return { unavailable: alone };
    const node = seen.nodes.nodes.find(({ name }) => name === pod.node);
    if (node === undefined) return { unavailable: `node ${pod.node} could not be read` };
    if (node.unschedulable) return { unavailable: `node ${pod.node} is cordoned already` };
    if (seen.pods.length < 2) return { unavailable: `${pod.node} is the only control-plane node` };
    return { node: pod.node };
  },
  changes: ({ node }) => [{ verb: 'cordon', node }],
};

const Neighbour = z.object({ node: z.string(), namespace: z.string(), pod: z.string() });

/** Ends the pod that floods the disk. Where its replacement goes is the scheduler's choice: perhaps the same machine. */
export const evictNoisyNeighbour: Remedy<z.infer<typeof Neighbour>, Seen, EtcdTarget, 'evict'> = {
  title: 'Evict the pod that writes most to the slow disk',
  risk: 'medium',
  verbs: ['evict'],
  params: Neighbour,
  propose: (seen) => {
    const member = slowMember(seen.members, leadersOf(seen.members, seen.heartbeats), seen);
    const pod = member && podOf(member, seen.pods);
    if (member === undefined || pod === undefined) {
      return { unavailable: 'on which node the slow member runs is not known' };
    }
    const alone = whyAlone(member, pod.node, seen);
    if (alone !== undefined) return { unavailable: alone };
    return neighbourOn(member, pod, seen);
  },
  changes: ({ namespace, pod }) => [{ verb: 'evict', namespace, pod }],
};
