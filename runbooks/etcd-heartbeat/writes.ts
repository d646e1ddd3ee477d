import { serverTime } from '../evidence/control-plane.ts';
import { secondsSince } from '../evidence/node-words.ts';
import type { Maybe } from './facts.ts';
import { limits } from './limits.ts';

/**
 * Seconds since the controller manager's lease was renewed, by the API server's clock; undefined unless that is recent, or
 * where it lies in the future: somebody's clock is wrong then.
 * Renewing it is a write, which takes a quorum, and which etcd refuses while a NOSPACE alarm is raised.
 */
export function writtenAgo({ lease, readyz }: Maybe, now: Date): number | undefined {
  if (lease === undefined || lease === null) return undefined;
  const age = secondsSince(lease.renewedAt, serverTime(readyz, now));
  return age >= -limits.leaseAheadSeconds && age < limits.leaseStaleSeconds ? Math.max(0, age) : undefined;
}

export function isWritten(maybe: Maybe, now: Date): boolean {
  return writtenAgo(maybe, now) !== undefined;
}
