import { lines, type PodIs } from './objects.ts';
import { quiet, type World } from './world.ts';

/** What nothing is known of while no container runs: nobody writes, and nobody is scraped. */
export const deaf = [
  ...['apiRefused', 'nodeNetwork', 'apiUnreachable', 'upstreamFails', 'upstreamSlow', 'searchPaths', 'panics'],
] as const;
/** What only figures tell. */
export const counted = ['apiUnreachable', 'upstreamFails', 'upstreamSlow', 'searchPaths', 'conntrackFull'] as const;
/** What is told by pods alone. */
export const ofPods = [
  ...[
    'notStarted',
    'loop',
    'configRefused',
    'outOfMemory',
    'livenessFails',
    'nodeSilent',
    'serviceAstray',
    'policyForbids',
    'nodeNetwork',
  ],
] as const;

export const [first, second] = [{ name: 'coredns-a' }, { name: 'coredns-b', node: 'worker-2' }] as const;

export const crashing: Partial<PodIs> = {
  ...{ ready: false, changed: 1_200, restarts: 7, waiting: { reason: 'CrashLoopBackOff' } },
  ended: { reason: 'Error', exitCode: 1, secondsAgo: 90 },
};

/** Both end again and again with these last words, and Prometheus has nothing of them. */
export function ending(last: readonly string[] | null, is: Partial<PodIs> = {}): World {
  return {
    ...quiet,
    pods: [first, second].map((one) => ({ ...one, ...crashing, ...is })),
    logs: { 'coredns-a': { last, now: null }, 'coredns-b': { last, now: null } },
    ...{ answers: {}, upstreams: {}, apiCalls: {} },
    processes: {},
  };
}

/** One is so, the other is well. */
export function one(
  is: Partial<PodIs>,
  last: readonly string[] | null = null,
  now: readonly string[] | null = lines.quiet,
) {
  return { ...quiet, pods: [{ ...first, ...is }, second], logs: { 'coredns-a': { last, now } } } satisfies World;
}

/** All write the same within ten minutes. */
export function writing(said: readonly string[], more: Partial<World> = {}): World {
  return { ...quiet, logs: { 'coredns-a': { now: said }, 'coredns-b': { now: said } }, ...more };
}
