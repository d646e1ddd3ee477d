import type { Cause } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { meanIn, summed } from '../evidence/over-time.ts';
import { type Bounds, boundsOf } from './bounds.ts';
import { type Family, familyIn } from './family.ts';
import { limits } from './limits.ts';
import { isCovered } from './machine.ts';
import { endedWords } from './pods.ts';
import type { RemedyName } from './remedies.ts';
import type { Maybe, Seen } from './schema.ts';
import { type Shortage, shortageOf } from './shortage.ts';
import { biggestOf, holdsWords, meanOver, mostUnnamed, type PodUse, podsIn, tallestOf } from './threads.ts';
import { amount, count, listed, percent } from './words.ts';

export type PidCause = Cause<Seen, RemedyName, NodeTarget>;
type Short = Extract<Shortage, { state: 'short' }>;

/** Who holds the threads of a machine that ran out of PIDs, in the minutes in which it had. */
export interface Holders {
  readonly short: Short;
  /** Of the machine, or of all its pods where it is their common limit that is full. */
  readonly total: number;
  readonly together: number;
  /** The pod that holds most. */
  readonly biggest: PodUse | undefined;
  readonly biggestHolds: number;
  /** Before, at most. */
  readonly biggestHeld: number;
  /** The pod that holds most of those that hold more than before; the same one where there is nothing to compare with. */
  readonly grown: PodUse | undefined;
  readonly before: Before | undefined;
  /** Minutes ago that PIDs were short. */
  readonly minutes: readonly number[];
  /** What a pod that the figures do not name may hold at most. */
  readonly unnamed: number;
  /** Of one controller, if its pods may hold the most of it; asked for only where no single pod is it. */
  readonly family: () => Family | undefined;
  /** The shortage and what it did, to end a reason with. */
  readonly proof: string;
}

/** When PIDs were not even tight, shortly before they ran out by much: who holds as many as then is not why they did. */
interface Before {
  readonly minutes: readonly number[];
  readonly total: number;
  readonly together: number;
  /** Threads more on the machine since then. */
  readonly more: number;
}

/**
 * Nobody is blamed for PIDs that did not run out, nor where that was not seen. Where no threads of pods were, `byProcesses`
 * judges by what their kubelet counts itself.
 */
export function whenShort(
  judge: (holders: Holders) => Verdict,
  byProcesses: (bounds: Bounds) => Verdict,
): PidCause['judge'] {
  return (seen, maybe, { now }) => {
    const shortage = shortageOf(seen, maybe, now);
    if (shortage.state === 'enough') return ruledOut(shortage.words);
    if (shortage.state !== 'short') {
      return inconclusive(`${shortage.words}${shortage.state === 'unclear' ? likelyWords(maybe) : ''}`);
    }
    const { minutes, words } = shortage;
    const together = maybe.threads && summed(seen.threads, 'together');
    if (!together || !isCovered(together, minutes)) {
      const bounds = boundsOf(maybe, minutes);
      if (bounds === undefined) return inconclusive(`${words}; which pods hold them was not seen`);
      if ('unknown' in bounds) return inconclusive(`${words}; ${bounds.unknown}`);
      return byProcesses({ ...bounds, proof: `${words}${endedClause(maybe)}` });
    }
    const holders = holdersOf(shortage, seen.threads);
    return judge({
      ...holders,
      family: () => familyIn(seen, holders),
      proof: `${words}${zombieClause(maybe, minutes)}${endedClause(maybe)}`,
    });
  };
}

export function holdersOf(short: Short, threads: Seen['threads']): Omit<Holders, 'proof' | 'family'> {
  const { usage, minutes } = short;
  const [pods, together] = [podsIn(threads), summed(threads, 'together')];
  const biggest = biggestOf(pods, minutes);
  const total = meanIn(usage.threads, minutes) ?? 0;
  const before = beforeOf(short, together, total);
  const hasMore = ({ threads: held }: PodUse) =>
    !isAsBefore(before, meanOver(held, minutes), heldBefore(held, before, threads));
  return {
    short,
    minutes,
    total,
    together: meanIn(together, minutes) ?? 0,
    biggest,
    biggestHolds: biggest ? meanOver(biggest.threads, minutes) : 0,
    biggestHeld: biggest ? heldBefore(biggest.threads, before, threads) : 0,
    grown: biggestOf(pods.filter(hasMore), minutes),
    before,
    unnamed: mostUnnamed(threads, minutes),
  };
}

function beforeOf(
  { usage, minutes: short }: Short,
  together: ReadonlyMap<number, number>,
  total: number,
): Before | undefined {
  const minutes = [...usage.shares].flatMap(([minute, share]) =>
    minute > Math.max(...short) && share < limits.tightShare && together.has(minute) ? [minute] : [],
  );
  const was = meanIn(usage.threads, minutes);
  if (was === undefined || total - was < limits.littleShare * total) return undefined;
  return { minutes, total: was, together: meanIn(together, minutes) ?? 0, more: total - was };
}

/** At most: a pod that was not named then may have held as much as any that was not. */
function heldBefore(held: ReadonlyMap<number, number>, before: Before | undefined, threads: Seen['threads']): number {
  const each = before?.minutes.map((minute) => held.get(minute) ?? mostUnnamed(threads, [minute])) ?? [];
  return each.length === 0 ? 0 : each.reduce((sum, threads) => sum + threads, 0) / each.length;
}

/** So little of what there is more is its own that it is not why they ran out. */
export function isAsBefore(before: Before | undefined, holds: number, held: number): boolean {
  return before !== undefined && holds - held < limits.littleShare * before.more;
}

/** `17,000 of them were there before PIDs ran out, while all threads grew by 12,000`. */
export function asBeforeWords({ more }: Before, held: number): string {
  return `${amount(held)} of them were there before PIDs ran out, when there were ${count(more, 'thread')} fewer in all`;
}

/** "94 % of all threads", and whether that is why: the most of it, or so much that without it there would be enough. */
export function partOf(
  { short: { usage }, total }: Pick<Holders, 'short' | 'total'>,
  holds: number,
): { isWhy: boolean; words: string } {
  return partOfAll(total, usage.max, holds);
}

export function partOfAll(total: number, max: number, holds: number): { isWhy: boolean; words: string } {
  const share = Math.min(1, holds / total);
  if (share >= limits.mostShare) return { isWhy: true, words: `${percent(share)} of all threads` };
  const without = (total - holds) / max;
  const isWhy = share >= limits.partShare && without < limits.tightShare;
  const rest = isWhy ? `: without them ${percent(without)} would be in use` : '';
  return { isWhy, words: `${percent(share)} of all threads${rest}` };
}

/** Ended, and never waited for by their parent: they keep their PID, and nothing can kill them. */
function zombieClause({ machine = [] }: Maybe, minutes: readonly number[]): string {
  const zombies = meanIn(summed(machine, 'zombies'), minutes) ?? 0;
  const all = meanIn(summed(machine, 'threads'), minutes) ?? 0;
  return zombies > 0 && zombies >= limits.littleShare * all
    ? `. ${amount(zombies)} are zombies: ended, and not reaped by their parent`
    : '';
}

/** What pressure did to bystanders: whoever reads their names first must not take them for the cause. */
function endedClause({ pods }: Maybe): string {
  const words = pods ? endedWords(pods.here, new Date(pods.readAt)) : [];
  return words.length === 0 ? '' : `. Meanwhile ${listed(words)}: victims, no proof against any of them`;
}

/** Whom to look at first, where nothing is proved. */
function likelyWords({ threads }: Maybe): string {
  const biggest = tallestOf(threads ? podsIn(threads) : []);
  const holds = Math.max(0, ...(biggest?.threads.values() ?? []));
  if (!biggest || holds < limits.podThreads) return '';
  return `. Look at ${biggest.namespace}/${biggest.pod} first: ${holdsWords(biggest, holds)}`;
}
