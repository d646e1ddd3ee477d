import type { Cause, JudgeContext } from '../../engine/runbook.ts';
import { NEVER_RAN, ON_ITS_WAY } from '../evidence/container-status.ts';
import { clockTime, secondsSince } from '../evidence/node-words.ts';
import { amongContainers, type Found } from './among.ts';
import type { Seen } from './evidence.ts';
import { limits } from './limits.ts';
import type { AnyTarget } from './target.ts';

type Context = JudgeContext<AnyTarget>;

/** What a kubelet says while a pod has no volume or no network yet (kubernetes, pkg/kubelet/events/event.go). */
const NOT_MADE: ReadonlySet<string> = new Set([
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'FailedCreatePodSandBox',
  'NetworkNotReady',
]);

export const cannotStart: Cause<Seen, never, AnyTarget> = {
  title: 'A container cannot be started',
  judge: ({ pods }, { events }, context) =>
    amongContainers(pods, {
      is: (found) => complaintOf(found, events, context) !== undefined,
      unclear: (found) =>
        isBeingMade(found)
          ? `${nameOf(found)} is being made, and no event tells that this fails again and again${latestOf(found, events, context)}`
          : undefined,
      words: (found) => `${nameOf(found)}: ${complaintOf(found, events, context)}`,
      none: 'no container waits for an image, its configuration, a volume or a network',
    }),
};

/** What stands in the way of its start; `undefined`: nothing that is told. */
function complaintOf(found: Found, events: Seen['events'] | undefined, context: Context): string | undefined {
  const { waiting, over, ended } = found.container;
  if ((waiting || over) && ended && NEVER_RAN.has(ended.reason)) return inShort(ended.reason, ended.message);
  if (waiting && waiting.reason !== 'CrashLoopBackOff' && !ON_ITS_WAY.has(waiting.reason))
    return inShort(waiting.reason, waiting.message);
  const event = isBeingMade(found) ? failureIn(found, events, context) : undefined;
  const isAgain = event && event.count >= limits.failures;
  const isNow = event && secondsSince(event.lastSeen, context.now) <= limits.triedAgainSeconds;
  return isAgain && isNow ? `${clockTime(event.lastSeen)} ${inShort(event.reason, event.message)}` : undefined;
}

/** All containers of a pod with init containers wait for these, while there is no network for any of them. */
function isBeingMade({ pod, container }: Found): boolean {
  const isMade = ({ waiting, ended }: Found['container']) => ended || !waiting || !ON_ITS_WAY.has(waiting.reason);
  if (isMade(container) || pod.node === undefined) return false;
  return container.waiting?.reason === 'ContainerCreating' || !pod.containers.some(isMade);
}

function failureIn({ pod }: Found, events: Seen['events'] | undefined, { target }: Context) {
  if (target.kind !== 'Pod' || target.name !== pod.name) return undefined;
  return events?.findLast(({ reason }) => NOT_MADE.has(reason));
}

function latestOf(found: Found, events: Seen['events'] | undefined, context: Context): string {
  const event = failureIn(found, events, context);
  return event ? ` (${clockTime(event.lastSeen)} ${inShort(event.reason, event.message)})` : '';
}

function nameOf({ pod, container }: Found): string {
  return `${container.name} of ${pod.name}`;
}

function inShort(reason: string, message: string | null | undefined): string {
  return [reason, message?.slice(0, 200)].filter(Boolean).join(', ');
}
