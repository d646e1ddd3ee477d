import type { Cause, JudgeContext } from '../../engine/runbook.ts';
import { confirmed, inconclusive } from '../../engine/verdict.ts';
import { NEVER_RAN, ON_ITS_WAY } from '../evidence/container-status.ts';
import type { EventView } from '../evidence/event.ts';
import { clockTime, secondsSince } from '../evidence/node-words.ts';
import { inShort as shortened } from '../evidence/starting-pods.ts';
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
  title: 'A container cannot be started, or its pod not be made',
  judge: (seen, maybe, context) => {
    const { events, workload } = maybe;
    const refused =
      workload?.refused && `${workload.kind} ${workload.name} gets no more pods: ${shortened(workload.refused)}`;
    if (refused && workload.ready < workload.wanted) return confirmed(refused);
    const found = amongContainers(seen.pods, {
      is: (found) => complaintOf(found, events, context) !== undefined,
      unclear: (found) =>
        isBeingMade(found)
          ? `${nameOf(found)} is being made, and no event tells that this fails again and again${latestOf(found, events, context)}`
          : undefined,
      words: (found) => `${nameOf(found)}: ${complaintOf(found, events, context)}`,
      none: 'no container waits for an image, its configuration, a volume or a network',
    });
    if (found.verdict !== 'ruled-out') return found;
    void seen.workload; // it would tell that no pod is made for it
    return refused ? inconclusive(`${refused}; all it wants are ready`) : found;
  },
};

/** What stands in the way of its start; `undefined`: nothing that is told. */
function complaintOf(found: Found, events: Seen['events'] | undefined, context: Context): string | undefined {
  const { waiting, over, ended } = found.container;
  if ((waiting || over) && ended && NEVER_RAN.has(ended.reason)) return inShort(ended.reason, ended.message);
  if (waiting && waiting.reason !== 'CrashLoopBackOff' && !ON_ITS_WAY.has(waiting.reason))
    return inShort(waiting.reason, waiting.message);
  const failures = isBeingMade(found) ? failuresIn(found, events, context) : [];
  const held = heldIn(failures, events);
  if (held) return `${clockTime(held.lastSeen)} ${inShort(held.reason, held.message)}`;
  const isNow = failures.some(({ lastSeen }) => secondsSince(lastSeen, context.now) <= limits.triedAgainSeconds);
  // Each message may bear the id of a sandbox of its own, or its volumes in another order: then each is an event of its own.
  const isAgain = failures.reduce((sum, { count }) => sum + count, 0) >= limits.failures;
  const telling = tellingOf(failures);
  return isNow && isAgain && telling
    ? `${clockTime(telling.lastSeen)} ${inShort(telling.reason, telling.message)}`
    : undefined;
}

/** All containers of a pod with init containers wait for these, while there is no network for any of them. */
function isBeingMade({ pod, container }: Found): boolean {
  const isMade = ({ waiting, ended }: Found['container']) => ended || !waiting || !ON_ITS_WAY.has(waiting.reason);
  if (isMade(container) || pod.node === undefined) return false;
  return container.waiting?.reason === 'ContainerCreating' || !pod.containers.some(isMade);
}

function failuresIn({ pod }: Found, events: Seen['events'] | undefined, { target }: Context): readonly EventView[] {
  if (target.kind !== 'Pod' || target.name !== pod.name) return [];
  const failures = (events ?? []).filter(({ reason }) => NOT_MADE.has(reason));
  // What a list has twice is one.
  return [...new Map(failures.map((one) => [`${one.lastSeen} ${one.message}`, one])).values()];
}

/** A volume that another node holds is told of once, by the controller that waits for it to be given back. */
function heldIn(failures: readonly EventView[], events: Seen['events'] | undefined): EventView | undefined {
  const held = failures.findLast(
    ({ reason, message }) => reason === 'FailedAttachVolume' && /^Multi-Attach/.test(message),
  );
  const given = events?.findLast(({ reason }) => reason === 'SuccessfulAttachVolume');
  return held && given && Date.parse(given.lastSeen) >= Date.parse(held.lastSeen) ? undefined : held;
}

/** The last one that says why: that a volume is still not there, said again and again beside it, is its consequence. */
function tellingOf(failures: readonly EventView[]): EventView | undefined {
  return failures.findLast(({ message }) => !/timed out waiting for the condition/.test(message)) ?? failures.at(-1);
}

function latestOf(found: Found, events: Seen['events'] | undefined, context: Context): string {
  const event = tellingOf(failuresIn(found, events, context));
  return event ? ` (${clockTime(event.lastSeen)} ${inShort(event.reason, event.message)})` : '';
}

function nameOf({ pod, container }: Found): string {
  return `${container.name} of ${pod.name}`;
}

function inShort(reason: string, message: string | null | undefined): string {
  return [reason, message && shortened(message)].filter(Boolean).join(', ');
}
