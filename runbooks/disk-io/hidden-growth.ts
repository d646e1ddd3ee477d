import { type Course, coverage, summed } from '../evidence/over-time.ts';
import { type Growth, grownIn } from './growth.ts';
import { limits } from './limits.ts';
import { ALL_MINUTES } from './stall.ts';
import { percent, rate, size } from './words.ts';

interface Around {
  /** The minutes in which the disk was worked. */
  readonly period: readonly number[];
  /** Bytes a second that the disk was worked by, of which it is to explain half. */
  readonly worked: number;
  readonly logs: readonly Course[];
}

/**
 * Rotation takes away what nobody has looked at yet, and so hides how much a log really took. But only where there was
 * one, only as much as fits between two rotations, and only a log that began to grow with the trouble is to blame for it:
 * most nodes have one that has always been loud. Undefined: it may well have taken half.
 */
export function whyNoMore(log: Growth, { period, worked, logs }: Around): string | undefined {
  if (!period.some((minute) => log.shrank.has(minute))) {
    return 'It was not seen to shrink meanwhile, as a log does whose rotation hides how much it grew';
  }
  const largest = Math.max(0, ...period.map((minute) => log.sizes.get(minute) ?? 0));
  const most = largest / limits.rotationSeconds;
  if (most < limits.mostShare * worked) {
    return `Rotation does not hide the rest: with ${size(largest)} at its largest, rotated every ${limits.rotationSeconds} s at the soonest, it took ${rate(most)} at most`;
  }
  const before = ALL_MINUTES.filter((minute) => minute > Math.max(...period));
  const share = coverage(summed(logs, 'seen'), before);
  if (share < limits.coverageShare) {
    return `Whether it grew as fast before was not seen (${percent(share)} of the time before in half an hour), and rotation hides what it takes away`;
  }
  const usual = grownIn(log, before) / (60 * before.length);
  const perSecond = grownIn(log, period) / (60 * period.length);
  if (usual <= limits.littleShare * perSecond) return undefined;
  return `It grew by ${rate(usual)} before that already, so it did not begin with it`;
}
