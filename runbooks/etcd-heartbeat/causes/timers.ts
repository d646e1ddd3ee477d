import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { EtcdPod } from '../../evidence/etcd-pods.ts';
import type { Maybe } from '../facts.ts';
import type { Peer, Seen } from '../seen.ts';
import { adviseTimers, defaultTimers, named, type Timers } from '../timers.ts';
import { duration, listed } from '../words.ts';

/** The flags of the members differ, break etcd's rules, are far too high, or do not fit the usual round trip. */
export function wrongTimers(seen: Seen, maybe: Maybe): Verdict {
  const { pods } = seen;
  if (pods.length === 0) {
    return inconclusive('etcd does not run as a static pod of this cluster, so its flags cannot be seen');
  }
  const seenOnes = pods.filter((pod) => hiddenIn(pod) === undefined);
  const distinct = new Map(seenOnes.map((pod) => [named(timersOf(pod)), timersOf(pod)]));
  if (distinct.size > 1) {
    const each = seenOnes.map((pod) => `${pod.name} ${named(timersOf(pod))}`);
    return confirmed(`the members differ, and all must be the same: ${listed(each)}`);
  }
  const [timers] = distinct.values();
  const verdict = timers && judge(timers, maybe);
  const hidden = pods.find((pod) => hiddenIn(pod) !== undefined);
  if (hidden === undefined) return verdict ?? inconclusive('no timers were seen');
  return verdict?.verdict === 'confirmed' ? verdict : inconclusive(cannotBeSeen(hidden));
}

/** Why the timers of a member are not known. */
export function hiddenIn({ unseen }: EtcdPod): string | undefined {
  return unseen?.heartbeatMs ?? unseen?.electionMs;
}

/** etcd says both when it starts, whoever set them and however (`embed/etcd.go`). */
function cannotBeSeen(pod: EtcdPod): string {
  return `the timers of ${pod.name} cannot be seen: ${hiddenIn(pod)}. It says them when it starts: kubectl -n kube-system logs ${pod.name} | grep -E 'heartbeat-interval|(heartbeat|election) ='`;
}

function judge(timers: Timers, maybe: Maybe): Verdict {
  const usual = usualRoundTrip(maybe.peers);
  const advice = adviseTimers(timers, usual);
  if (advice.fits !== 'fine') return confirmed(`${named(timers)}: ${advice.reason}`);
  const now = meanRoundTrip(maybe.peers);
  if (now === undefined) {
    return maybe.peers?.length === 0 && maybe.pods?.length === 1
      ? ruledOut(`${named(timers)}; with one member there is no round trip to fit`)
      : inconclusive(`${named(timers)} passes etcd's rules; the round trip they must fit is not known`);
  }
  if (adviseTimers(timers, now).fits === 'fine') {
    return ruledOut(`${named(timers)} fits a mean round trip of ${duration(now)}`);
  }
  if (usual !== undefined) {
    return ruledOut(
      `${named(timers)} fits the usual round trip of ${duration(usual)}; it is ${duration(now)} only now`,
    );
  }
  return inconclusive(
    `${named(timers)} does not fit the present round trip of ${duration(now)}; whether that is usual here is not known`,
  );
}

/** Of a member whose timers are not hidden. */
export function timersOf({ heartbeatMs, electionMs }: EtcdPod): Timers {
  return { heartbeatMs: heartbeatMs ?? defaultTimers.heartbeatMs, electionMs: electionMs ?? defaultTimers.electionMs };
}

/** Seconds: the slowest link's mean in the hour that ended 15 minutes ago. Timers are set for that, not for a fault. */
export function usualRoundTrip(peers: readonly Peer[] = []): number | undefined {
  return highest(peers.flatMap(({ rttUsual }) => rttUsual ?? []));
}

function meanRoundTrip(peers: readonly Peer[] = []): number | undefined {
  return highest(peers.flatMap(({ rttMean }) => rttMean ?? []));
}

function highest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}
