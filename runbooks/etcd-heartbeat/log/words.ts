import { clockTime } from '../../evidence/node-words.ts';
import { duration, listed } from '../words.ts';
import { type Entry, type LateHeartbeat, ofKind } from './entries.ts';
import type { LogView, MemberLog } from './evidence.ts';

/** How many members are shown by one line each. */
const MOST_MEMBERS = 9;

/** What a late heartbeat leaves open, whatever etcd's own line guesses ("likely from slow disk"). */
export const LATE_TELLS = 'A slow disk, a process that does not get to run and slow applies look the same there';

/** One line for a person. Nothing of it is quoted: figures, ids and times that were read from the lines. */
export function shownOf({ logs, unread }: LogView): string {
  if (logs.length === 0 && unread.length === 0) return 'none: etcd does not run as a static pod of this cluster';
  const told = logs.slice(0, MOST_MEMBERS).map((one) => `${one.pod}${since(one)}: ${toldBy(one.entries)}`);
  const missing = unread.map(({ pod, why }) => `${pod}: not read (${why})`);
  return [...told, ...missing].join('; ');
}

function since({ from }: MemberLog): string {
  return from === undefined ? '' : ` since ${clockTime(from)}`;
}

/** By kind: the worst that is seen, and the latest. How often is not said: etcd leaves equal lines out. */
export function toldBy(entries: readonly Entry[]): string {
  const of = <Kind extends Entry['kind']>(kind: Kind) => ofKind(entries, kind);
  const election = of('election').at(-1);
  const words = [
    ...some(of('late'), (all) => `${gapWords(all)}${last(all)}`),
    ...some(of('sync'), (all) => `a sync of its log took ${worstOf(all)}${last(all)}`),
    ...some(of('apply'), (all) => `an apply took ${worstOf(all)}${last(all)}`),
    ...some(of('read-index'), (all) => `reads waited in vain for the leader${last(all)}`),
    ...some(of('dropped'), (all) => `messages to ${peersOf(all)} were dropped${last(all)}`),
    ...some(of('lost'), (all) => `lost its connection to ${peersOf(all)}${last(all)}`),
    ...some(of('unreached'), (all) => `could not connect to ${addressesOf(all)} (${all.at(-1)?.error})${last(all)}`),
    ...(election ? [`leader ${election.leader} at term ${election.term}${quorumOf(election)}${last([election])}`] : []),
  ];
  return words.length > 0 ? words.join(', ') : 'nothing about heartbeats, syncs, applies, peers or elections';
}

function some<T>(all: readonly T[], words: (all: readonly T[]) => string): readonly string[] {
  return all.length > 0 ? [words(all)] : [];
}

/** `heartbeats left up to 602 ms apart (interval 100 ms)`, of those that etcd wrote down. */
export function gapWords(late: readonly LateHeartbeat[]): string {
  const worst = late.reduce((a, b) => (b.gapSeconds > a.gapSeconds ? b : a));
  return `heartbeats left up to ${duration(worst.gapSeconds)} apart (interval ${duration(worst.intervalSeconds)})`;
}

export function worstOf(slow: readonly { readonly tookSeconds: number }[]): string {
  return duration(Math.max(...slow.map(({ tookSeconds }) => tookSeconds)));
}

/** ` (last at 02:58:10)`. */
export function last(entries: readonly Pick<Entry, 'at'>[]): string {
  const at = entries.findLast((entry) => entry.at !== undefined)?.at;
  return at === undefined ? '' : `, last at ${clockTime(at)}`;
}

function peersOf(links: readonly { readonly peer?: string | undefined }[]): string {
  const ids = [...new Set(links.map(({ peer }) => peer ?? 'a member'))];
  return listed(ids);
}

function addressesOf(all: readonly { readonly address: string }[]): string {
  return listed([...new Set(all.map(({ address }) => address))]);
}

function quorumOf({ quorum }: { readonly quorum?: number | undefined }): string {
  return quorum === undefined ? '' : ` with a quorum of ${quorum}`;
}
