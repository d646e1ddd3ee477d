import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import { leaderOf, type Member, type Membership, nameOf, silence, voting } from '../members.ts';
import { portOf } from '../scrape-errors.ts';
import { counted, duration, listed } from '../words.ts';
import { writtenAgo } from '../writes.ts';
import { isEnded, isMissedByAny, refusalWords } from './witnesses.ts';

/**
 * Some that answer have no leader: there is none, or they are cut off from it. There is one as long as a member leads (it
 * gives up within an election timeout when a quorum does not answer it: etcd raft, CheckQuorum), a majority sees one, the
 * API server's check passes, a linearizable read. What nobody sees, members that are not heard may have elected; and one
 * whose scrape is refused may well be there.
 */
export function withoutLeader(all: Membership, leaderless: readonly Member[], maybe: Maybe, now: Date): Verdict {
  const { voters, quorum, isWhole } = all;
  const answering = voting(all.answering);
  const names = (members: readonly Member[]) => listed(members.map((member) => nameOf(member, maybe.pods)));
  const count = answersOf(all);
  const none = `${names(leaderless)} has no leader`;
  const led = answering.filter(({ hasLeader }) => hasLeader === 1);
  const leader = leaderOf(answering);
  const passes = maybe.readyz?.etcd;
  if (led.length >= quorum && (isWhole || passes === true)) {
    return ruledOut(
      `${led.length} of ${voters} members see a leader (quorum ${quorum}); only ${names(leaderless)} does not`,
    );
  }
  if (leader) return ruledOut(`${names([leader])} leads, for which a quorum must answer it; only ${none}`);
  if (passes === true && voting(leaderless).length < quorum) {
    return ruledOut(`${none}, yet the API server's etcd check, a linearizable read, passes: rather cut off`);
  }
  if (led.length > 0) return inconclusive(`${none}, but ${names(led)} sees one; ${count}`);
  if (passes === true)
    return inconclusive(`${none}, yet the API server's etcd check passes: elected just now, perhaps`);
  const written = byWrite(none, maybe, now);
  if (written) return written;

  const refusing = refusingOf(all);
  const gone = provenGone(all, maybe);
  const unheard = voters - voting(leaderless).length - gone.length;
  if (unheard >= quorum && refusing.length > gone.length) {
    return inconclusive(
      `${none}; ${count}; ${whyNotGone(
        refusing.filter((member) => !gone.includes(member)),
        maybe,
      )}`,
    );
  }
  if (passes !== false && (!isWhole || unheard >= quorum)) {
    return inconclusive(
      `${none}; ${count}: the others may have one, and the API server's etcd check could not be seen`,
    );
  }
  const why = answering.length >= quorum ? ': they are electing one, or do not hear each other' : '';
  return confirmed(`${none}; ${count}${why}`);
}

/** `2 of 3 members answer (quorum 2)`: of those that vote. */
export function answersOf({ size, voters, quorum, answering }: Membership): string {
  const mute = size - voters;
  const but = mute === 0 ? '' : `; ${counted(mute, 'learner')} besides, without a vote`;
  return `${voting(answering).length} of ${voters} members answer (quorum ${quorum}${but})`;
}

/** What was just written was written by a quorum: there is a leader now, or was one until a moment ago. */
export function byWrite(words: string, maybe: Maybe, now: Date): Verdict | undefined {
  const ago = writtenAgo(maybe, now);
  if (ago === undefined) return undefined;
  const lease = `the controller manager's lease was renewed ${duration(ago)} ago, a write, which takes a quorum`;
  return inconclusive(`${words}, yet ${lease}: elected just now, or lost since`);
}

function refusingOf({ silent }: Membership): readonly Member[] {
  return voting(silent).filter((member) => silence(member) === 'refused');
}

/**
 * Members that are surely gone, also by the word of members that have no leader themselves: nothing listens on their
 * port for clients, and nobody is connected to them. One of these alone is not enough: a process that listens may refuse a scrape as
 * quickly (certificate, scheme), and a member that has no leader may be the one that is cut off, which one that listens
 * and refuses makes likely.
 */
export function provenGone(all: Membership, maybe: Maybe): readonly Member[] {
  const refusing = refusingOf(all);
  if (refusing.some((member) => portOf(member, maybe) === 'open')) return [];
  return refusing.filter((member) => isEnded(member, maybe) && isMissedByAny(member, maybe));
}

/** Why these may still be there, and have a leader. */
function whyNotGone(refusing: readonly Member[], maybe: Maybe): string {
  const names = listed(refusing.map((member) => nameOf(member, maybe.pods)));
  if (maybe.scrapeErrors === undefined) {
    return `what scrapes of ${names} end with could not be read: gone, or only the scrape is refused (certificate)`;
  }
  return refusalWords(refusing, maybe) ?? `of ${names} only the scrape is known to fail (port, certificate)`;
}
