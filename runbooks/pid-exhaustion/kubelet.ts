import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { KubeletStats } from '../evidence/kubelet-stats.ts';
import type { Usage } from './machine.ts';
import { amount, count, percent } from './words.ts';

/** Another witness: PIDs of the machine, and processes by pod, at this moment. What they were before it does not know. */
export const kubelet: Evidence<KubeletStats, NodeTarget> = {
  title: 'What its kubelet counts itself',
  schema: KubeletStats,
  reads: ['kubelet /stats/summary'],
  read: ({ kubelet: direct }, { name }) => direct.stats(name),
  show: (stats) => {
    const { pids } = stats;
    const { biggest, together } = processesIn(stats);
    return [
      pids ? `${countWords(pids)} now` : 'it tells no limit of PIDs',
      biggest
        ? `${biggest.namespace}/${biggest.pod} has most, ${count(biggest.processes, 'process')} of ${amount(together)}`
        : 'it counts no process of any pod',
    ].join('; ');
  },
  threshold: 'short at 80 % of the PIDs; a pod has at least as many of them as it has processes',
  thresholdSource: 'as for the PIDs of the machine; measured that rlimit.curproc counts threads',
  witness: true,
};

/** `31,400 of 32,768 PIDs (96 %)`. */
export function countWords({ used, max }: { readonly used: number; readonly max: number }): string {
  return `${amount(used)} of ${amount(max)} PIDs (${percent(used / max)})`;
}

/** The same as what Prometheus holds, for the one minute that is now. */
export function usageNow({ pids }: Pick<KubeletStats, 'pids'>): Usage | undefined {
  if (pids === undefined) return undefined;
  const { used, max } = pids;
  const minute = <T>(value: T) => new Map([[0, value]]);
  return { threads: minute(used), shares: minute(used / max), whole: minute(true as const), peak: used / max, max };
}

export interface Processes {
  readonly namespace: string;
  readonly pod: string;
  readonly processes: number;
}

/** The pods of which it counts processes: the one with most of them, and all together. */
export function processesIn({ pods }: KubeletStats) {
  const counted = pods.flatMap(({ processes, ...of }): Processes[] =>
    processes === undefined ? [] : [{ ...of, processes }],
  );
  const biggest = counted.toSorted((a, b) => b.processes - a.processes || (nameOf(a) < nameOf(b) ? -1 : 1))[0];
  return { biggest, together: counted.reduce((sum, { processes }) => sum + processes, 0) };
}

function nameOf({ namespace, pod }: Processes): string {
  return `${namespace}/${pod}`;
}
