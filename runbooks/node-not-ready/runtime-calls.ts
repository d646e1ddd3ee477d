import type { Maybe } from './evidence.ts';
import { portOf } from './ports.ts';
import { readinessOf } from './signs.ts';

/** Without a runtime every call fails at once, once a second for PLEG alone; in health hardly any does. */
const FAILING_SHARE = 0.5;
const HARDLY_ANY_SHARE = 0.1;
/**
 * A kubelet asks for the runtime's status every 5 s, one call after the other (kubelet, `updateRuntimeUp`), whatever its PLEG
 * does: where fewer than half of these end, each takes longer than 10 s.
 */
const ENDING_PER_SECOND = 0.1;

/** How its calls to the runtime end now. `late`: hardly any ends at all. */
export interface RuntimeCalls {
  readonly end: 'well' | 'in part' | 'badly' | 'late';
  readonly words: string;
}

/** `undefined`: the kubelet's figures could not be seen, or they are of a time in which it did not run. */
export function runtimeCalls(maybe: Maybe, now: Date): RuntimeCalls | undefined {
  const { kubelet } = maybe;
  const calls = kubelet?.runtimeCallsPerSecond;
  if (calls === undefined) return undefined;
  // The errors of an operation have no series before the first one, the calls do.
  const errors = kubelet?.runtimeErrorsPerSecond ?? 0;
  if (calls < ENDING_PER_SECOND) {
    if (!ranThroughout(maybe, now)) return undefined;
    const words = `of its calls to the runtime ${calls.toFixed(2)} a second end, and it makes one every 5 s at least: they hang`;
    return { end: 'late', words };
  }
  const words = `${errors.toFixed(2)} of ${calls.toFixed(2)} calls a second to the runtime fail`;
  if (errors >= FAILING_SHARE * calls) return { end: 'badly', words };
  return { end: errors < HARDLY_ANY_SHARE * calls ? 'well' : 'in part', words };
}

/** One that has not heard of its runtime since its start says that it may not have completed its check, and never that it is down. */
function ranThroughout(maybe: Maybe, now: Date): boolean {
  const isAnswered = portOf(maybe, now)?.kind === 'answers';
  const heardOnce = readinessOf(maybe)?.message.includes('container runtime is down') ?? false;
  return isAnswered && (heardOnce || maybe.kubelet?.restarts === 0);
}

/**
 * Whether the kubelet asks its runtime for what `/metrics` tells, so that one that hangs holds it up. With CRI-O and Docker it
 * asks cAdvisor instead (kubelet, `cadvisor/helpers_linux.go`, `UsingLegacyCadvisorStats`).
 */
export function asksRuntime({ node }: Maybe): boolean {
  return node !== undefined && !/^(cri-o|docker):/.test(node.runtime);
}

/** "container runtime is down" is said of a runtime that is gone (after 33 s) and of one that hangs (after 129 s). */
export function sameWords(maybe: Maybe): string {
  const scrapes = asksRuntime(maybe) ? 'up of /metrics and /metrics/cadvisor (1 and 1: gone; 0 and 1: hangs) and ' : '';
  return `gone and hanging runtimes are reported in the same words. Prometheus would tell: ${scrapes}kubelet_runtime_operations_total with its errors (failing at once: gone; hardly one that ends: hangs); or on the machine: crictl info fails at once, or hangs`;
}
