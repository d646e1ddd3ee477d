import { type Allowance, allowance, type Budget } from './budget.ts';
import { messageOf, ReadFailure } from './errors.ts';
import type { Answer, ProbeAnswer, Readers, ReadRequest, Sample, Series, Source } from './readers.ts';
import { requestKey, systemOf } from './request.ts';

/** One read as it happened, for provenance and cost. `elapsedMs` is the read alone, without waiting for its turn. */
export interface Trace {
  readonly system: 'Kubernetes' | 'Prometheus';
  readonly asked: string;
  readonly asOf: Date;
  readonly elapsedMs: number;
}

interface Finished {
  readonly answer?: Answer;
  readonly failure?: ReadFailure;
  readonly elapsedMs: number;
}

/** The reads of one run: counted, limited, made once, and traced per evidence item. */
export interface RunScope {
  readersFor(trace: Trace[], deadlineMs: number): Readers;
  readonly kubernetesCalls: () => number;
  readonly prometheusQueries: () => number;
  readonly bytes: () => number;
}

export function runScope(source: Source, budget: Budget, signal: AbortSignal): RunScope {
  const gates: Record<Trace['system'], Allowance> = {
    Kubernetes: allowance(budget.kubernetesCalls, budget.kubernetesAtOnce, 'Kubernetes calls'),
    Prometheus: allowance(budget.prometheusQueries, budget.prometheusAtOnce, 'Prometheus queries'),
  };
  const made = new Map<string, Promise<Finished>>();
  let bytes = 0;

  function once(request: ReadRequest, deadlineMs: number): Promise<Finished> {
    const key = requestKey(request);
    const known = made.get(key);
    if (known) return known;
    const fresh = gates[systemOf(request)].run(() => timed(request, deadlineMs)).catch(asFinished);
    made.set(key, fresh);
    return fresh;
  }

  async function timed(request: ReadRequest, deadlineMs: number): Promise<Finished> {
    const startedAt = performance.now();
    try {
      const answer = await source.read(request, { deadlineMs, maxBytes: budget.maxBytes, signal });
      bytes += answer.bytes;
      return { answer, elapsedMs: performance.now() - startedAt };
    } catch (thrown) {
      return { failure: asReadFailure(thrown), elapsedMs: performance.now() - startedAt };
    }
  }

  function readersFor(trace: Trace[], deadlineMs: number): Readers {
    const startedAt = performance.now();
    async function read(request: ReadRequest): Promise<unknown> {
      const remainingMs = Math.max(1, deadlineMs - (performance.now() - startedAt));
      const { answer, failure, elapsedMs } = await once(request, remainingMs);
      const asked = answer?.asked ?? requestKey(request);
      trace.push({ system: systemOf(request), asked, asOf: answer?.asOf ?? new Date(), elapsedMs });
      if (failure) throw failure;
      return answer?.body;
    }
    return {
      kube: {
        get: (kind, name, options) => read({ verb: 'get', kind, name, ...options }),
        find: (kind, name, options) => read({ verb: 'get', kind, name, ...options }).catch(absentAsNull),
        list: (kind, options) => read({ verb: 'list', kind, ...options }),
        probe: (path) => read({ verb: 'probe', path }) as Promise<ProbeAnswer>,
      },
      metrics: {
        query: (promql) => read({ verb: 'query', promql }) as Promise<readonly Sample[]>,
        range: (promql, windowSeconds, stepSeconds) =>
          read({ verb: 'range', promql, windowSeconds, stepSeconds }) as Promise<readonly Series[]>,
      },
    };
  }

  return {
    readersFor,
    kubernetesCalls: () => gates.Kubernetes.used(),
    prometheusQueries: () => gates.Prometheus.used(),
    bytes: () => bytes,
  };
}

/** Whatever an adapter throws by mistake still names a gap instead of ending the run. */
export function asReadFailure(thrown: unknown): ReadFailure {
  return thrown instanceof ReadFailure ? thrown : new ReadFailure('server-error', messageOf(thrown), { cause: thrown });
}

function asFinished(thrown: unknown): Finished {
  return { failure: asReadFailure(thrown), elapsedMs: 0 };
}

function absentAsNull(thrown: unknown): null {
  if (thrown instanceof ReadFailure && thrown.kind === 'not-found') return null;
  throw thrown;
}
