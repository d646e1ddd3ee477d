import { confirmed, inconclusive } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { limits } from '../limits.ts';
import { type DiskCause, meanOf, movedBy, onceProved } from '../signs.ts';
import { queueNow } from '../stall.ts';
import { amount, rate } from '../words.ts';

/** Their volumes have limits in bytes and requests a second, some with credits that run out. */
const CLOUDS = ['aws', 'gce', 'azure', 'openstack', 'digitalocean', 'alicloud', 'ibm', 'oci', 'hcloud'];

/**
 * Somebody who asks too much and a disk that gives too little look the same: both saturated. Only a disk that gives far
 * less than it did before, in bytes *and* in requests, or nothing at all, is itself the matter. That it gives as much as
 * ever proves nothing: it may have been too small all along. So while a disk is saturated this is never ruled out.
 */
export const slowDevice: DiskCause = {
  title: 'The disk itself gives too little (throttled by its provider, or failing)',
  judge: onceProved(({ stall: { disk, minutes }, seen, proof }) => {
    const { device, saturated } = disk;
    const still = saturated.filter(
      ({ requests = Number.POSITIVE_INFINITY, queue = 0 }) =>
        requests < limits.standstillRequestsPerSecond && queue >= limits.queue,
    );
    if (still.length >= 2) {
      return confirmed(`${device} finished nothing in ${plural(still.length, 'minute')} with a full queue. ${proof}`);
    }
    const [bytes, requests] = [movedBy(disk, minutes), meanOf(disk, 'requests', minutes)];
    if (bytes === undefined || requests === undefined)
      return inconclusive(`what ${device} gave was not seen. ${proof}`);
    const most = seen.best.find((row) => row.device === device);
    const now = `${device} gave ${rate(bytes)} in ${amount(requests)} requests a second with a full queue`;
    if (most?.bytes === undefined || most.requests === undefined)
      return inconclusive(`${now}; what it can give was not seen`);
    const words = `${now}, at best ${rate(most.bytes)} and ${amount(most.requests)} within 6 hours`;
    const isLess = bytes <= limits.reducedShare * most.bytes && requests <= limits.reducedShare * most.requests;
    if (!isLess) return inconclusive(`${words}: no less than it can do, unless its limit has been too low all along`);
    if (!CLOUDS.includes(seen.provider))
      return inconclusive(`${words}; small scattered requests alone slow a spinning disk so`);
    return confirmed(`${words}: its provider throttles it, or it fails. ${proof}`);
  }),
  measure: queueNow,
  remedies: ['cordon', 'askProvider', 'keepPatience'],
};
