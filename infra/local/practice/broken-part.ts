import type { Facts } from './facts.ts';
import type { Workload } from './workloads.ts';

/** A component in kube-system whose container ends as soon as it starts, on every machine. Moments are Unix seconds. */
export interface BrokenPart {
  readonly component: string;
  readonly from: number;
  /** What was there before runs on with what it was given then. */
  readonly onlyNew?: true;
  /** Its manifests, or its machines, were mended. */
  readonly until?: number;
  readonly exitCode: number;
  /** What each run writes before it ends. */
  readonly log: readonly string[];
}

/** From the mended manifest until the container of it is Ready. */
const READY_AFTER_SECONDS = 6;

export function isBrokenAt(part: BrokenPart | undefined, at: number): part is BrokenPart {
  return part !== undefined && at >= part.from && at < (part.until ?? Number.POSITIVE_INFINITY) + READY_AFTER_SECONDS;
}

/** What is broken about this workload, now or at another time. */
export function brokenPartOf({ brokenPart }: Facts, { namespace, name }: Workload): BrokenPart | undefined {
  return namespace === 'kube-system' && name === brokenPart?.component ? brokenPart : undefined;
}

/** Whether nobody places pods at that moment. */
export function isUnscheduledAt({ brokenPart }: Facts, at: number): boolean {
  return brokenPart?.component === 'kube-scheduler' && isBrokenAt(brokenPart, at);
}

/** When an election of this name was renewed for the last time by then, its beat being this one. */
export function electedAt({ brokenPart }: Facts, component: string, now: number, beat: (at: number) => number): number {
  const isIt = brokenPart?.component === component && isBrokenAt(brokenPart, now);
  return beat(isIt ? brokenPart.from : now);
}
