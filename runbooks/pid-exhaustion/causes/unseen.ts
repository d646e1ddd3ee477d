import { inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { summed } from '../../evidence/over-time.ts';
import { isCovered, usageOf } from '../machine.ts';
import type { PidCause } from '../signs.ts';
import { listed } from '../words.ts';

/** Keeps the holder from being named; takes no PID. */
export const unseen: PidCause = {
  title: 'Who holds the PIDs cannot be seen well',
  judge: (_seen, { machine, threads }) => {
    const usage = machine && usageOf(machine);
    const looks: readonly (readonly [string, boolean])[] = [
      [
        'the PIDs of the machine (node_exporter needs --collector.processes)',
        usage !== undefined && isCovered(usage.whole),
      ],
      [
        "the threads of its pods (the kubelet's /metrics/cadvisor)",
        threads !== undefined && isCovered(summed(threads, 'pods')),
      ],
      [
        'the limits of pods (container_threads_max, which the Helm chart kube-prometheus-stack drops)',
        threads !== undefined && isCovered(summed(threads, 'limitsSeen')),
      ],
    ];
    const lacking = looks.filter(([, isSeen]) => !isSeen).map(([what]) => what);
    if (lacking.length === 0)
      return ruledOut('PIDs of the machine, threads of pods and their limits were seen throughout');
    return inconclusive(`not seen all the time: ${listed(lacking)}`);
  },
  sight: true,
  remedies: ['seeByHand'],
};
