import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import { leaderOf, type Member, type Membership, nameOf, silence } from '../members.ts';
import { duration, listed } from '../words.ts';
import { writtenAgo } from '../writes.ts';
import { doubtOfOrder, isAfterLeader } from './sequence.ts';
import { isMissedByAny } from './witnesses.ts';

/**
 * Some that answer have no leader: there is none, or they are cut off from it. There is one as long as a member leads (it
 * gives up within an election timeout when a quorum does not answer it: etcd raft, CheckQuorum), a majority sees one, the
 * API server's check passes, a linearizable read, or something is written. What nobody sees, members that are not heard
 * may have elected; and one whose scrape is refused may well be there.
 */
export function withoutLeader(all: Membership, leaderless: readonly Member[], maybe: Maybe, now: Date): Verdict {
  const { size, quorum, isWhole, answering } = all;
  const names = (members: readonly Member[]) => listed(members.map((member) => nameOf(member, maybe.pods)));
  const count = `${answering.length} of ${size} members answer (quorum ${quorum})`;
  const none = `${names(leaderless)} has no leader`;
  const led = answering.filter(({ hasLeader }) => hasLeader === 1);
  const leader = leaderOf(answering);
  const passes = maybe.readyz?.etcd;
  if (led.length >= quorum && (isWhole || passes === true)) {
    return ruledOut(
      `${led.length} of ${size} members see a leader (quorum ${quorum}); only ${names(leaderless)} does not`,
    );
  }
  if (leader) return ruledOut(`${names([leader])} leads, for which a quorum must answer it; only ${none}`);
  if (passes === true && leaderless.length < quorum) {
    return ruledOut(`${none}, yet the API server's etcd check, a linearizable read, passes: rather cut off`);
  }
  if (led.length > 0) return inconclusive(`${none}, but ${names(led)} sees one; ${count}`);
  if (passes === true)
    return inconclusive(`${none}, yet the API server's etcd check passes: elected just now, perhaps`);
  const written = byWrite(all, none, leaderless.length < quorum, maybe, now);
  if (written) return written;

  const refusing = refusingOf(all);
  const gone = provenGone(all, leaderless, maybe);
  const unheard = size - leaderless.length - gone.length;
  if (unheard >= quorum && refusing.length > gone.length) {
    return inconclusive(`${none}; ${count}; ${whyNotGone(all, leaderless, refusing, maybe)}`);
  }
  if (passes !== false && (!isWhole || unheard >= quorum)) {
    return inconclusive(
      `${none}; ${count}: the others may have one, and the API server's etcd check could not be seen`,
    );
  }
  const why = answering.length >= quorum ? ': they are electing one, or do not hear each other' : '';
  return confirmed(`${none}; ${count}${why}`);
}

/**
 * What was just written was written by a quorum. Where that came after anybody was seen with a leader, and those that have
 * none are too few, the others have one.
 */
export function byWrite(
  { known }: Membership,
  words: string,
  isFew: boolean,
  maybe: Maybe,
  now: Date,
): Verdict | undefined {
  const ago = writtenAgo(maybe, now);
  if (ago === undefined) return undefined;
  const lease = `${words}, yet the controller manager's lease was renewed ${duration(ago)} ago, a write, which takes a quorum`;
  if (!isAfterLeader(ago, known, maybe)) {
    return inconclusive(`${lease}: whether that was before is not known`);
  }
  return isFew ? ruledOut(lease) : inconclusive(`${lease}: elected just now, perhaps`);
}

function refusingOf({ silent }: Membership): readonly Member[] {
  return silent.filter((member) => silence(member) === 'refused');
}

/**
 * Members that refuse scrapes and are surely gone, by the word of members that have no leader themselves: nobody is
 * connected to them, and they fell silent when the leader was lost, neither before nor after.
 */
export function provenGone(all: Membership, leaderless: readonly Member[], maybe: Maybe): readonly Member[] {
  const missed = refusingOf(all).filter((member) => isMissedByAny(member, maybe));
  return missed.length > 0 && doubtOfOrder(all, leaderless, missed, maybe) === undefined ? missed : [];
}

function whyNotGone(all: Membership, leaderless: readonly Member[], refusing: readonly Member[], maybe: Maybe): string {
  const unmissed = refusing.filter((member) => !isMissedByAny(member, maybe));
  if (unmissed.length === 0) return doubtOfOrder(all, leaderless, refusing, maybe) ?? '';
  const names = listed(unmissed.map((member) => nameOf(member, maybe.pods)));
  return `of ${names} only the scrape is known to fail (port, certificate)`;
}
