import type { Clock } from '../../../engine/ports.ts';

/** One thing that goes wrong with one call of the Web API. */
export type Fault =
  /** Slack is down: answered before anything happened. */
  | { readonly kind: 'unavailable'; readonly status: 500 | 502 | 503 | 504 }
  /** The call took effect and the answer is an HTTP error all the same. */
  | { readonly kind: 'error-after-commit'; readonly status: 500 | 502 | 503 | 504 }
  /** The connection ends without an answer, before or after the call took effect. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'drop-after-commit' }
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number }
  /** HTTP 200 with `ok: false`. */
  | { readonly kind: 'refused'; readonly error: string }
  /** Everything works, late. */
  | { readonly kind: 'slow'; readonly delayMs: number };

/** Asked once for each authenticated call; `undefined` lets it pass. */
export type FaultPlan = (call: {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
}) => Fault | undefined;

/** The next `times` calls of a method go wrong in the same way; later ones pass. */
export function failing(method: string, fault: Fault, times = 1): FaultPlan {
  let left = times;
  return (call) => (call.method === method && left-- > 0 ? fault : undefined);
}

/** Nothing answers for so long, counted from now. */
export function outage(clock: Clock, durationMs: number): FaultPlan {
  const until = clock.now().getTime() + durationMs;
  return () => (clock.now().getTime() < until ? { kind: 'unavailable', status: 503 } : undefined);
}
