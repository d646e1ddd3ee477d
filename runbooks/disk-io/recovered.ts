import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { conditionOf } from '../evidence/node.ts';
import { leaseAgeSeconds } from '../evidence/node-lease.ts';
import { clockTime, duration, secondsSince } from '../evidence/node-words.ts';
import { coverage } from '../evidence/over-time.ts';
import { disksOf, isUnknown, stalledOf } from './devices.ts';
import { limits } from './limits.ts';
import { denialOf, trusting } from './signs.ts';
import { worstOf } from './stall.ts';
import { amount, percent } from './words.ts';

/** The node is Ready and in time, and for some minutes its disk was not saturated. Cordoned or not: the disk is the matter. */
export const recovered = trusting((seen, maybe, { now }): Verdict => {
  if (maybe.registered === false) return confirmed('its Node object is gone');
  const ready = conditionOf(seen.node, 'Ready');
  if (ready?.status !== 'True') return ruledOut(`Ready=${ready?.status ?? 'not set'}`);
  const age = leaseAgeSeconds(seen.lease, now);
  if (age === undefined || age > limits.lateLeaseSeconds) {
    return inconclusive(
      `Ready=True, but ${age === undefined ? 'its lease was never renewed' : `its lease is ${duration(age)} old`}`,
    );
  }
  const silent = seen.events
    .filter(({ reason, from }) => reason === 'NodeNotReady' && from === 'node-controller')
    .find(({ lastSeen }) => secondsSince(lastSeen, now) < limits.steadyMinutes * 60);
  if (silent) return ruledOut(`Ready=True, but it was called NotReady at ${clockTime(silent.lastSeen)}`);
  const disks = disksOf(seen.disks);
  const lately = Array.from({ length: limits.quietMinutes + 1 }, (_, minutesAgo) => minutesAgo);
  const last = (disk: (typeof disks)[number]) => disk.saturated.find(({ minutesAgo }) => lately.includes(minutesAgo));
  const busy = disks.find(last);
  const [then, words] = [busy && last(busy), `${limits.quietMinutes} minutes`];
  if (busy && then) {
    return ruledOut(
      `${busy.device} was saturated within the last ${words} (busy ${percent(then.busy)}, ${amount(then.queue ?? 0)} waiting)`,
    );
  }
  const unknown = disks.find(({ minutes }) =>
    minutes.some((minute) => lately.includes(minute.minutesAgo) && isUnknown(minute)),
  );
  if (unknown)
    return inconclusive(`${unknown.device} was busy all the time, and how many requests waited was not seen`);
  const half = disks.find(({ isHalfSeen }) => isHalfSeen);
  if (half) return inconclusive(`how busy ${half.device} was was not seen throughout the last half hour`);
  const worst = worstOf(disks, seen.mounts);
  const seenMinutes = new Map(worst?.minutes.map(({ minutesAgo }) => [minutesAgo, true]));
  if (coverage(seenMinutes, lately) < limits.coverageShare)
    return inconclusive(`its disks were not seen throughout the last ${words}`);
  const stalled = Math.max(0, ...lately.map((minute) => stalledOf(seen.disks).get(minute) ?? 0));
  if (stalled >= limits.stalledShare)
    return inconclusive(`all its tasks were stalled on I/O up to ${percent(stalled)} of the time`);
  const denied = denialOf(maybe);
  if (denied) return inconclusive(`no disk was saturated in the last ${words}, but ${denied}`);
  return confirmed(
    `Ready=True, its lease is ${duration(Math.max(0, age))} old, and no disk was saturated in the last ${words}`,
  );
});
