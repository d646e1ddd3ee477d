import { ReadFailure } from './errors.ts';

/** What one run may cost. The defaults keep a run constant in the size of the cluster. */
export interface Budget {
  /** Requests to the API server and to kubelets in all, and reads at the same time. */
  readonly kubernetesCalls: number;
  readonly kubernetesAtOnce: number;
  readonly prometheusQueries: number;
  readonly prometheusAtOnce: number;
  /** Milliseconds for the whole run, and for one evidence item unless it says otherwise. */
  readonly totalMs: number;
  readonly evidenceMs: number;
  /** Bytes of one answer. */
  readonly maxBytes: number;
}

export const defaultBudget: Budget = {
  kubernetesCalls: 25,
  kubernetesAtOnce: 4,
  prometheusQueries: 40,
  prometheusAtOnce: 10,
  totalMs: 20_000,
  evidenceMs: 5_000,
  maxBytes: 4 * 1024 * 1024,
};

/** A counter that refuses the call after the last one, and a gate that lets only so many through at once. */
export interface Allowance {
  readonly used: () => number;
  /** `calls`: what it counts for. Default 1. */
  run<T>(work: () => Promise<T>, calls?: number): Promise<T>;
}

export function allowance(total: number, atOnce: number, what: string): Allowance {
  const waiting: (() => void)[] = [];
  let used = 0;
  let running = 0;
  return {
    used: () => used,
    async run(work, calls = 1) {
      if (used + calls > total) {
        throw new ReadFailure('over-budget', `the run's budget of ${total} ${what} is used up`);
      }
      used += calls;
      if (running >= atOnce) await new Promise<void>((go) => waiting.push(go));
      else running += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
