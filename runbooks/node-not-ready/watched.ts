import { inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { type Condition, isGood, type NodeView } from '../evidence/node.ts';
import { momentOf, secondsSince } from '../evidence/node-words.ts';
import type { Maybe } from './evidence.ts';

/**
 * What others on the machine report of it as conditions of its Node: node-problem-detector (its `config` folder), as AKS
 * runs it (those called …Problem), or the EKS node monitoring agent (those called …Ready).
 */
export const WATCHED = {
  kernel: [
    'KernelDeadlock',
    'ReadonlyFilesystem',
    'XfsShutdown',
    'CperHardwareErrorFatal',
    'FilesystemCorruptionProblem',
    'KernelReady',
    'StorageReady',
  ],
  /** A device of the network that stays: a fault of the kernel, with which most nodes go on. */
  devices: ['FrequentUnregisterNetDevice'],
  kubelet: ['KubeletUnhealthy', 'KubeletProblem'],
  kubeletStarts: ['FrequentKubeletRestart'],
  /** None of them tells one that is gone from one that hangs. */
  runtime: [
    'ContainerRuntimeUnhealthy',
    'ContainerRuntimeProblem',
    'ContainerRuntimeReady',
    'FrequentContainerdRestart',
    'FrequentDockerRestart',
    'CorruptDockerOverlay2',
  ],
  network: ['NetworkingReady'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type About = keyof typeof WATCHED;

/** It repeats its conditions every 5 minutes (`heartbeatPeriod`): twice that, and nobody watches any more. */
const HEARD_WITHIN_SECONDS = 600;

export function isHeard({ lastHeartbeatTime: at }: Condition, now: Date): boolean {
  return Boolean(at) && secondsSince(at ?? '', now) <= HEARD_WITHIN_SECONDS;
}

export function watchedIn({ conditions }: NodeView, about: About): readonly Condition[] {
  const types: readonly string[] = WATCHED[about];
  return conditions.filter(({ type }) => types.includes(type));
}

/** It says that something is wrong, not only that it does not know. */
export function isBad(condition: Condition): boolean {
  return isGood(condition) === false && condition.status !== 'Unknown';
}

export function wordsOf(conditions: readonly Condition[], now: Date): string {
  return conditions
    .map(({ type, status, reason, message, lastTransitionTime: since }) => {
      const when = since ? ` since ${momentOf(since, now)}` : '';
      return `${type}=${status}${when} (${reason}: ${message})`;
    })
    .join('; ');
}

/** The complaints of those who are still heard. */
export function complaintsOf(node: NodeView, about: About, now: Date): string {
  return wordsOf(
    watchedIn(node, about).filter((one) => isBad(one) && isHeard(one, now)),
    now,
  );
}

/** What rules a cause out, unless somebody on the machine says the opposite: nothing tells who is right. */
export function ruledOutUnlessTold(words: string, about: About, { node }: Maybe, now: Date): Verdict {
  if (!node) return inconclusive(`${words}; but what is reported on the machine, its Node, could not be seen`);
  const told = complaintsOf(node, about, now);
  return told ? inconclusive(`${words}; but on the machine it is reported: ${told}`) : ruledOut(words);
}
