import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { limits } from '../limits.ts';
import type { Fleet } from '../schema.ts';
import { type FlapCause, onceSilent } from '../signs.ts';
import { span } from '../words.ts';

/** H4. A lease that is late may have been sent in time. Then other nodes are late as well. */
export const controlPlane: FlapCause = {
  title: 'Not this node alone: the control plane, or what many nodes share',
  judge: (seen, maybe, context) => {
    const { status, etcd, failing } = seen.readyz;
    if (etcd === false)
      return confirmed(`/readyz answers ${status}, failing: ${failing.join(', ')}: no heartbeat can be stored`);
    return ofNode(seen, maybe, context);
  },
  remedies: ['lookAtControlPlane', 'keepGrace'],
};

const ofNode = onceSilent((_silence, { fleet }) => {
  const { nodes, flapping, leaseUpdate } = fleet;
  const others =
    flapping === undefined || nodes === undefined
      ? undefined
      : `${flapping} of ${plural(Math.max(0, nodes - 1), 'other node')} came and went in half an hour`;
  const store = leaseUpdate === undefined ? undefined : `a lease is stored within ${span(leaseUpdate)} (p99)`;
  const words = [others, store].filter((one) => one !== undefined).join('; ');
  const isSlow = leaseUpdate !== undefined && leaseUpdate > limits.leaseUpdateSeconds;
  if (areMany(fleet)) return confirmed(`${words}: look at what they share`);
  if (isSlow && (flapping ?? 0) > 0) return confirmed(`${words}: look at etcd and the API server first`);
  if (others === undefined || store === undefined)
    return inconclusive(words || 'neither other nodes nor its answers were seen');
  return isSlow || (flapping ?? 0) > 1 ? inconclusive(words) : ruledOut(words);
});

/** So many nodes come and go that the trouble is not this one's. */
export function areMany({ nodes = Number.POSITIVE_INFINITY, flapping = 0 }: Fleet): boolean {
  return flapping >= limits.flappingNodes && flapping >= limits.flappingShare * nodes;
}
