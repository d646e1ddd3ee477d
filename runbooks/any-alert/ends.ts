import type { Cause, JudgeContext } from '../../engine/runbook.ts';
import { NEVER_RAN } from '../evidence/container-status.ts';
import { EVENTS_LIVE_SECONDS } from '../evidence/event.ts';
import { clockTime, plural, secondsSince } from '../evidence/node-words.ts';
import { amongContainers, type Found } from './among.ts';
import type { Seen } from './evidence.ts';
import { limits } from './limits.ts';
import { isOutOfMemory, type Whose, whoseMemory } from './memory.ts';
import type { ContainerView } from './pods.ts';
import { endWords } from './show.ts';
import type { AnyTarget } from './target.ts';

type Context = JudgeContext<AnyTarget>;
type EndCause = Cause<Seen, never, AnyTarget>;

/** 128 and the number of the signal: SIGKILL and SIGTERM, which a container does not send to itself. */
const BY_A_SIGNAL: readonly number[] = [137, 143];

/** It ended again and again, and lately: not once, last week. */
function endsNow({ ended, restarts, ready, waiting }: ContainerView, context: Context): boolean {
  // What never ran is no end of its own.
  if (ended === undefined || NEVER_RAN.has(ended.reason) || restarts < limits.restarts) return false;
  const isLate = !ended.finishedAt || Date.parse(ended.finishedAt) >= lately(context);
  return isLate && (!ready || waiting !== undefined || Boolean(ended.finishedAt));
}

function lately({ now, since }: Context): number {
  return (since ?? now).getTime() - limits.endedBeforeSeconds * 1000;
}

function also(count: number): string {
  return count > 1 ? `, and so did those of ${plural(count - 1, 'other pod')}` : '';
}

/** The kernel ended it for memory. Its own limit is why only if it has one, and its machine has memory left. */
export const memoryLimit: EndCause = {
  title: 'A container outgrows its memory limit',
  judge: (seen, _maybe, context) =>
    amongContainers(seen.pods, {
      is: (found) => outOfMemory(found, seen, context)?.whose === 'its own',
      unclear: (found) => memoryDoubt(found, seen, context),
      words: (found, count) =>
        `${nameOf(found)} was ended by the kernel (OOMKilled) ${memoryWords(found, seen, context)}, started anew ${plural(found.container.restarts, 'time')}${also(count)}`,
      none: 'no container was ended at a memory limit of its own lately',
    }),
};

/** Whoever takes the memory of a machine, the kernel ends whom it finds: the one that is ended need not be the one. */
export const nodeMemory: EndCause = {
  title: 'Its machine ran out of memory, and the kernel ended a container',
  judge: (seen, _maybe, context) =>
    amongContainers(seen.pods, {
      is: (found) => outOfMemory(found, seen, context)?.whose === "its machine's",
      unclear: (found) => memoryDoubt(found, seen, context),
      words: (found, count) =>
        `${nameOf(found)}, ${memoryWords(found, seen, context)}, was ended by the kernel (OOMKilled), started anew ${plural(found.container.restarts, 'time')}${also(count)}: find out who takes the memory of ${found.pod.node ?? 'its machine'}`,
      none: 'no container without a memory limit was ended for its memory lately',
    }),
};

/** `undefined`: it does not end for that. */
function outOfMemory(found: Found, seen: Seen, context: Context): Whose | undefined {
  const { container } = found;
  if (!endsNow(container, context) || !isOutOfMemory(container)) return undefined;
  return whoseMemory(found, () => seen.memories, context.now);
}

function memoryWords(found: Found, seen: Seen, context: Context): string {
  const told = outOfMemory(found, seen, context);
  return told?.whose === undefined ? '' : told.words;
}

function memoryDoubt(found: Found, seen: Seen, context: Context): string | undefined {
  const told = outOfMemory(found, seen, context);
  return told === undefined || told.whose !== undefined
    ? undefined
    : `${nameOf(found)} was ended by the kernel (OOMKilled): ${told.doubt}`;
}

/** A kubelet that ends a container for a probe says so in an event of the pod; the exit code alone does not tell. */
export const probeEnds: EndCause = {
  title: 'Its kubelet ends a container, because a probe of it fails',
  judge: ({ pods }, { events }, context) =>
    amongContainers(pods, {
      is: (found) => endsOtherwise(found, context) && killOf(found, events, context) !== undefined,
      unclear: (found) =>
        endsOtherwise(found, context) && !isTold(found, events, context)
          ? `${nameOf(found)} ended, and whether its kubelet did it, no event tells: ${NOT_TOLD}`
          : undefined,
      words: (found) => {
        const kill = killOf(found, events, context);
        const at = kill ? `${clockTime(kill.lastSeen)} ${kill.message}` : '';
        return `${nameOf(found)}: ${at}, started anew ${plural(found.container.restarts, 'time')}`;
      },
      none: 'no container was ended for a probe lately',
    }),
};

export const containerEnds: EndCause = {
  title: 'A container ends by itself, again and again',
  judge: ({ pods }, maybe, context) =>
    amongContainers(pods, {
      is: (found) =>
        endsOtherwise(found, context) &&
        enderOf(found, maybe.events, context) === 'itself' &&
        ownDoubt(found, maybe, context) === undefined,
      unclear: (found) => (endsOtherwise(found, context) ? ownDoubt(found, maybe, context) : undefined),
      words: (found, count) =>
        `${nameOf(found)} ${endOf(found)}, started anew ${plural(found.container.restarts, 'time')}${also(count)}`,
      none: 'no container has ended by itself again and again lately',
    }),
};

/** Why it need not have ended by itself, or not again and again; `undefined`: it did, or its kubelet ended it. */
function ownDoubt(found: Found, maybe: Partial<Seen>, context: Context): string | undefined {
  const ender = enderOf(found, maybe.events, context);
  if (ender === 'kubelet') return undefined;
  const words = `${nameOf(found)} ${endOf(found)}`;
  const reboot = rebootDoubt(found, maybe, context);
  if (reboot) return `${words}: ${reboot}`;
  if (ender === 'unknown') return `${words}: whether by itself or by a signal of another is not told`;
  return isAgain(found, context)
    ? undefined
    : `${words}: its only end lately that is told, and started anew ${plural(found.container.restarts, 'time')} in all its life`;
}

/**
 * `restartCount` is of a whole life. It ends again and again now if its kubelet waits before it starts it anew, or if what
 * ended had itself been started anew lately: that is two ends. A pod made lately had all of them since (a static pod is made
 * anew in the API, and keeps its count).
 */
function isAgain({ pod, container }: Found, context: Context): boolean {
  if (isInLoop(container)) return true;
  const begun = [container.ended?.startedAt, pod.owner?.kind === 'Node' ? undefined : pod.createdAt];
  return begun.some((at) => at && Date.parse(at) >= lately(context));
}

function isInLoop({ waiting }: ContainerView): boolean {
  return waiting?.reason === 'CrashLoopBackOff';
}

/** How an end reads that nobody saw: of containerd and CRI-O, and of the kubelet that finds no container any more. */
const UNSEEN_ENDS: readonly string[] = ['Unknown', 'ContainerStatusUnknown'];
/** What a runtime writes down of a container that it finds dead when it is started itself; Docker with no reason. */
const FOUND_DEAD = 255;

/** Why it may have ended with its machine: nobody saw how, or its machine was started anew then. */
function rebootDoubt(found: Found, { machineEvents }: Partial<Seen>, context: Context): string | undefined {
  const { pod, container } = found;
  const { ended } = container;
  if (ended === undefined) return undefined;
  const isUnseen = UNSEEN_ENDS.includes(ended.reason);
  const isFoundDead = isUnseen || ended.exitCode === FOUND_DEAD;
  const isTold = machineEvents != null && isTarget(pod.name, context);
  const reboot = isTold ? machineEvents.findLast(({ reason }) => reason === 'Rebooted') : undefined;
  if (reboot && ended.finishedAt) {
    const afterSeconds = (Date.parse(ended.finishedAt) - Date.parse(reboot.lastSeen)) / 1000;
    // In a loop it has ended since; and what ends later tells so by its exit code.
    const isOfIt = isFoundDead || (!isInLoop(container) && afterSeconds <= limits.slackSeconds);
    if (isOfIt && Math.abs(afterSeconds) <= limits.rebootSeconds)
      return `its machine ${pod.node ?? ''} was started anew at ${clockTime(reboot.lastSeen)} (Rebooted), and all that ran there ended`;
  }
  if (isUnseen) return 'nobody saw how, as after a restart of its machine or of its runtime';
  if (isTold || (machineEvents === null && !isFoundDead)) return undefined;
  return isFoundDead || !isInLoop(container) ? 'whether its machine was started anew then is not told' : undefined;
}

const NOT_TOLD = 'those of its pod were not read, or are gone after an hour';

function endsOtherwise({ container }: Found, context: Context): boolean {
  return endsNow(container, context) && !isOutOfMemory(container);
}

function enderOf(found: Found, events: Seen['events'] | undefined, context: Context): 'itself' | 'kubelet' | 'unknown' {
  const code = found.container.ended?.exitCode ?? 0;
  const isSignal = BY_A_SIGNAL.includes(code);
  // Who is asked to end and does so in order leaves with 0.
  if (killOf(found, events, context)) return isSignal || code === 0 ? 'kubelet' : 'unknown';
  return isSignal || (code === 0 && !isTold(found, events, context)) ? 'unknown' : 'itself';
}

/** `Container web failed liveness probe, will be restarted` (kubernetes, pkg/kubelet/kuberuntime/kuberuntime_manager.go). */
function killOf({ pod, container }: Found, events: Seen['events'] | undefined, context: Context) {
  if (!isTarget(pod.name, context)) return undefined;
  return events?.findLast(
    ({ reason, message, lastSeen }) =>
      reason === 'Killing' &&
      /failed (liveness|startup) probe/.test(message) &&
      message.split(/[\s:/]+/).includes(container.name) &&
      Date.parse(lastSeen) >= lately(context),
  );
}

/** Whether the events of this pod reach back to its end. */
function isTold({ pod, container }: Found, events: Seen['events'] | undefined, context: Context): boolean {
  const { finishedAt } = container.ended ?? {};
  if (events == null || !isTarget(pod.name, context) || !finishedAt) return false;
  return secondsSince(finishedAt, context.now) < EVENTS_LIVE_SECONDS;
}

function isTarget(pod: string, { target }: Context): boolean {
  return target.kind === 'Pod' && target.name === pod;
}

function nameOf({ pod, container }: Found): string {
  return `${container.name} of ${pod.name}`;
}

function endOf({ container }: Found): string {
  return container.ended ? endWords(container.ended) : 'ended';
}
