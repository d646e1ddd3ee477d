import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { coverage, summed } from '../../evidence/over-time.ts';
import { limits } from '../limits.ts';
import { type DiskCause, denialOf, trusting } from '../signs.ts';
import { ALL_MINUTES, isJustBefore, lateMinutes, latenessOf, stallOf } from '../stall.ts';
import { listed, percent } from '../words.ts';

/** A kubelet that gets no CPU is as late as one that waits for its disk. */
export const cpuStarved: DiskCause = {
  title: 'Not the disk: the node has no CPU left for its kubelet',
  judge: trusting((seen, maybe, { now }) => {
    const cpu = summed(seen.machine, 'cpuBusy');
    const most = Math.max(0, ...cpu.values());
    const words = `CPU was at most ${percent(most)} busy`;
    const share = coverage(cpu, ALL_MINUTES);
    if (share < limits.coverageShare)
      return inconclusive(`${words}, but it was seen in ${percent(share)} of the time only`);
    if (most < limits.cpuCalmShare) return ruledOut(`${words} in half an hour`);
    const late = latenessOf(maybe, now);
    if (most < limits.cpuBusyShare) return inconclusive(`${words}: neither idle nor exhausted`);
    const stall = stallOf(seen, now);
    if (stall.state !== 'calm') return inconclusive(`${words}; but ${stall.words}`);
    const denied = denialOf(maybe);
    if (denied) return inconclusive(`${words}; but, though ${stall.words}, ${denied}`);
    if (late.length === 0) return inconclusive(`${words}, but the node was never late`);
    const lateness = lateMinutes(maybe, now);
    const before = [...cpu].filter(
      ([minutesAgo, busy]) =>
        busy >= limits.cpuBusyShare && lateness.some((moment) => isJustBefore(minutesAgo, moment)),
    ).length;
    if (before < limits.cpuBusyMinutes) {
      return inconclusive(`${words}, but not in the minutes before it was late (${listed(late)})`);
    }
    return confirmed(
      `${words}, in ${plural(before, 'minute')} just before it was late, while ${stall.words}: ${listed(late)}`,
    );
  }),
  remedies: ['freeCpu'],
};
