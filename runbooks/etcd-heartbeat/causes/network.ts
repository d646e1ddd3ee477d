import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { electionsOf, heartbeatSeconds, lateInAll, type Maybe, pauseOf } from '../facts.ts';
import { limits } from '../limits.ts';
import { type Member, membership, nameOf, restarted } from '../members.ts';
import type { Peer, Seen } from '../seen.ts';
import { counted, duration, listed } from '../words.ts';

/**
 * Round trips as long as a heartbeat interval, or sends that fail. A slow network alone makes no heartbeat late: the
 * leader counts before it sends (etcd, `server/etcdserver/raft.go`), so it shows as elections and long round trips.
 * What a silent, restarted or paused member does to the figures of its links is no fault of the network.
 */
export function slowNetwork(seen: Seen, maybe: Maybe): Verdict {
  const { members, peers } = seen;
  const { size, silent, answering } = membership(members, peers, maybe.pods);
  if (size === 1) return ruledOut('not applicable: one member has no peers');
  if (peers.length === 0) return inconclusive(`no round trips are known, though the cluster has ${size} members`);

  const interval = heartbeatSeconds(maybe.pods);
  const excused = new Map<string, string>();
  for (const member of members) {
    const why = excuseOf(member, silent, maybe);
    if (why && member.id !== undefined) excused.set(member.id, why);
  }
  const excuse = ({ instance, To }: Peer) => {
    const from = members.find((member) => member.instance === instance)?.id;
    return excused.get(To) ?? (from === undefined ? undefined : excused.get(from));
  };
  const fair = peers.filter((peer) => excuse(peer) === undefined);
  const slow = fair.filter((peer) => isSlow(peer, interval));
  const failing = fair.filter(({ failures = 0 }) => failures > limits.sendFailures);
  const words = (peer: Peer) => linkOf(peer, members, maybe);
  if (slow.length > 0 || failing.length > 0) {
    const limit = `heartbeat interval ${duration(interval)}; ${limits.sendFailures} failed sends in 10 minutes`;
    return confirmed(`${listed([...new Set([...slow, ...failing])].slice(0, 3).map(words))} (limits: ${limit})`);
  }

  const trips = fair.flatMap(({ rttP99 }) => rttP99 ?? []);
  const excuses = [
    ...new Set(
      peers.flatMap((peer) => (isSlow(peer, interval) || (peer.failures ?? 0) >= 1 ? (excuse(peer) ?? []) : [])),
    ),
  ];
  const because = excuses.length > 0 ? `; other figures are explained: ${excuses.join(', ')}` : '';
  if (trips.length === 0)
    return inconclusive(`no round trip between members that answer was measured in 10 minutes${because}`);
  const worst = fair.reduce((a, b) => ((b.rttP99 ?? 0) > (a.rttP99 ?? 0) ? b : a));
  const seenTrips = `slowest link: ${words(worst)} (heartbeat interval ${duration(interval)})${because}`;
  if ((worst.rttP99 ?? 0) >= interval / 2) return inconclusive(seenTrips);
  if (fair.some(({ failures = 0 }) => failures >= 1)) return inconclusive(`a few sends failed; ${seenTrips}`);
  const elections = electionsOf(maybe);
  if (elections >= 1 && lateInAll(maybe) < 1 && silent.length === 0 && !answering.some(restarted)) {
    return inconclusive(
      `${counted(elections, 'election')} without a late heartbeat points at the network or a short partition, but ${seenTrips}`,
    );
  }
  return ruledOut(`${seenTrips}, no failed sends`);
}

function excuseOf(member: Member, silent: readonly Member[], maybe: Maybe): string | undefined {
  const name = nameOf(member, maybe.pods);
  if (silent.includes(member)) return `${name} does not answer`;
  if (restarted(member)) return `${name} restarted ${duration(member.runningSeconds ?? 0)} ago`;
  const pause = pauseOf(member, maybe);
  return pause.state === 'paused' ? `${name} paused for up to ${duration(pause.seconds)}` : undefined;
}

/** Surely as long as a heartbeat interval: by the mean, or by a p99 in a bucket that begins at or above it. */
function isSlow({ rttP99 = 0, rttMean = 0 }: Peer, interval: number): boolean {
  return rttMean >= interval || rttP99 > edgeFrom(interval);
}

/** The histogram has edges at 0.1 ms and its doublings, to 3.2768 s (etcd, `rafthttp/metrics.go`). */
function edgeFrom(seconds: number): number {
  return 0.0001 * 2 ** Math.ceil(Math.log2(seconds / 0.0001) - 1e-9);
}

function linkOf(peer: Peer, members: readonly Member[], maybe: Maybe): string {
  const named = (member: Member | undefined, otherwise: string) => (member ? nameOf(member, maybe.pods) : otherwise);
  const from = named(
    members.find(({ instance }) => instance === peer.instance),
    peer.instance,
  );
  const to = named(
    members.find(({ id }) => id === peer.To),
    peer.To,
  );
  const trips = [
    ...(peer.rttP99 === undefined ? [] : [`round trip p99 ${duration(peer.rttP99)}`]),
    ...(peer.rttMean === undefined ? [] : [`mean ${duration(peer.rttMean)}`]),
    ...((peer.failures ?? 0) >= 1 ? [counted(peer.failures ?? 0, 'failed send')] : []),
  ];
  return `${from} → ${to}: ${trips.join(', ')}`;
}
