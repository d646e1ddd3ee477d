import { inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { coverage, summed } from '../../evidence/over-time.ts';
import { limits } from '../limits.ts';
import type { DiskCause } from '../signs.ts';
import { ALL_MINUTES } from '../stall.ts';
import { listed, percent } from '../words.ts';

/** Keeps the writer from being named; breaks nothing. */
export const writerUnseen: DiskCause = {
  title: 'Who writes cannot be seen well',
  judge: (_seen, { disks, logs, writers }) => {
    const shares: readonly (readonly [string, number])[] = [
      ['the disks (node_exporter)', disks ? coverage(summed(disks, 'busy'), ALL_MINUTES) : 0],
      ["the logs' sizes (the kubelet's /metrics)", logs ? coverage(summed(logs, 'seen'), ALL_MINUTES) : 0],
      ['what pods write (its /metrics/cadvisor)', writers ? coverage(summed(writers, 'together'), ALL_MINUTES) : 0],
    ];
    const lacking = shares.filter(([, share]) => share < limits.coverageShare);
    if (lacking.length === 0) return ruledOut('disks, logs and writes of pods were seen throughout');
    return inconclusive(
      `of the last half hour ${listed(lacking.map(([what, share]) => `${what} ${share === 0 ? 'not at all' : `${percent(share)}`}`))}: find the writer by hand`,
    );
  },
  sight: true,
  remedies: ['findWriter'],
};
