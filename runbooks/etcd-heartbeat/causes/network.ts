import type { JudgeContext } from '../../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { electionsOf, heartbeatOf, lateInAll, type Maybe, pauseOf } from '../facts.ts';
import { limits } from '../limits.ts';
import { unlessTold } from '../log/told.ts';
import { cutOff, linksOf, type Member, membership, nameOf, restarted } from '../members.ts';
import type { Peer, Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import { counted, duration, listed } from '../words.ts';
import { networkByLog, unreachableTold } from './network-log.ts';

/**
 * Round trips as long as a heartbeat interval, sends that fail, or a member that hears no leader while a majority does.
 * A slow network alone makes no heartbeat late: the leader counts before it sends (etcd, `server/etcdserver/raft.go`).
 * What a silent, restarted or paused member does to the figures of its links is no fault of the network.
 */
export function slowNetwork(seen: Seen, maybe: Maybe, { now }: Pick<JudgeContext<EtcdTarget>, 'now'>): Verdict {
  const isSeen = maybe.members !== undefined && maybe.peers !== undefined;
  const byLog = isSeen ? undefined : networkByLog(maybe, now);
  return byLog ?? unlessTold(byFigures(seen, maybe), unreachableTold(maybe, now));
}

function byFigures({ members, peers }: Seen, maybe: Maybe): Verdict {
  const all = membership(members, peers, maybe.pods);
  if (all.size === 1) return ruledOut('not applicable: one member has no peers');
  const alone = cutOff(all).map((member) => nameOf(member, maybe.pods));
  if (alone.length > 0) {
    return confirmed(`${listed(alone)} hears no leader while a majority of the members has one: cut off`);
  }
  if (peers.length === 0) return inconclusive(`no round trips are known, though the cluster has ${all.size} members`);

  const heartbeat = heartbeatOf(maybe.pods);
  const interval = heartbeat.seconds;
  const links = linksOf(members, peers).map((peer) => linkOf(peer, interval, members, maybe));
  const isSeen = heartbeat.unseen === undefined;
  const isFault = (peer: Peer) => !isAsEver(peer) && (isSeen || isSlowAnyway(peer));
  const tooSlow = ({ peer, slow, excuse }: Link) => slow && !excuse.slow && isFault(peer);
  const bad = links.filter((link) => tooSlow(link) || (link.failing && !link.excuse.failing));
  if (bad.length > 0) {
    const shown = listed(bad.slice(0, 3).map(({ words }) => words));
    // Of a link whose ends may have paused a long round trip is no proof; sends that fail are.
    if (!bad.some(({ failing, excuse, isMeasured }) => isMeasured || (failing && !excuse.failing))) {
      return inconclusive(`${shown}; whether the processes at its ends paused could not be seen`);
    }
    const limit = isSeen
      ? heartbeat.words
      : `150 ms by etcd's own alert rule; the heartbeat interval that is set could not be seen: ${heartbeat.unseen}`;
    return confirmed(`${shown} (limits: ${limit}; ${limits.sendFailures} failed sends in 10 minutes)`);
  }

  const excuses = links.flatMap(({ slow, failed, excuse }) =>
    [slow && excuse.slow, failed && excuse.failing].filter((why) => typeof why === 'string'),
  );
  const because = excuses.length > 0 ? `; other figures are explained: ${listed([...new Set(excuses)])}` : '';
  const fair = links.filter(({ peer, excuse }) => peer.rttP99 !== undefined && !excuse.slow);
  const [worst] = fair.sort((a, b) => (b.peer.rttP99 ?? 0) - (a.peer.rttP99 ?? 0));
  if (worst === undefined) {
    return inconclusive(`no round trip between members that answer was measured in 10 minutes${because}`);
  }
  const words = `slowest link ${worst.words} (${heartbeat.words})${because}`;
  if (worst.slow && isAsEver(worst.peer)) {
    return inconclusive(
      `${words}: not much longer than in the hour before (mean ${duration(worst.peer.rttUsual ?? 0)}), for which the timers must be set`,
    );
  }
  if ((worst.peer.rttP99 ?? 0) >= interval / 2) return inconclusive(words);
  const unmeasured = unmeasuredOf(all.answering, peers);
  if (unmeasured || all.known.length < all.size) {
    return inconclusive(`${words}; the link ${unmeasured ?? 'between members that are not scraped'} is not measured`);
  }
  const few = links.find(({ failed, excuse }) => failed && !excuse.failing);
  if (few) return inconclusive(`few sends failed: ${few.words}; ${words}`);
  const uncounted = fair.find(({ peer, excuse }) => peer.failures === undefined && !excuse.failing);
  if (uncounted) return inconclusive(`${words}; how many sends failed is not known of ${uncounted.words}`);
  const elections = electionsOf(maybe);
  if (elections >= 1 && lateInAll(maybe) < 1 && all.silent.length === 0 && !members.some(restarted)) {
    return inconclusive(
      `${counted(elections, 'election')} without a late heartbeat: a short partition would look so, but ${words}`,
    );
  }
  const untold = all.silent.find(({ up }) => up === undefined);
  if (untold) return inconclusive(`${words}; whether ${nameOf(untold, maybe.pods)} answers is not known`);
  if (all.answering.some(({ hasLeader }) => hasLeader === undefined)) {
    return inconclusive(`${words}; whether every member hears the leader is not known`);
  }
  return ruledOut(`${words}, no failed sends`);
}

/** Two members that answer, between which no round trip was measured in either direction. */
function unmeasuredOf(answering: readonly Member[], peers: readonly Peer[]): string | undefined {
  const measured = (from: Member, to: Member) =>
    peers.some(({ instance, To, rttP99 }) => instance === from.instance && To === to.id && rttP99 !== undefined);
  for (const [index, one] of answering.entries()) {
    const other = answering.slice(index + 1).find((member) => !measured(one, member) && !measured(member, one));
    if (other) return `between ${one.instance} and ${other.instance}`;
  }
  return undefined;
}

interface Link {
  readonly peer: Peer;
  readonly slow: boolean;
  readonly failed: boolean;
  readonly failing: boolean;
  /** Why the figures say nothing about the network. */
  readonly excuse: { readonly slow: string | undefined; readonly failing: string | undefined };
  /** Whether both ends are scraped, so that a pause of one would show. */
  readonly isMeasured: boolean;
  readonly words: string;
}

function linkOf(peer: Peer, interval: number, members: readonly Member[], maybe: Maybe): Link {
  const { pods } = maybe;
  const from = members.find(({ instance }) => instance === peer.instance);
  const to = members.find(({ id }) => id === peer.To);
  const ends = [from, to].filter((end) => end !== undefined);
  const lost = to === undefined ? strangerExcuse(peer.To, maybe) : undefined;
  const { failures = 0, rttP99, rttMean } = peer;
  const figures = [
    ...(rttP99 === undefined ? [] : [`round trip p99 ${duration(rttP99)}`]),
    ...(rttMean === undefined ? [] : [`mean ${duration(rttMean)}`]),
    ...(failures >= 1 ? [counted(failures, 'failed send')] : []),
  ];
  const named = (end: Member | undefined, otherwise: string) => (end ? nameOf(end, pods) : otherwise);
  return {
    peer,
    slow: isSlow(peer, interval),
    failed: failures >= 1,
    failing: failures > limits.sendFailures,
    excuse: {
      slow: lost ?? first(ends, (end) => silentExcuse(end, maybe) ?? pauseExcuse(end, maybe)),
      failing:
        lost ??
        first(
          ends,
          (end) => silentExcuse(end, maybe) ?? (restarted(end) ? `${nameOf(end, pods)} restarted` : undefined),
        ),
    },
    isMeasured: isPauseKnown(from, maybe) && isPauseKnown(to, maybe),
    words: `${named(from, peer.instance)} → ${named(to, peer.To)}: ${figures.join(', ')}`,
  };
}

function first(ends: readonly Member[], excuse: (end: Member) => string | undefined): string | undefined {
  return ends.map(excuse).find((why) => why !== undefined);
}

/** Not scraped, and nobody who answers is seen to be connected to it: lost itself, as far as anybody can see. */
function strangerExcuse(id: string, { peers = [] }: Maybe): string | undefined {
  const isLost = !peers.some(({ To, active }) => To === id && active === 1);
  return isLost ? `nobody is connected to ${id}, which is not scraped` : undefined;
}

function silentExcuse(member: Member, { pods }: Maybe): string | undefined {
  return member.up === 1 ? undefined : `${nameOf(member, pods)} does not answer`;
}

function isPauseKnown(end: Member | undefined, { scrapes = [] }: Maybe): boolean {
  const row = scrapes.find(({ instance }) => instance === end?.instance);
  return row?.p95 !== undefined && row.usual !== undefined;
}

/** A round trip to a process that is not run takes as long as its pauses. */
function pauseExcuse(member: Member, maybe: Maybe): string | undefined {
  const pause = pauseOf(member, maybe);
  return pause.stretches ? `${nameOf(member, maybe.pods)} paused for ${duration(pause.seconds)} and more` : undefined;
}

/** Surely as long as a heartbeat interval: by the mean, or by a p99 in a bucket that begins at or above it. */
function isSlow({ rttP99 = 0, rttMean = 0 }: Peer, interval: number): boolean {
  return rttMean >= interval || rttP99 > edgeFrom(interval);
}

/** Whatever the heartbeat interval is: by the limit of etcd's own alert rule, unless its mean is no longer than it usually is. */
export function isSlowAnyway(peer: Peer): boolean {
  const { rttP99 = 0, rttMean = 0 } = peer;
  return !isUsual(peer) && (rttMean > limits.roundTripSeconds || rttP99 > edgeFrom(limits.roundTripSeconds));
}

function isUsual({ rttMean = 0, rttUsual }: Peer): boolean {
  return rttUsual !== undefined && rttMean < limits.roundTripGrown * rttUsual;
}

/** Its mean, and its p99 too, as far as the buckets of the histogram tell: then the distance is long, not the network at fault. */
function isAsEver(peer: Peer): boolean {
  const { rttP99 = 0, rttUsual = 0 } = peer;
  return isUsual(peer) && rttP99 <= edgeFrom(limits.roundTripGrown * rttUsual);
}

/** The histogram has edges at 0.1 ms and its doublings, to 3.2768 s (etcd, `rafthttp/metrics.go`). */
function edgeFrom(seconds: number): number {
  return 0.0001 * 2 ** Math.ceil(Math.log2(seconds / 0.0001) - 1e-9);
}
