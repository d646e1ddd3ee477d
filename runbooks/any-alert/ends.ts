import type { Cause, JudgeContext } from '../../engine/runbook.ts';
import { EVENTS_LIVE_SECONDS } from '../evidence/event.ts';
import { clockTime, plural, secondsSince } from '../evidence/node-words.ts';
import { amongContainers, type Found } from './among.ts';
import type { Seen } from './evidence.ts';
import { limits } from './limits.ts';
import { isShortOfMemory } from './machine.ts';
import type { ContainerView } from './pods.ts';
import { endWords } from './show.ts';
import type { AnyTarget } from './target.ts';

type Context = JudgeContext<AnyTarget>;
type EndCause = Cause<Seen, never, AnyTarget>;

/** 128 and the number of the signal: SIGKILL and SIGTERM, which a container does not send to itself. */
const BY_A_SIGNAL: readonly number[] = [137, 143];

/** It ended again and again, and lately: not once, last week. */
function endsNow({ ended, restarts, ready, waiting }: ContainerView, context: Context): boolean {
  if (ended === undefined || restarts < limits.restarts) return false;
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
      is: (found) => whoseMemory(found, seen, context) === 'its own',
      unclear: (found) => (whoseMemory(found, seen, context) === 'not told' ? memoryDoubt(found) : undefined),
      words: ({ pod, container }, count) =>
        `${container.name} of ${pod.name} was ended by the kernel (OOMKilled) at its limit of ${container.memoryLimit}, started anew ${plural(container.restarts, 'time')}${also(count)}`,
      none: 'no container was ended at a memory limit of its own lately',
    }),
};

/** Whoever takes the memory of a machine, the kernel ends whom it finds: the one that is ended need not be the one. */
export const nodeMemory: EndCause = {
  title: 'Its machine ran out of memory, and the kernel ended a container',
  judge: (seen, _maybe, context) =>
    amongContainers(seen.pods, {
      is: (found) => whoseMemory(found, seen, context) === "its machine's",
      unclear: (found) => (whoseMemory(found, seen, context) === 'not told' ? memoryDoubt(found) : undefined),
      words: ({ pod, container }, count) =>
        `${container.name} of ${pod.name}, which has no memory limit, was ended by the kernel (OOMKilled), started anew ${plural(container.restarts, 'time')}${also(count)}: find out who takes the memory of ${pod.node ?? 'its machine'}`,
      none: 'no container without a memory limit was ended for its memory lately',
    }),
};

/** Whose memory had run out when the kernel ended it; `undefined`: it does not end for that. */
function whoseMemory({ container }: Found, seen: Seen, context: Context) {
  if (!endsNow(container, context) || container.ended?.reason !== 'OOMKilled') return undefined;
  if (container.memoryLimit === null) return "its machine's";
  return container.memoryLimit === undefined || isShortOfMemory(seen.machine) ? 'not told' : 'its own';
}

function memoryDoubt(found: Found): string {
  const limit = found.container.memoryLimit;
  return limit === undefined
    ? `${nameOf(found)} was ended by the kernel (OOMKilled), and whether it has a memory limit is not told`
    : `${nameOf(found)} was ended by the kernel (OOMKilled), but beside its limit of ${limit} its machine is short of memory as well`;
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
  judge: ({ pods }, { events }, context) =>
    amongContainers(pods, {
      is: (found) => endsOtherwise(found, context) && enderOf(found, events, context) === 'itself',
      unclear: (found) =>
        endsOtherwise(found, context) && enderOf(found, events, context) === 'unknown'
          ? `${nameOf(found)} ${endOf(found)}: whether by itself or by a signal of another is not told`
          : undefined,
      words: (found, count) =>
        `${nameOf(found)} ${endOf(found)}, started anew ${plural(found.container.restarts, 'time')}${also(count)}`,
      none: 'no container has ended by itself again and again lately',
    }),
};

const NOT_TOLD = 'those of its pod were not read, or are gone after an hour';

function endsOtherwise({ container }: Found, context: Context): boolean {
  return endsNow(container, context) && container.ended?.reason !== 'OOMKilled';
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
