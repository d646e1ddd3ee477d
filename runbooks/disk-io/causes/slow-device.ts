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
  judge: onceProved(({ stall: { disk }, seen, proof }) => {
    const { device } = disk;
    // One that is asked one thing after the other gives what it is asked for, however long each takes.
    const full = disk.saturated.filter(({ queue = 0 }) => queue >= limits.queue);
    if (full.length === 0)
      return inconclusive(
        `${device} is not seen with ${limits.queue} requests waiting: it may be asked for no more. ${proof}`,
      );
    const minutes = full.map(({ minutesAgo }) => minutesAgo);
    const still = full.filter(
      ({ requests = Number.POSITIVE_INFINITY }) => requests < limits.standstillRequestsPerSecond,
    );
    if (still.length >= 2) {
      return confirmed(`${device} finished nothing in ${plural(still.length, 'minute')} with a full queue. ${proof}`);
    }
    const [bytes, requests] = [movedBy(disk, minutes), meanOf(disk, 'requests', minutes)];
    if (bytes === undefined || requests === undefined)
      return inconclusive(`what ${device} gave was not seen. ${proof}`);
    const most = seen.best.find((row) => row.device === device);
    const now = `${device} gave ${rate(bytes)} in ${amount(requests)} requests a second with a full queue`;
    // Many disks read what is cached far quicker than they write.
    const way = (meanOf(disk, 'written', minutes) ?? 0) * 2 >= bytes ? 'written' : 'read';
    const best = most?.[way];
    if (best === undefined || most?.requests === undefined)
      return inconclusive(`${now}; what it can give was not seen`);
    const words = `${now}, at best ${rate(best)} ${way} and ${amount(most.requests)} within 6 hours`;
    const isLess = bytes <= limits.reducedShare * best && requests <= limits.reducedShare * most.requests;
    if (!isLess) return inconclusive(`${words}: no less than it can do, unless its limit has been too low all along`);
    if (!CLOUDS.includes(seen.provider))
      return inconclusive(`${words}; small scattered requests alone slow a spinning disk so`);
    return confirmed(`${words}: its provider throttles it, or it fails. ${proof}`);
  }),
  measure: queueNow,
  remedies: ['cordon', 'askProvider', 'keepPatience'],
};
