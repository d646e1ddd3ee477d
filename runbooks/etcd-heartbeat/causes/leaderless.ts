import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import { leaderOf, type Member, type Membership, nameOf, silence } from '../members.ts';
import { listed } from '../words.ts';

/**
 * Some that answer have no leader: there is none, or they are cut off from it. There is one as long as a member leads (it
 * gives up within an election timeout when a quorum does not answer it: etcd raft, CheckQuorum), a majority sees one, or
 * the API server's check passes, a linearizable read. What nobody sees, members that are not heard may have elected.
 */
export function withoutLeader(all: Membership, leaderless: readonly Member[], maybe: Maybe): Verdict {
  const { size, quorum, isWhole, answering, silent } = all;
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
  const unheard = size - leaderless.length - silent.filter((member) => silence(member) === 'refused').length;
  if (passes !== false && (!isWhole || unheard >= quorum)) {
    return inconclusive(
      `${none}; ${count}: the others may have one, and the API server's etcd check could not be seen`,
    );
  }
  const why = answering.length >= quorum ? ': they are electing one, or do not hear each other' : '';
  return confirmed(`${none}; ${count}${why}`);
}
