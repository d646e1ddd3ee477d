import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import type { EventView } from '../../evidence/event.ts';
import { type Condition, isGood } from '../../evidence/node.ts';
import { clockTime, duration, momentOf, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { isFlapping, LATELY_SECONDS, type NodeCause, readinessOf, trusting } from '../signs.ts';
import { unlessWellSince } from '../well.ts';

/**
 * What node-problem-detector says of the kernel (its `config/kernel-monitor.json`, `readonly-monitor.json`), and what the
 * EKS node monitoring agent does.
 */
const CONDITIONS: ReadonlySet<string> = new Set([
  'KernelDeadlock',
  'ReadonlyFilesystem',
  'XfsShutdown',
  'CperHardwareErrorFatal',
  'KernelReady',
  'StorageReady',
]);
/** Its passing problems come as events. Killing for want of memory and a network device that stays are not among these. */
const EVENTS: ReadonlySet<string> = new Set(['TaskHung', 'KernelOops', 'Ext4Error', 'IOError', 'MemoryReadError']);
/** It repeats its conditions every 5 minutes (`heartbeatPeriod`): twice that, and nobody watches any more. */
const HEARD_WITHIN_SECONDS = 600;

export const kernelTrouble: NodeCause = {
  title: 'The kernel, a file system or the hardware is in trouble',
  present: true,
  judge: trusting((seen, maybe, { now }) => {
    const told = seen.node.conditions.filter(({ type }) => CONDITIONS.has(type));
    const bad = told.filter((condition) => isGood(condition) === false && condition.status !== 'Unknown');
    const heard = bad.filter((condition) => isHeard(condition, now));
    const words = (conditions: readonly Condition[]) => conditions.map((one) => wordsOf(one, now)).join('; ');
    if (heard.length > 0) return confirmed(words(heard));
    const event = lastOf(seen, now);
    if (event) {
      const said = `event ${event.reason} at ${clockTime(event.lastSeen)}: ${event.message.replace(/\.$/, '')}`;
      const well = wellAfter(event, maybe);
      return well ? inconclusive(`${said}; but ${well}`) : unlessWellSince(said, new Date(event.lastSeen), maybe, now);
    }
    if (bad.length > 0) return inconclusive(`${words(bad)}, by somebody who has fallen silent; ${BY_HAND}`);
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

function wellAfter({ lastSeen }: EventView, maybe: Maybe): string | undefined {
  const ready = readinessOf(maybe);
  if (!ready?.since || ready.status === 'True' || isFlapping(maybe)) return undefined;
  const seconds = secondsSince(lastSeen, new Date(ready.since));
  return seconds <= SHOWS_WITHIN_SECONDS
    ? undefined
    : `Ready turned ${ready.status} only ${duration(seconds)} after that`;
}

const BY_HAND = 'on the machine dmesg would tell, or node-problem-detector, where it runs';

function isHeard({ lastHeartbeatTime: at }: Condition, now: Date): boolean {
  return Boolean(at) && secondsSince(at ?? '', now) <= HEARD_WITHIN_SECONDS;
}

function wordsOf({ type, status, reason, message, lastTransitionTime: since }: Condition, now: Date): string {
  return `${type}=${status}${since ? ` since ${momentOf(since, now)}` : ''} (${reason}: ${message})`;
}

function lastOf({ events }: Seen, now: Date): EventView | undefined {
  return events.findLast(({ reason, lastSeen }) => EVENTS.has(reason) && secondsSince(lastSeen, now) < LATELY_SECONDS);
}
