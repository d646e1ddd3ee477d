import type { NodeFacts } from './facts.ts';

/** How a disk fares from a moment on: share of time it is busy (0–1), and requests that wait. `busy` 0: as always. */
export interface DiskLoad {
  readonly at: number;
  readonly busy: number;
  readonly queue: number;
}

/** Below a soft eviction threshold, whose grace period is still running: the condition stands from `from` until `until`. */
export interface DiskShortage {
  readonly from: number;
  readonly until?: number;
}

/** The shortage that stands now. */
export function shortOfDiskAt({ diskShort = [] }: NodeFacts, at: number): DiskShortage | undefined {
  return diskShort.find(({ from, until = Number.POSITIVE_INFINITY }) => at >= from && at < until);
}

/** When the latest that has come to an end did. */
export function enoughDiskSince({ diskShort = [] }: NodeFacts, at: number): number | undefined {
  return diskShort.findLast(({ until = Number.POSITIVE_INFINITY }) => at >= until)?.until;
}

/** One rate while the disk is calm, another under each load: for a counter's changes. */
export function ratesUnder({ disk = [] }: NodeFacts, calm: number, busy: (load: DiskLoad) => number) {
  return disk.map((load) => ({ at: load.at, perSecond: load.busy === 0 ? calm : busy(load) }));
}

export function isBusyAt({ disk = [] }: NodeFacts, at: number): boolean {
  return (disk.findLast((load) => load.at <= at)?.busy ?? 0) > 0;
}
