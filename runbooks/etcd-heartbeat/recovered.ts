import type { JudgeContext } from '../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { isSlowAnyway } from './causes/network.ts';
import { endingWords, isRestarting, restartWords } from './causes/restarting.ts';
import { alarmDoubt } from './causes/space.ts';
import { heartbeatOf, type Maybe } from './facts.ts';
import { limits } from './limits.ts';
import { leading, linksOf, type Member, membership, nameOf } from './members.ts';
import type { Peer, Seen } from './seen.ts';
import type { EtcdTarget } from './target.ts';
import { allMembers, counted, duration, listed, percent, whole } from './words.ts';

/**
 * Every member answers and sees a leader; the last two minutes had no late heartbeat, good fsyncs, no lag, and writes that
 * were taken; and the API server reaches it.
 */
export function recovered(seen: Seen, maybe: Maybe, { now }: Pick<JudgeContext<EtcdTarget>, 'now'>): Verdict {
  const { known, silent, size, answering } = membership(seen.members, maybe.peers, maybe.pods);
  if (known.length === 0) return inconclusive('etcd is not scraped, so its recovery cannot be seen');
  const wrong = [
    ...(maybe.readyz?.etcd === false ? ["the API server's etcd check fails"] : []),
    ...silent.filter(({ up }) => up !== undefined).map((member) => `${nameOf(member, maybe.pods)} does not answer`),
    ...known.flatMap((member) =>
      wrongWith(member, seen, maybe).map((words) => `${nameOf(member, maybe.pods)} ${words}`),
    ),
  ];
  if (wrong.length > 0) {
    return ruledOut(listed([...wrong.slice(0, 4), ...(wrong.length > 4 ? [`${wrong.length - 4} more`] : [])]));
  }
  const leaders = leading(answering).map((member) => nameOf(member, maybe.pods));
  if (leaders.length > 1) return inconclusive(`${listed(leaders)} lead at once`);
  if (known.length < size) return inconclusive(`only ${known.length} of ${size} members are scraped`);
  const unseen = known.filter(
    (member) =>
      member.up === undefined ||
      member.hasLeader === undefined ||
      !seen.heartbeats.some((row) => row.instance === member.instance && row.lateNow !== undefined) ||
      !seen.apply.some((row) => row.instance === member.instance && row.lagNow !== undefined),
  );
  if (unseen.length > 0) {
    return inconclusive(
      `of ${listed(unseen.map(({ instance }) => instance))} it is not known whether it sees a leader, is in time and keeps up`,
    );
  }
  const untried = known.filter(
    ({ instance }) => !seen.fsync.some((row) => row.instance === instance && row.p99Now !== undefined),
  );
  if (untried.length > 0) {
    const names = listed(untried.map((member) => nameOf(member, maybe.pods)));
    return inconclusive(`${names} wrote nothing in the last 2 minutes, so its disk was not tried`);
  }
  const { peers, space, readyz } = seen;
  const unmeasured = known.filter(({ instance }) => !space.some((row) => row.instance === instance));
  if (unmeasured.length > 0) {
    return inconclusive(
      `it is not known how full ${listed(unmeasured.map((member) => nameOf(member, maybe.pods)))} is`,
    );
  }
  const doubt = alarmDoubt(space, maybe, now);
  if (doubt !== undefined) return inconclusive(doubt);
  if (readyz.etcd === undefined && readyz.status !== 200) {
    return inconclusive(`whether the API server reaches etcd is not known: /readyz answered ${readyz.status}`);
  }
  const ending = endingWords(maybe, now);
  if (ending !== undefined) return inconclusive(ending);
  const trip = longest(linksOf(seen.members, peers));
  const heartbeat = heartbeatOf(maybe.pods);
  if (trip >= heartbeat.seconds) return inconclusive(`round trips take ${duration(trip)} (${heartbeat.words})`);
  return confirmed(
    `${allMembers(size, 'answers', 'answer')}, with a leader; in the last 2 minutes no heartbeat was late and WAL fsync p99 stayed under 32 ms`,
  );
}

function wrongWith(
  member: Member,
  { members, heartbeats, fsync }: Seen,
  { apply = [], peers = [], space = [], pods }: Maybe,
): readonly string[] {
  const { instance, hasLeader } = member;
  const of = <Row extends { readonly instance: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.instance === instance);
  // To a member that does not answer, and to which nothing is sent, a round trip is what it was: it may have been removed.
  const answering = new Set(members.filter(({ up }) => up === 1).map(({ id }) => id));
  const links = of(linksOf(members, peers)).filter(({ To, tried = 0 }) => tried > 0 || answering.has(To));
  const heartbeat = heartbeatOf(pods);
  const isLong = ({ rttMean = 0, rttUsual = 0 }: Peer) =>
    heartbeat.unseen === undefined
      ? rttMean >= heartbeat.seconds
      : isSlowAnyway({ instance, To: '', rttMean, rttUsual });
  const trip = longest(links.filter(isLong));
  return [
    ...(isRestarting(member) ? [restartWords(member)] : []),
    ...(hasLeader === 0 ? ['has no leader'] : []),
    ...of(heartbeats).flatMap(({ lateNow = 0 }) =>
      lateNow >= 1 ? [`sent ${counted(lateNow, 'late heartbeat')} in 2 minutes`] : [],
    ),
    ...of(fsync).flatMap(({ p99Now = 0 }) =>
      p99Now > limits.fsyncRecoveredSeconds ? [`has a WAL fsync p99 of ${duration(p99Now)}`] : [],
    ),
    ...(trip > 0 ? [`has round trips of ${duration(trip)}`] : []),
    ...of(apply).flatMap(({ lagNow = 0 }) =>
      lagNow > limits.applyLag ? [`has ${whole(lagNow)} entries committed and not applied`] : [],
    ),
    ...of(space).flatMap(({ used = 0, alarm }) =>
      used > limits.quotaShare || alarm === 1 ? [`fills ${percent(used)} of its quota`] : [],
    ),
  ];
}

/** Seconds: the longest mean round trip. */
function longest(peers: readonly Peer[]): number {
  return Math.max(0, ...peers.map(({ rttMean = 0 }) => rttMean));
}
