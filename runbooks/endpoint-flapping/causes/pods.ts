import { inconclusive } from '../../../engine/verdict.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import type { Flap, Sign } from '../flaps.ts';
import { limits } from '../limits.ts';
import { type FlapCause, ofPods, toldOf } from '../signs.ts';

function telling(sign: Sign) {
  return (showing: readonly Flap[]) => toldOf(showing, sign);
}

const ofEnds = ofPods('ends', telling('ends'));

/** Containers and their condition go and come as well, and the kubelet says why. */
export const readinessProbe: FlapCause = {
  title: 'The readiness probe fails now and then',
  judge: ofPods('probe', telling('probe')),
  remedies: ['askProbe'],
};

export const containerEnds: FlapCause = {
  title: 'A container ends',
  judge: (seen, maybe, context) => {
    const verdict = ofEnds(seen, maybe, context);
    const rebooted = maybe.events?.findLast(
      ({ reason, lastSeen }) => reason === 'Rebooted' && secondsSince(lastSeen, context.now) <= limits.latelySeconds,
    );
    if (verdict.verdict !== 'inconclusive' || !rebooted || !maybe.node) return verdict;
    return inconclusive(`${verdict.reason}; ${maybe.node.name} was rebooted at ${clockTime(rebooted.lastSeen)}`);
  },
  remedies: ['askContainer'],
};

/** Somebody beside the kubelet has a say: a load balancer's controller, a mesh. */
export const readinessGate: FlapCause = {
  title: 'A readiness gate is closed',
  judge: ofPods('gate', telling('gate')),
  remedies: ['askGate'],
};

export const notStarted: FlapCause = {
  title: 'The pod, or a container of it, does not start',
  judge: ofPods('waiting', telling('waiting')),
  remedies: ['askStart'],
};

/** Endpoints come and go because pods are replaced: as long as it ends, no trouble in itself. */
export const rollout: FlapCause = {
  title: 'Pods are being replaced: a rollout, a drain, an eviction',
  judge: ofPods('moving', telling('moving')),
  chosen: true,
  remedies: ['watchRollout'],
};

/** It was to be gone, and is not: its node, a finalizer, or a volume keeps it. */
export const doesNotGo: FlapCause = {
  title: 'A pod that is being ended does not go away',
  judge: ofPods('stuck', telling('stuck')),
  remedies: ['askEnding'],
};
