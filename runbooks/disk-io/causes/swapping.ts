import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { coverage, meanIn, summed } from '../../evidence/over-time.ts';
import { limits } from '../limits.ts';
import { placeOfSwap } from '../places.ts';
import { type DiskCause, movedBy, onceProved } from '../signs.ts';
import { queueNow } from '../stall.ts';
import { percent, rate } from '../words.ts';

/** Too little memory makes a disk of it. Without swap the same comes of the page cache: programs are read again and again. */
export const swapping: DiskCause = {
  title: 'The node is short of memory and swaps',
  judge: onceProved(({ stall: { disk, minutes }, seen, proof }) => {
    const { machine } = seen;
    const [swapped, available, total] = ['swapped', 'memoryAvailable', 'swapBytes'].map((figure) =>
      meanIn(summed(machine, figure), minutes),
    );
    const moved = movedBy(disk, minutes);
    const memory = available === undefined ? '' : `, ${percent(available)} of memory available`;
    const isShort = available === undefined || available < limits.memoryShortShare;
    if (total === 0) {
      return isShort
        ? inconclusive(
            `there is no swap${memory}: with so little the page cache goes to and fro, and its reads look like any others`,
          )
        : ruledOut(`there is no swap${memory}`);
    }
    if (swapped === undefined || moved === undefined) return inconclusive(`what was swapped was not seen${memory}`);
    const words = `${rate(swapped)} to and from swap, ${percent(Math.min(1, swapped / moved))} of what ${disk.device} moved (${rate(moved)})${memory}`;
    if (swapped >= limits.leastBytesPerSecond && swapped >= limits.mostShare * moved) {
      const place = placeOfSwap(disk, seen, minutes, swapped);
      return place.is === 'here' ? confirmed(`${words}. ${proof}`) : inconclusive(`${words}; but ${place.words}`);
    }
    const share = coverage(summed(machine, 'swapped'), minutes);
    if (share < limits.coverageShare) return inconclusive(`${words}; seen in ${percent(share)} of the time only`);
    return swapped < limits.littleShare * moved && !isShort ? ruledOut(words) : inconclusive(words);
  }),
  measure: queueNow,
  remedies: ['cordon', 'freeMemory', 'keepPatience'],
};
