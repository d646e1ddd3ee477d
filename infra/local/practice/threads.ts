import { startedAt } from './crash-loop.ts';
import type { Facts, NodeFacts } from './facts.ts';
import { type PodHistory, podsEverOn } from './placement.ts';

/** `kernel.pid_max` of every machine: the kernel's default up to 32 CPUs. Every thread takes one. */
export const PID_MAX = 32_768;
/** `kernel.threads-max`: by the memory of the machine. */
export const THREADS_MAX = 253_700;
/** Threads of a container that is well, and of a machine without its pods. */
const [OF_CONTAINER, OF_MACHINE] = [14, 640];
/** Forks are refused to a leak before the machine has none left at all: others go on needing some. */
const LEFT_TO_OTHERS = 1_100;

/** Threads of a pod's container at each moment, while its image is the one that leaks. Moments are Unix seconds. */
export function threadsOf(place: PodHistory, { mendedAt = Number.POSITIVE_INFINITY }: Facts): (at: number) => number {
  const { workload, life } = place;
  const perSecond = workload.leaksThreadsPerSecond ?? 0;
  const leaks = perSecond > 0 && (life?.revision.image ?? workload.image) === workload.image;
  const from = startedAt(place);
  return (at) => {
    if (!leaks || at < from || at >= mendedAt) return OF_CONTAINER;
    return OF_CONTAINER + Math.min(Math.floor((at - from) * perSecond), PID_MAX - OF_MACHINE - LEFT_TO_OTHERS);
  };
}

/** All threads of the machine. Only leaks are worked out one by one. */
export function threadsOn(node: NodeFacts, facts: Facts): (at: number) => number {
  const leaks = podsEverOn(facts, node).filter(({ workload }) => workload.leaksThreadsPerSecond !== undefined);
  const usual = OF_MACHINE + facts.podsPerNode * OF_CONTAINER;
  return (at) =>
    leaks
      .filter((place) => place.wasThere(at))
      .reduce((sum, place) => sum + threadsOf(place, facts)(at) - OF_CONTAINER, usual);
}
