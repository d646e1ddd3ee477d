import { confirmed, inconclusive, type Verdict } from '../../../engine/verdict.ts';
import type { EtcdPod } from '../../evidence/etcd-pods.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Unreached } from '../log/entries.ts';
import { toldNow } from '../log/told.ts';
import { toldBy } from '../log/words.ts';
import { windowSeconds } from '../queries.ts';
import { listed } from '../words.ts';

/**
 * Without etcd's figures. That a stream broke, or a message found its buffer full, is what a member that ended, hangs or
 * pauses does as well. That no packet came back is not: the kernel takes connections for a process that hangs, too.
 */
export function networkByLog(maybe: Maybe, now: Date): Verdict | undefined {
  const proof = unreachableTold(maybe, now);
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

/** A member could not be reached although it was there all the time: its pod ran before and is ready, and so is its node. */
export function unreachableTold(maybe: Maybe, now: Date): string | undefined {
  // Without it the nodes may be shown as they were.
  if (maybe.readyz?.etcd !== true) return undefined;
  const words = toldNow(maybe, now).flatMap(({ pod, entries }) =>
    entries.flatMap((entry) => {
      if (entry.kind !== 'unreached' || entry.at === undefined) return [];
      const other = thereSince(entry, entry.at, maybe, now);
      if (other === undefined) return [];
      const how = `could not connect to ${entry.address} (${entry.error}) at ${clockTime(entry.at)}`;
      return [`${pod} ${how}, where ${other.name} runs all the time and is ready on a node that is ready`];
    }),
  );
  return words.at(-1);
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
