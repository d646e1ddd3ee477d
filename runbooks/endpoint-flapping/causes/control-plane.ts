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
  const { flapping, leaseUpdate } = fleet;
  const others = othersWords(fleet);
  const store = leaseUpdate === undefined ? undefined : `a lease is stored within ${span(leaseUpdate)} (p99)`;
  const words = [others, store].filter((one) => one !== undefined).join('; ');
  const isSlow = leaseUpdate !== undefined && leaseUpdate > limits.leaseUpdateSeconds;
  if (areMany(fleet)) return confirmed(`${words}: look at what they share`);
  if (isSlow && (flapping ?? 0) > 0) return confirmed(`${words}: look at etcd and the API server first`);
  if (others === undefined || store === undefined)
    return inconclusive(words || 'neither other nodes nor its answers were seen');
  return isSlow || (flapping ?? 0) > 1 ? inconclusive(words) : ruledOut(words);
});

/** `1 of 999 other nodes came and went, or fell, in half an hour`. */
export function othersWords({ nodes, flapping }: Fleet): string | undefined {
  if (flapping === undefined || nodes === undefined) return undefined;
  return `${flapping} of ${plural(Math.max(0, nodes - 1), 'other node')} came and went, or fell, in half an hour`;
}

/** So many nodes come and go that the trouble is not this one's. `undefined`: of how many, or whether any did, was not seen. */
export function areMany({ nodes, flapping }: Fleet): boolean | undefined {
  if (nodes === 1) return false;
  if (nodes === undefined || flapping === undefined) return undefined;
  return flapping >= limits.flappingNodes && flapping >= limits.flappingShare * nodes;
}

/** Why what one node shows may not be its own; `undefined`: it is seen that few others came and went, or fell. */
export function sharedWords(fleet: Fleet): string | undefined {
  const many = areMany(fleet);
  if (many === undefined) return 'whether other nodes came and went, or fell, as well could not be seen';
  return many ? `but ${fleet.flapping} other nodes came and went, or fell, as well` : undefined;
}
