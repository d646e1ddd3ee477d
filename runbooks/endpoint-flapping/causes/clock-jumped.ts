import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { clockAhead } from '../../evidence/event.ts';
import { leaseAgeSeconds } from '../../evidence/node-lease.ts';
import { secondsSince } from '../../evidence/node-words.ts';
import { gapsOf, type Silence } from '../heartbeat.ts';
import { limits } from '../limits.ts';
import type { Seen } from '../schema.ts';
import { type FlapCause, onceSilent } from '../signs.ts';
import { span } from '../words.ts';

/**
 * H5. A lease is dated by its node, and the controller manager takes only later dates for a renewal: after a jump back
 * none counts, however fresh it is (kubernetes#113081; measured: Unknown every 50 s).
 */
export const clockJumped: FlapCause = {
  title: "The node's clock jumps",
  judge: onceSilent((silence, seen, _maybe, now) => {
    const { jumped, right, words } = clockOf(seen, silence, now);
    if (jumped) return confirmed(words);
    return right ? ruledOut(words) : inconclusive(words);
  }),
  remedies: ['setClock', 'keepGrace'],
};

export interface Clock {
  readonly jumped: boolean;
  readonly right: boolean;
  readonly words: string;
}

/**
 * A clock that was ahead and jumped back looks right now, and events that are counted up keep the date they were stored
 * at: only leases over time show that it was not ahead, and only a kubelet that spoke after its silence that it is not behind.
 */
export function clockOf(seen: Seen, { at, backAfterSeconds }: Silence, now: Date): Clock {
  const jumped = (words: string) => ({ jumped: true, right: false, words });
  const unclear = (words: string) => ({ jumped: false, right: false, words });
  const age = leaseAgeSeconds(seen.lease, now) ?? 0;
  if (age <= -limits.clockSeconds) return jumped(`its lease is dated ${span(age)} ahead of the API server's clock`);
  const skew = skewOf(seen, now);
  if (Math.abs(skew) >= limits.clockSeconds) {
    const off = `${span(skew)} ${skew > 0 ? 'ahead of' : 'behind'}`;
    return jumped(`events of its kubelet are dated ${off} the API server's clock, which stored them`);
  }
  const ahead = datedAhead([...seen.events, ...[...seen.podEvents.values()].flat()], now);
  if (ahead >= limits.clockSeconds)
    return jumped(`events of its kubelet are dated ${span(ahead)} ahead of the present`);
  const gaps = gapsOf(seen.heartbeats);
  if (gaps?.ahead === undefined)
    return unclear('how its leases were dated before is not exported by kube-state-metrics');
  if (gaps.ahead >= limits.clockSeconds)
    return jumped(`within half an hour its lease was dated up to ${span(gaps.ahead)} ahead of Prometheus' clock`);
  if (gaps.seen < limits.coverageShare)
    return unclear('how its leases were dated was not seen in all of the half hour');
  if (backAfterSeconds === undefined)
    return unclear(
      `no word of its kubelet is dated after its silence (${at.slice(11, 19)}): it may be silent, or behind`,
    );
  return {
    ...{ jumped: false, right: true },
    words: 'no lease was dated ahead within half an hour, and its kubelet dates its return after its silence',
  };
}

/** The latest date that its kubelet gave an event, where that is still to come: counted up or not, it was ahead then. */
function datedAhead(events: readonly { readonly from: string; readonly lastSeen: string }[], now: Date): number {
  const dates = events.filter(({ from }) => from === 'kubelet').map(({ lastSeen }) => -secondsSince(lastSeen, now));
  return Math.max(0, ...dates);
}

/** How far its kubelet's clock was off when it said something new within the half hour; 0: it said nothing new. */
function skewOf({ events }: Pick<Seen, 'events'>, now: Date): number {
  const skews = events
    .filter(({ from, createdAt }) => from === 'kubelet' && secondsSince(createdAt, now) <= limits.latelySeconds)
    .flatMap((event) => clockAhead(event) ?? []);
  return skews.toSorted((a, b) => Math.abs(b) - Math.abs(a) || b - a)[0] ?? 0;
}
