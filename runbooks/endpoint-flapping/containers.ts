import * as z from 'zod';
import { ContainerStatus, NEVER_RAN, ON_ITS_WAY } from '../evidence/container-status.ts';
import { clockTime, plural, secondsSince } from '../evidence/node-words.ts';
import { limits } from './limits.ts';

/** Of `containerStatuses` and `initContainerStatuses`. */
export const Container = ContainerStatus.extend({ started: z.boolean().nullish() }).transform(
  ({ name, ready, started, restartCount, state, lastState }) => ({
    name,
    ready,
    restarts: restartCount,
    running: state.running,
    /** It runs, and its startup probe has not succeeded yet; servers before 1.16 do not say. */
    isStarting: state.running !== undefined && started === false,
    waiting: state.waiting,
    /** It has ended, and has not been started again, or not yet. */
    isOver: state.terminated !== undefined,
    ended: state.terminated ?? lastState.terminated,
  }),
);
export type ContainerView = z.infer<typeof Container>;

export function isLooping({ waiting }: ContainerView): boolean {
  return waiting?.reason === 'CrashLoopBackOff';
}

/** That it ended within the half hour, waits to be started again, or has not been since. */
export function hasEnded(container: ContainerView, now: Date): boolean {
  if (neverRan(container)) return false;
  return isLooping(container) || container.isOver || endedLately(container, now);
}

function endedLately({ ended, restarts }: ContainerView, now: Date): boolean {
  return ended?.finishedAt ? restarts > 0 && secondsSince(ended.finishedAt, now) <= limits.latelySeconds : false;
}

/** What stands in the way of its start; `undefined`: nothing that its status tells. */
export function complaintOf(container: ContainerView): string | undefined {
  const { name, waiting, ended } = container;
  if (neverRan(container)) return `container ${name} cannot be started: ${inShort(ended?.reason, ended?.message)}`;
  if (waiting === undefined || isLooping(container) || ON_ITS_WAY.has(waiting.reason)) return undefined;
  return `container ${name} waits: ${inShort(waiting.reason, waiting.message)}`;
}

/** While it runs, the state says so: then its last start was a good one. */
export function neverRan({ running, ended }: ContainerView): boolean {
  return running === undefined && ended !== undefined && NEVER_RAN.has(ended.reason);
}

function inShort(reason = '', message = ''): string {
  return [reason, message.replace(/\s+/g, ' ').slice(0, 120)].filter(Boolean).join(': ');
}

/** It was found gone, by containerd and by the kubelet: its machine or its runtime was started again, or nobody knows. */
const FOUND_GONE: ReadonlySet<string> = new Set(['Unknown', 'ContainerStatusUnknown']);

/** That it ended is no word on why: it need not have by itself. */
export function wasFoundGone(container: ContainerView): boolean {
  return !isLooping(container) && container.ended !== undefined && FOUND_GONE.has(container.ended.reason);
}

/** How a container ended, in words. */
export function endWords({ name, ended, restarts }: ContainerView): string {
  const how = ended
    ? `${ended.reason || 'Error'}, exit code ${ended.exitCode}${ended.finishedAt ? `, at ${clockTime(ended.finishedAt)}` : ''}`
    : 'nothing says how';
  return `container ${name} ended (${how}; ${plural(restarts, 'restart')})`;
}
