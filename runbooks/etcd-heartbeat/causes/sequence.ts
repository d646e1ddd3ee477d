import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { type Member, type Membership, nameOf, restarted } from '../members.ts';
import { stepSeconds } from '../queries.ts';
import { defaultTimers } from '../timers.ts';
import { duration, listed } from '../words.ts';

/**
 * What came first. Members that end take the leader with them: the rest give it up within two election timeouts. Scrapes
 * that failed while there was a leader were refused by a port or a certificate, and members that still had one after the
 * rest had lost it were not lost: the rest is cut off.
 */
export function doubtOfOrder(
  { known, quorum }: Membership,
  leaderless: readonly Member[],
  gone: readonly Member[],
  maybe: Maybe,
): string | undefined {
  const names = (members: readonly Member[]) => listed(members.map((member) => nameOf(member, maybe.pods)));
  if (leaderless.every(restarted)) {
    return `${names(leaderless)} restarted within 10 minutes, and may be cut off by what it was started with`;
  }
  const slack = slackSeconds(known, maybe);
  const heard = known.flatMap((member) => rowOf(member, maybe)?.heardAgo ?? []).sort((a, b) => a - b);
  const quorumHeard = heard[quorum - 1];
  const led = lastLed(leaderless, maybe);
  if (slack === undefined || quorumHeard === undefined || led === undefined) {
    return `whether scrapes of ${names(gone)} failed before there was no leader is not known`;
  }
  if (led + slack < quorumHeard) {
    return (
      `scrapes of ${names(gone)} prove nothing: ${names(leaderless)} had a leader ${duration(led)} ago, ` +
      `and a quorum was last heard ${duration(quorumHeard)} ago`
    );
  }
  const seen = lastLed(gone, maybe);
  if (seen === undefined || seen + slack >= led) return undefined;
  return `${names(gone)} had a leader ${duration(seen)} ago, ${names(leaderless)} only until ${duration(led)} ago: cut off from it, rather`;
}

/** Whether a write so long ago came surely after the last moment any of these was seen with a leader. */
export function isAfterLeader(secondsAgo: number, members: readonly Member[], maybe: Maybe): boolean {
  const led = lastLed(members, maybe);
  const slack = slackSeconds(members, maybe);
  return led !== undefined && slack !== undefined && secondsAgo + slack < led;
}

function rowOf({ instance }: Member, { heard = [] }: Maybe) {
  return heard.find((row) => row.instance === instance);
}

/** Seconds since the last of them was seen with a leader. */
function lastLed(members: readonly Member[], maybe: Maybe): number | undefined {
  const ages = members.flatMap((member) => rowOf(member, maybe)?.ledAgo ?? []);
  return ages.length === 0 ? undefined : Math.min(...ages);
}

/**
 * How far apart what happened at once may be seen: two scrapes, and two election timeouts. A leader looks once in each
 * whether a quorum was heard within it (etcd raft, CheckQuorum), so that it gives up within the second.
 */
function slackSeconds(members: readonly Member[], maybe: Maybe): number | undefined {
  const every = members.flatMap((member) => rowOf(member, maybe)?.everySeconds ?? []);
  if (every.length === 0) return undefined;
  const elections = (maybe.pods ?? []).flatMap(({ electionMs }) => electionMs ?? []);
  const electionSeconds = Math.max(defaultTimers.electionMs, ...elections) / 1_000;
  return limits.scrapesApart * Math.max(stepSeconds, ...every) + 2 * electionSeconds;
}
