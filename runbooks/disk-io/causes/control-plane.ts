import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { duration, plural } from '../../evidence/node-words.ts';
import { limits } from '../limits.ts';
import type { DiskCause } from '../signs.ts';
import { isNeverSaturated, stallOf } from '../stall.ts';

const OWN_PART = 'it runs on this node itself, whose own trouble may be why it answers late';

/** A lease that is late may have been sent in time. Then other nodes are late as well. */
export const controlPlane: DiskCause = {
  title: 'Not this node: the control plane answers late',
  judge: (seen, _maybe, { now }) => {
    const { status, etcd, failing } = seen.readyz;
    if (etcd === false) {
      const words = `/readyz answers ${status}, failing: ${failing.join(', ')}: no lease can be stored`;
      return seen.isControlPlane ? inconclusive(`${words}; but ${OWN_PART}`) : confirmed(words);
    }
    const { nodes, flapping, leaseUpdate } = seen.fleet;
    const others =
      flapping === undefined || nodes === undefined
        ? undefined
        : `${flapping} of ${plural(Math.max(0, nodes - 1), 'other node')} came and went, or fell, in half an hour`;
    const store =
      leaseUpdate === undefined ? undefined : `the API server stores a lease within ${duration(leaseUpdate)} (p99)`;
    const words = [others, store].filter((one) => one !== undefined).join('; ');
    const isSlow = leaseUpdate !== undefined && leaseUpdate > limits.leaseUpdateSeconds;
    const many =
      flapping !== undefined &&
      nodes !== undefined &&
      flapping >= limits.flappingNodes &&
      flapping >= limits.flappingShare * nodes;
    if (many || (isSlow && (flapping ?? 0) > 0)) {
      if (seen.isControlPlane) return inconclusive(`${words}; but ${OWN_PART}`);
      if (!isNeverSaturated(seen.disks))
        return inconclusive(`${words}; but this node has its own reason: ${stallOf(seen, now).words}`);
      return confirmed(`${words}: look at ${isSlow ? 'etcd and the API server first' : 'what they share'}`);
    }
    if (others === undefined || store === undefined)
      return inconclusive(words || 'neither other nodes nor its answers were seen');
    if (isSlow || (flapping ?? 0) > 1) return inconclusive(words);
    return ruledOut(words);
  },
  remedies: ['lookAtControlPlane'],
};
