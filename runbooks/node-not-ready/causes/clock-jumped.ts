import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { times } from '../../../engine/words.ts';
import { clockWords } from '../../evidence/control-plane.ts';
import { clockAhead, type EventView } from '../../evidence/event.ts';
import { conditionOf } from '../../evidence/node.ts';
import { leaseAgeSeconds } from '../../evidence/node-lease.ts';
import { clockTime, duration, secondsSince } from '../../evidence/node-words.ts';
import { controlPlaneAges, lateTogether } from '../control-plane.ts';
import type { Maybe } from '../evidence.ts';
import { portOf } from '../ports.ts';
import { lifeOf, type NodeCause, SKEW_SECONDS } from '../signs.ts';
import { ofSilence } from '../silence.ts';
import { past, unlessWellSince, wellNow } from '../well.ts';

/** A kubelet sends an event again for up to two minutes, so only a longer way into the past is a clock. */
const LATE_EVENT_SECONDS = 180;
const EVENTS_WITHIN_SECONDS = 900;
/** Longer than a `[2m]` window and a scrape: what moved in the window and is still this old is moving now. */
const MOVING_BEYOND_SECONDS = 150;
/** PLEG looks every second; with the scrape interval on top this is no skew worth the name. */
const PLEG_FRESH_SECONDS = 30;
/** kube-state-metrics is scraped once a minute at most, and the lease renewed every 10 s. */
const BETWEEN_SCRAPES_SECONDS = 75;
const BETWEEN_RENEWALS_SECONDS = 25;
/** A node just turned Unknown may still be Ready=True in the cache that answered. */
const CACHE_SECONDS = 5;

/**
 * The controller manager counts a lease as renewed only when its time is newer than the last it saw. So a clock that
 * jumps back makes a live node Unknown with a lease that looks dead, or (after a jump ahead) perfectly fresh.
 */
export const clockJumped: NodeCause = {
  title: "The node's clock jumped",
  present: true,
  judge: ofSilence((_seen, maybe, { now }) => {
    const present = [leaseAhead, leaseBehind, leaseWasAhead, machineClock, pleg];
    const signs = present.flatMap((look) => look(maybe, now) ?? []);
    const sign = signs.find(({ doubt }) => doubt === undefined);
    const ours = controlPlaneAges(maybe, now);
    if (ours.some((age) => age < -SKEW_SECONDS)) {
      return inconclusive(`the control plane's leases are in the future too: it is our own clock that is behind`);
    }
    if (sign !== undefined) return confirmed(sign.words);
    const own = eventSkew(maybe, now) ?? readyBeforeNotReady(maybe, now);
    const [doubted] = signs;
    const { verdict, reason } =
      doubted === undefined || own?.verdict === 'confirmed'
        ? (own ?? otherwise(maybe, now))
        : inconclusive(`${doubted.words}; but ${doubted.doubt}`);
    return { verdict, reason: `${reason}${clockWords(maybe.readyz)}` };
  }),
  remedies: ['cordon', 'setClock'],
};

function otherwise(maybe: Maybe, now: Date): Verdict {
  const together = lateTogether(maybe, now);
  if (together) return inconclusive(together);
  const life = lifeOf(maybe, now);
  const unknown = maybe.node && conditionOf(maybe.node, 'Ready')?.status === 'Unknown';
  if (life.state === 'renewing') {
    if (!unknown) return ruledOut(`${life.words}: its clock agrees with ours within ${SKEW_SECONDS} s`);
    return inconclusive(
      `Ready=Unknown although ${life.words}: it has just come back, or the controller manager does not count its renewals, as after a clock that was ahead. Its pods' events would tell: creationTimestamp against lastTimestamp`,
    );
  }
  const port = portOf(maybe, now);
  if (port?.kind === 'refuses') return ruledOut(`${port.words}: silence, not a clock`);
  const agrees = clockAgrees(maybe, port?.kind === 'answers');
  if (agrees) return ruledOut(agrees);
  return inconclusive(
    `${life.words}: a silent kubelet, or a clock that is behind. Whether the lease still changes would tell: kubectl get lease -n kube-node-lease NODE -w`,
  );
}

function clockAgrees({ history, machine, kubelet }: Maybe, live: boolean): string | undefined {
  if (history?.leaseMoves === 0) return 'its lease has not changed for 2 minutes: that is silence, not a clock';
  const offset = machine?.clockOffsetSeconds;
  if (offset !== undefined) return `its clock and that of Prometheus differ by ${duration(offset)}`;
  const age = kubelet?.plegAgeSeconds;
  if (!live || age === undefined || age > PLEG_FRESH_SECONDS) return undefined;
  return `by its own clock it saw its containers ${duration(age)} ago, so that clock agrees with ours`;
}

/** `doubt`: why it may be the clock of Prometheus that is off, and not the node's. */
interface Sign {
  readonly words: string;
  readonly doubt: string | undefined;
}

function leaseAhead({ lease }: Maybe, now: Date): Sign | undefined {
  const age = lease && leaseAgeSeconds(lease, now);
  if (age === undefined || age > -SKEW_SECONDS) return undefined;
  return { words: `its lease was renewed ${duration(age)} in the future`, doubt: undefined };
}

function leaseBehind(maybe: Maybe, now: Date): Sign | undefined {
  const own = ownAge(maybe, now);
  const { leaseAgeSeconds: age = own ?? 0, leaseMoves = 0 } = maybe.history ?? {};
  if (age <= MOVING_BEYOND_SECONDS || leaseMoves === 0) return undefined;
  const words = `its lease is renewed all the time (${times(leaseMoves)} within 2 minutes), with times ${duration(age)} old`;
  return { words, doubt: own !== undefined && own > MOVING_BEYOND_SECONDS ? undefined : doubtOf(maybe, now) };
}

/** The clock of Prometheus is vouched for by the same lease: a renewal that is fresh was fresh for it, too. */
function leaseWasAhead(maybe: Maybe, now: Date): Sign | undefined {
  const { leaseNewestSeconds: newest = 0, leaseAgeSeconds: age } = maybe.history ?? {};
  if (newest > -SKEW_SECONDS) return undefined;
  const words = `within 10 minutes its lease was renewed ${duration(newest)} in the future; renewals do not count until that time has passed`;
  const own = ownAge(maybe, now);
  const agree = own !== undefined && age !== undefined && age > -SKEW_SECONDS && age - own <= BETWEEN_SCRAPES_SECONDS;
  return { words, doubt: agree ? undefined : doubtOf(maybe, now) };
}

/** Against Prometheus; proof only when the lease, which the API server's clock measures, is off by the same. */
function machineClock(maybe: Maybe, now: Date): Sign | undefined {
  const offset = maybe.machine?.clockOffsetSeconds ?? 0;
  if (Math.abs(offset) < SKEW_SECONDS) return undefined;
  const words = `its clock is ${duration(offset)} ${offset > 0 ? 'ahead of' : 'behind'} that of Prometheus`;
  const own = ownAge(maybe, now);
  const port = portOf(maybe, now)?.kind;
  const isDead = port === 'refuses' || port === 'silent';
  const agree =
    own !== undefined &&
    Math.abs(own + offset) <= BETWEEN_RENEWALS_SECONDS &&
    inStep(maybe, now) === undefined &&
    !isDead;
  return { words, doubt: agree ? undefined : doubtOf(maybe, now) };
}

/** Seen by the kubelet's clock; it moves on as long as PLEG is well, however far off that clock is. */
function pleg(maybe: Maybe, now: Date): Sign | undefined {
  // The lease is newer than the last scrape: renewed with the right time, it says that the clock is right again.
  if (inStep(maybe, now) !== undefined) return undefined;
  const { plegAgeSeconds: age = 0, plegMoves = 0 } = maybe.kubelet ?? {};
  const behind = age > MOVING_BEYOND_SECONDS && plegMoves > 0;
  if (age > -SKEW_SECONDS && !behind) return undefined;
  return {
    words: `kubelet_pleg_last_seen_seconds moves on, ${duration(age)} ${behind ? 'behind' : 'ahead of'} the clock of Prometheus`,
    doubt: undefined,
  };
}

/** The age of its Lease by the API server's clock, or ours: none of them is that of Prometheus. */
function ownAge({ lease }: Maybe, now: Date): number | undefined {
  return lease && leaseAgeSeconds(lease, now);
}

/** Words of a lease that was renewed just now with the right time: the clock of the node is right. */
function inStep({ lease }: Maybe, now: Date): string | undefined {
  const life = lease && lifeOf({ lease }, now);
  return life?.state === 'renewing' ? life.words : undefined;
}

function doubtOf(maybe: Maybe, now: Date): string {
  const off = 'it may be the clock of Prometheus that is off';
  const right = inStep(maybe, now);
  return right === undefined
    ? `nothing else shows it: ${off}`
    : `${right}, by the right time: ${off}, or the node's was set right since`;
}

function eventSkew(maybe: Maybe, now: Date): Verdict | undefined {
  const recent = maybe.events?.filter(
    ({ from, createdAt }) => from === 'kubelet' && secondsSince(createdAt, now) < EVENTS_WITHIN_SECONDS,
  );
  const skew = (event: EventView) => clockAhead(event) ?? 0;
  const off = recent?.findLast((event) => skew(event) > SKEW_SECONDS || skew(event) < -LATE_EVENT_SECONDS);
  if (!off) return undefined;
  const words = `the API server stored its event ${off.reason} at ${clockTime(off.createdAt)}, the kubelet dated it ${clockTime(off.firstSeen)}: ${duration(skew(off))} apart`;
  return unlessWellSince(words, new Date(off.createdAt), maybe, now);
}

/** Ready=True is dated by the kubelet, NodeNotReady by the controller manager, and Ready came after it. */
function readyBeforeNotReady(maybe: Maybe, now: Date): Verdict | undefined {
  const { node, events } = maybe;
  const ready = node && conditionOf(node, 'Ready');
  const event = events?.findLast(({ reason, from }) => reason === 'NodeNotReady' && from === 'node-controller');
  if (ready?.status !== 'True' || !ready.lastTransitionTime || !event) return undefined;
  const apart = (Date.parse(event.lastSeen) - Date.parse(ready.lastTransitionTime)) / 1000;
  if (apart < SKEW_SECONDS || secondsSince(event.lastSeen, now) < CACHE_SECONDS) return undefined;
  const words = `the kubelet dates its Ready ${clockTime(ready.lastTransitionTime)}, ${duration(apart)} before the NodeNotReady it came after (${clockTime(event.lastSeen)}, by the controller manager)`;
  const well = wellNow(maybe, now);
  return well ? past(words, well) : confirmed(words);
}
