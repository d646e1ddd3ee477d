import { isStalledAt } from '../etcd-stall.ts';
import type { Facts } from '../facts.ts';
import type { Answered } from '../listener.ts';
import type { Place } from './place.ts';
import { statusBody } from './status.ts';

/** `--request-timeout`. */
const REQUEST_MS = 60_000;

/**
 * Whether an API server cannot answer this by itself: every write, every read that may not be old, events, which no watch
 * cache has, and logs, for which it looks the pod up in etcd. Recorded while a real etcd was held at its memory limit.
 */
export function needsEtcd(verb: string | undefined, { plural, subresource }: Place, query: URLSearchParams): boolean {
  if (verb !== undefined) return verb !== 'watch';
  if (plural === 'events' || subresource !== undefined) return true;
  const isAnyAge = (query.get('resourceVersion') ?? '') !== '' && query.get('resourceVersionMatch') !== 'Exact';
  return !isAnyAge || query.has('continue');
}

/**
 * The end of a request that waited for etcd. Simplified: of many at once a third was refused, others failed with 500 after
 * three seconds; here who asks a little now and then always gets a seat, and waits as long as an API server lets it.
 */
export function hung(facts: Facts, now: number, headers: Answered['headers']): Answered | undefined {
  if (!isStalledAt(facts, now)) return undefined;
  const body = statusBody({ code: 504, reason: 'Timeout', message: 'Timeout: request did not complete within 1m0s' });
  return { status: 504, headers, body, afterMs: REQUEST_MS };
}
