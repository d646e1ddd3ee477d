import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import type { EventView } from '../../evidence/event.ts';
import { clockTime, duration, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { isFlapping } from '../flapping.ts';
import { LATELY_SECONDS, type NodeCause, readinessOf, trusting } from '../signs.ts';
import { complaintsOf, isBad, isHeard, watchedIn, wordsOf } from '../watched.ts';
import { unlessWellSince } from '../well.ts';

/** The passing problems of node-problem-detector come as events. Killing for want of memory and a network device that stays are not among these. */
const EVENTS: ReadonlySet<string> = new Set(['TaskHung', 'KernelOops', 'Ext4Error', 'IOError', 'MemoryReadError']);

export const kernelTrouble: NodeCause = {
  title: 'The kernel, a file system or the hardware is in trouble',
  present: true,
  judge: trusting((seen, maybe, { now }) => {
    const told = watchedIn(seen.node, 'kernel');
    const bad = told.filter(isBad);
    const heard = bad.filter((condition) => isHeard(condition, now));
    if (heard.length > 0) return confirmed(wordsOf(heard, now));
    const event = lastOf(seen, now);
    if (event) {
      const said = `event ${event.reason} at ${clockTime(event.lastSeen)}: ${event.message.replace(/\.$/, '')}`;
      const well = wellAfter(event, maybe, now);
      return well ? inconclusive(`${said}; but ${well}`) : unlessWellSince(said, new Date(event.lastSeen), maybe, now);
    }
    if (bad.length > 0) return inconclusive(`${wordsOf(bad, now)}, by somebody who has fallen silent; ${BY_HAND}`);
    const devices = complaintsOf(seen.node, 'devices', now);
    if (devices) return inconclusive(`${devices}: with that most nodes go on; ${BY_HAND}`);
    // KernelDeadlock alone rules nothing out: its rule only knows Docker.
    const watched = told.find(({ type }) => type === 'ReadonlyFilesystem' || type === 'KernelReady');
    if (watched === undefined) return inconclusive(`nobody on it reports of its kernel; ${BY_HAND}`);
    if (!isHeard(watched, now)) return inconclusive(`who reports of its kernel has fallen silent; ${BY_HAND}`);
    return ruledOut(`${watched.type}=${watched.status}, and no event tells of a hung task or a fault`);
  }),
  remedies: ['cordon', 'checkKernel', 'keepPods'],
};

/**
 * What hangs shows in Ready within 150 s (a runtime after 129 s, a kubelet after 50 s; measured): what happened before that
 * had passed when Ready changed, or is not why it did.
 */
const SHOWS_WITHIN_SECONDS = 150;

function wellAfter({ lastSeen }: EventView, maybe: Maybe, now: Date): string | undefined {
  const ready = readinessOf(maybe);
  if (!ready?.since || ready.status === 'True' || isFlapping(maybe, now)) return undefined;
  const seconds = secondsSince(lastSeen, new Date(ready.since));
  return seconds <= SHOWS_WITHIN_SECONDS
    ? undefined
    : `Ready turned ${ready.status} only ${duration(seconds)} after that`;
}

const BY_HAND = 'on the machine dmesg would tell, or node-problem-detector, where it runs';

function lastOf({ events }: Seen, now: Date): EventView | undefined {
  return events.findLast(({ reason, lastSeen }) => EVENTS.has(reason) && secondsSince(lastSeen, now) < LATELY_SECONDS);
}
