import { type Processes, processesIn, usageNow } from './kubelet.ts';
import { limits } from './limits.ts';
import type { Maybe } from './schema.ts';
import { amount, FRESH_MINUTES } from './words.ts';

/**
 * Who holds the PIDs of a machine, as far as the processes that its kubelet counts by pod can tell. A process has one thread
 * at least: so many PIDs a pod surely has. It may have more threads, at most those that no counted process accounts for
 * (`rest`). What lies between the two proves nothing, either way.
 */
export interface Bounds {
  /** PIDs in use on the machine, and there are in all. */
  readonly total: number;
  readonly max: number;
  /** Processes of all pods that were counted. */
  readonly together: number;
  readonly rest: number;
  readonly biggest: Processes;
  /** The shortage and what it did, to end a reason with. */
  readonly proof: string;
}

/** `undefined`: its kubelet was not seen, or the shortage was at another time than its count, which is of now. */
export function boundsOf(
  { kubelet }: Maybe,
  minutes: readonly number[],
): Omit<Bounds, 'proof'> | { readonly unknown: string } | undefined {
  const usage = kubelet && usageNow(kubelet);
  if (!usage || Math.min(...minutes) > FRESH_MINUTES || usage.peak < limits.tightShare) return undefined;
  const { biggest, together } = processesIn(kubelet);
  if (biggest === undefined) return { unknown: 'its kubelet counts no process of any pod' };
  const total = usage.threads.get(0) ?? 0;
  if (together > limits.contradictionShare * total) {
    return { unknown: `by its kubelet pods have ${amount(together)} processes: figures contradict each other` };
  }
  return { total, max: usage.max, together, rest: Math.max(0, total - together), biggest };
}
