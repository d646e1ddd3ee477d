import type { Measure } from '../../../engine/measure.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { errorsAt, etcdOf, etcdTrouble, isQuick, isSlowItself } from '../etcd-state.ts';
import { cpuOf } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Maybe, Seen } from '../seen.ts';

/**
 * Slow or silent, for whatever reason: why is for the runbook etcd-heartbeat to say. The latency is measured by the API
 * server, so that a starved one finds etcd slow which is not.
 */
export function etcdSlow(seen: Seen, maybe: Maybe): Verdict {
  const trouble = etcdTrouble(maybe);
  if (trouble === undefined) {
    const { state, words } = etcdOf(seen, maybe);
    return state === 'good' ? ruledOut(words) : inconclusive(words);
  }
  if (maybe.readyz?.etcd === false || errorsAt(maybe) === 'many') return confirmed(trouble);
  const cpu = cpuOf(maybe);
  if (cpu.state === 'fine' || isSlowItself(maybe)) return confirmed(trouble);
  const own = isQuick(maybe) ? "etcd's own figures are good" : "etcd's own figures are not seen";
  return inconclusive(`${trouble}; but ${own}, and ${cpu.words}: the API server may be the slow one`);
}

export function etcdLatency({ etcd }: Seen): Measure | undefined {
  const means = etcd.flatMap(({ operation, meanNow }) => (meanNow === undefined ? [] : [{ operation, meanNow }]));
  const [worst] = means.sort((a, b) => b.meanNow - a.meanNow || (a.operation < b.operation ? -1 : 1));
  return (
    worst && {
      of: "etcd's mean answer to the API server",
      value: worst.meanNow,
      unit: 'seconds',
      worseWhen: 'higher',
      clearlyWorse: limits.etcdGrowth,
      fineUntil: limits.etcdGoodSeconds,
    }
  );
}
