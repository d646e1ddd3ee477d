import type { Measure } from '../../../engine/measure.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { cpuOf, etcdOf, etcdTrouble, hangs } from '../facts.ts';
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
  if (maybe.readyz?.etcd === false || isFailing(maybe)) return confirmed(trouble);
  const cpu = cpuOf(maybe);
  if (cpu.state === 'fine' || isSlowItself(maybe)) return confirmed(trouble);
  const own = isQuick(maybe) ? "etcd's own figures are good" : "etcd's own figures are not seen";
  return inconclusive(`${trouble}; but ${own}, and ${cpu.words}: the API server may be the slow one`);
}

/** Errors do not come of a lack of CPU on the API server's side. */
function isFailing({ etcd = [] }: Maybe): boolean {
  return etcd.some(
    ({ errors = 0, requests = 0 }) => requests >= limits.etcdRequestsEnough && errors > limits.etcdErrorShare,
  );
}

/** By its own metrics: a member whose scrape hangs, or that syncs its WAL slowly. A refused scrape tells of the scrape. */
function isSlowItself({ members = [] }: Maybe): boolean {
  return members.some((member) => hangs(member) || (member.fsyncP99 ?? 0) >= limits.fsyncGoodSeconds);
}

/** By its own metrics: every member answers, and its WAL is synced in time. */
export function isQuick({ members = [] }: Maybe): boolean {
  return (
    members.length > 0 && members.every(({ up, fsyncP99 }) => up === 1 && (fsyncP99 ?? 1) < limits.fsyncGoodSeconds)
  );
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
      // The mean of two minutes of mixed requests wanders; twice as long is no chance (judgement).
      clearlyWorse: 2,
      fineUntil: limits.etcdGoodSeconds,
    }
  );
}
