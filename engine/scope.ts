import { type Allowance, allowance, type Budget } from './budget.ts';
import { messageOf, ReadFailure } from './errors.ts';
import { fromOutside } from './outside.ts';
import type {
  Answer,
  OpenIncident,
  ProbeAnswer,
  Readers,
  ReadRequest,
  Sample,
  ScrapeTarget,
  Series,
  Source,
} from './readers.ts';
import { callsOf, requestKey, type System, systemOf } from './request.ts';
import { type ReadRight, rightOf } from './rights.ts';

/** From sending a read until its answer, without waiting for its turn; by `performance.now()`. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One read as it happened, for provenance and cost. */
export interface Trace extends Span {
  readonly system: System;
  readonly asked: string;
  readonly asOf: Date;
  readonly partial?: string | undefined;
}

interface Finished extends Span {
  readonly answer?: Answer;
  readonly failure?: ReadFailure;
}

/** The reads of one run: counted, limited, made once, and traced per evidence item. */
export interface RunScope {
  /** `declared`: whatever else is read throws at once, unasked. Absent: anything goes. */
  readersFor(trace: Trace[], deadlineMs: number, declared?: readonly ReadRight[]): Readers;
  readonly kubernetesCalls: () => number;
  readonly prometheusQueries: () => number;
  readonly bytes: () => number;
}

/** Equal reads are made once, and there is only one of these. */
const OWN_READS = 1;

export function runScope(source: Source, budget: Budget, signal: AbortSignal): RunScope {
  const gates: Record<Trace['system'], Allowance> = {
    Kubernetes: allowance(budget.kubernetesCalls, budget.kubernetesAtOnce, 'Kubernetes calls'),
    Prometheus: allowance(budget.prometheusQueries, budget.prometheusAtOnce, 'Prometheus queries'),
    Nightshift: allowance(OWN_READS, OWN_READS, 'looks at its own incidents'),
  };
  const made = new Map<string, Promise<Finished>>();
  /** Reads that had nobody to go to cost nobody anything. */
  const unsent: Record<Trace['system'], number> = { Kubernetes: 0, Prometheus: 0, Nightshift: 0 };
  let bytes = 0;

  function once(request: ReadRequest, deadlineMs: number): Promise<Finished> {
    const key = requestKey(request);
    const known = made.get(key);
    if (known) return known;
    const fresh = gates[systemOf(request)].run(() => timed(request, deadlineMs), callsOf(request)).catch(asFinished);
    made.set(key, fresh);
    return fresh;
  }

  async function timed(request: ReadRequest, deadlineMs: number): Promise<Finished> {
    const fromMs = performance.now();
    try {
      const read = await source.read(request, { deadlineMs, maxBytes: budget.maxBytes, signal });
      const answer = fromOutside(read, request);
      bytes += answer.bytes;
      return { answer, fromMs, toMs: performance.now() };
    } catch (thrown) {
      const failure = asReadFailure(thrown);
      if (failure.kind === 'not-configured') unsent[systemOf(request)] += callsOf(request);
      return { failure, fromMs, toMs: performance.now() };
    }
  }

  function readersFor(trace: Trace[], deadlineMs: number, declared?: readonly ReadRight[]): Readers {
    const startedAt = performance.now();
    async function read(request: ReadRequest): Promise<unknown> {
      if (declared) rightOf(request, declared);
      const remainingMs = Math.max(1, deadlineMs - (performance.now() - startedAt));
      const { answer, failure, fromMs, toMs } = await once(request, Math.min(remainingMs, ownDeadlineMs(request)));
      const asked = answer?.asked ?? requestKey(request);
      const { asOf = new Date(), partial } = answer ?? {};
      trace.push({ system: systemOf(request), asked, asOf, partial, fromMs, toMs });
      if (failure) throw failure;
      return answer?.body;
    }
    return {
      kube: {
        get: (kind, name, options) => read({ verb: 'get', kind, name, ...options }),
        find: (kind, name, options) => read({ verb: 'get', kind, name, ...options }).catch(absentAsNull),
        list: (kind, options) => read({ verb: 'list', kind, ...options }),
        logs: (name, options) => read({ verb: 'logs', name, ...options }) as Promise<string>,
        probe: (path) => read({ verb: 'probe', path }) as Promise<ProbeAnswer>,
      },
      kubelet: { stats: (node, options) => read({ verb: 'kubelet', node, path: '/stats/summary', ...options }) },
      incidents: { open: () => read({ verb: 'incidents' }) as Promise<readonly OpenIncident[]> },
      metrics: {
        query: (promql) => read({ verb: 'query', promql }) as Promise<readonly Sample[]>,
        range: (promql, windowSeconds, stepSeconds) =>
          read({ verb: 'range', promql, windowSeconds, stepSeconds }) as Promise<readonly Series[]>,
        targets: (job) => read({ verb: 'targets', job }) as Promise<readonly ScrapeTarget[]>,
      },
    };
  }

  return {
    readersFor,
    kubernetesCalls: () => gates.Kubernetes.used() - unsent.Kubernetes,
    prometheusQueries: () => gates.Prometheus.used() - unsent.Prometheus,
    bytes: () => bytes,
  };
}

function ownDeadlineMs(request: ReadRequest): number {
  return (request.verb === 'logs' ? request.deadlineMs : undefined) ?? Number.POSITIVE_INFINITY;
}

/** Milliseconds during which at least one of the reads was under way: reads side by side count once. */
export function timeReading(spans: readonly Span[]): number {
  let total = 0;
  let coveredTo = Number.NEGATIVE_INFINITY;
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    total += Math.max(0, toMs - Math.max(fromMs, coveredTo));
    coveredTo = Math.max(coveredTo, toMs);
  }
  return total;
}

/** Whatever an adapter throws by mistake still names a gap instead of ending the run. */
export function asReadFailure(thrown: unknown): ReadFailure {
  return thrown instanceof ReadFailure ? thrown : new ReadFailure('server-error', messageOf(thrown), { cause: thrown });
}

function asFinished(thrown: unknown): Finished {
  return { failure: asReadFailure(thrown), fromMs: 0, toMs: 0 };
}

function absentAsNull(thrown: unknown): null {
  if (thrown instanceof ReadFailure && thrown.kind === 'not-found') return null;
  throw thrown;
}
