import { confirmed, inconclusive, type Verdict } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import type { EtcdPod } from '../../evidence/etcd-pods.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { ofKind, type Unreached } from '../log/entries.ts';
import type { MemberLog } from '../log/evidence.ts';
import { toldNow } from '../log/told.ts';
import { toldBy } from '../log/words.ts';
import { windowSeconds } from '../queries.ts';
import { listed } from '../words.ts';

/**
 * Without etcd's figures. That a stream broke, or a message found its buffer full, is what a member that ended, hangs or
 * pauses does as well. That no packet comes back is not, again and again: the kernel takes connections for a process that hangs, too.
 */
export function networkByLog(maybe: Maybe, now: Date): Verdict | undefined {
  const proof = hasCurrentNodes(maybe) ? stillUnreached(maybe, now) : undefined;
  if (proof !== undefined) return confirmed(`${proof}; round trips are not scraped`);
  const kinds: readonly string[] = ['lost', 'dropped', 'unreached'];
  const told = toldNow(maybe, now)
    .map((one) => ({ ...one, entries: one.entries.filter(({ kind }) => kinds.includes(kind)) }))
    .filter(({ entries }) => entries.length > 0);
  if (told.length === 0) return undefined;
  const words = listed(told.map(({ pod, entries }) => `${pod} wrote: ${toldBy(entries)}`));
  const why = lossOf(maybe, now);
  return inconclusive(
    why === undefined
      ? `${words}. All members are ready, which speaks for the network; a process that pauses for seconds looks the same`
      : `${words}. ${why}`,
  );
}

/**
 * Again and again, and still: etcd tries every five seconds and writes a line each time that fails (`rafthttp`,
 * `statusErrorInterval`), so one line alone says that it was over by the next.
 */
function stillUnreached(maybe: Maybe, now: Date): string | undefined {
  const words = toldNow(maybe, now).flatMap((one) => {
    const byAddress = Map.groupBy(ofKind(one.entries, 'unreached'), ({ address }) => address);
    return [...byAddress.values()].flatMap((tries) => againAndAgain(one, tries, maybe, now) ?? []);
  });
  return words.at(-1);
}

/** In words, the tries of one member to connect to another that failed while neither end paused. */
function againAndAgain(from: MemberLog, all: readonly Unreached[], maybe: Maybe, now: Date): string | undefined {
  const [{ address } = { address: '' }] = all;
  const other = maybe.pods?.find(({ addresses }) => addresses.includes(address));
  if (other === undefined || maybe.log?.unread.some(({ pod }) => pod === other.name)) return undefined;
  const ends = [from, ...toldNow(maybe, now).filter(({ pod }) => pod === other.name)];
  const tries = all.filter(({ at }) => at !== undefined && !ends.some((end) => hasPaused(end, at)));
  const [first, last] = [tries[0], tries.at(-1)];
  if (first?.at === undefined || last?.at === undefined) return undefined;
  const isStill = secondsSince(last.at, serverTime(maybe.readyz, now)) <= limits.logUnreachedStillSeconds;
  const isAgain = secondsSince(first.at, new Date(last.at)) >= limits.logUnreachedAgainSeconds;
  if (!isStill || !isAgain || thereSince(first, first.at, maybe, now) === undefined) return undefined;
  return `${from.pod} could not connect to ${address} (${last.error}) from ${clockTime(first.at)} to ${clockTime(last.at)}, where ${thereWords(other)}`;
}

/** While one end stood still nothing came back, either: a sync, or the gap between two heartbeats, took as long. */
function hasPaused({ entries }: MemberLog, at: string): boolean {
  const pauses = [
    ...ofKind(entries, 'sync').map((entry) => ({ end: entry.at, seconds: entry.tookSeconds })),
    ...ofKind(entries, 'late').map((entry) => ({ end: entry.at, seconds: entry.gapSeconds })),
  ];
  return pauses.some(({ end, seconds }) => {
    if (end === undefined || seconds < limits.logPauseSeconds) return false;
    const after = secondsSince(end, new Date(at));
    return after >= -seconds - limits.logPauseSlackSeconds && after <= limits.logPauseSlackSeconds;
  });
}

/** A member could not be reached although it was there all the time: its pod ran before and is ready, and so is its node. */
export function unreachableTold(maybe: Maybe, now: Date): string | undefined {
  if (!hasCurrentNodes(maybe)) return undefined;
  const words = toldNow(maybe, now).flatMap(({ pod, entries }) =>
    ofKind(entries, 'unreached').flatMap((entry) => {
      if (entry.at === undefined) return [];
      const other = thereSince(entry, entry.at, maybe, now);
      if (other === undefined) return [];
      const how = `could not connect to ${entry.address} (${entry.error}) at ${clockTime(entry.at)}`;
      return [`${pod} ${how}, where ${thereWords(other)}`];
    }),
  );
  return words.at(-1);
}

/** Without its etcd an API server may show nodes as they were. */
function hasCurrentNodes({ readyz }: Maybe): boolean {
  return readyz?.etcd === true;
}

function thereWords({ name }: EtcdPod): string {
  return `${name} runs all the time and is ready on a node that is ready`;
}

/** The pod at this address that ran when it was not reached, and of whose machine one would have heard by now. */
function thereSince({ address }: Unreached, at: string, { pods = [], nodes }: Maybe, now: Date): EtcdPod | undefined {
  if (secondsSince(at, now) < limits.nodeNoticedSeconds) return undefined;
  return pods.find(
    ({ addresses, ready, startedAt, node }) =>
      addresses.includes(address) &&
      ready &&
      startedAt !== undefined &&
      Date.parse(startedAt) < Date.parse(at) &&
      nodes?.nodes.find(({ name }) => name === node)?.ready === 'True',
  );
}

/** What else broke the connections, or why it is not known. */
function lossOf({ pods, nodes, readyz }: Maybe, now: Date): string | undefined {
  if (pods === undefined || nodes === undefined || readyz?.etcd !== true) {
    return 'Whether a member ended or hangs could not be seen, which breaks connections, too';
  }
  const gone = [
    ...pods.filter(({ ready }) => !ready).map(({ name }) => `${name} is not ready`),
    ...nodes.nodes.filter(({ ready }) => ready !== 'True').map(({ name }) => `node ${name} is not ready`),
    ...pods.flatMap(({ name, startedAt }) => {
      if (startedAt === undefined) return [`since when ${name} runs is not known`];
      return secondsSince(startedAt, now) < windowSeconds ? [`${name} started at ${clockTime(startedAt)}`] : [];
    }),
  ];
  return gone.length > 0 ? `${listed(gone)}, which explains it` : undefined;
}
