import { type Budget, defaultBudget } from './budget.ts';
import { digestOf, workloadKinds } from './change.ts';
import { ReadFailure, type ReadFailureKind } from './errors.ts';
import { type Collected, doubted, type Judgement, judged, maybeOf, measured, withSeen } from './judge.ts';
import type { Clock } from './ports.ts';
import type { Source } from './readers.ts';
import { redact, redactDeep } from './redact.ts';
import type { CauseReport, EvidenceReport, ManualReport, RemedyReport, Report } from './report.ts';
import type { AlertContext, AnyRunbook, JudgeContext } from './runbook.ts';
import { asReadFailure, type RunScope, runScope, type Trace, timeReading } from './scope.ts';
import { type Target, targetName } from './target.ts';

export interface InvestigateOptions {
  readonly source: Source;
  readonly clock: Clock;
  readonly cluster: string;
  /** When the alert says the problem began. */
  readonly since?: Date | undefined;
  /** The alert it is about; none when a person asks. */
  readonly alert?: AlertContext | undefined;
  readonly budget?: Partial<Budget>;
  readonly signal?: AbortSignal;
  /** Called as each evidence item arrives or fails, for live progress. */
  readonly onEvidence?: (evidence: EvidenceReport) => void;
}

/**
 * Runs one runbook on one target: all evidence in parallel, then every judgement, then the remedies. Never throws for
 * what it could not see; every gap is in the report.
 */
export async function investigate(runbook: AnyRunbook, target: Target, options: InvestigateOptions): Promise<Report> {
  const budget = { ...defaultBudget, ...runbook.budget, ...options.budget };
  const startedAt = options.clock.now();
  const began = performance.now();
  const overall = AbortSignal.timeout(budget.totalMs);
  const signal = options.signal ? AbortSignal.any([overall, options.signal]) : overall;
  const scope = runScope(options.source, budget, signal);
  const collected = new Map<string, unknown>();
  const partial = new Map<string, string>();
  const failures = new Map<string, ReadFailureKind>();
  const refused = new Set<string>();
  const context: RunContext = { target, now: startedAt, since: options.since, alert: options.alert };

  const collect = async (id: string) => {
    const { report, value, gap, refuses } = await look(runbook, id, context, scope, budget, signal);
    if (report.status === 'ok') collected.set(id, value);
    if (gap !== undefined) partial.set(id, gap);
    if (report.failure !== undefined) failures.set(id, report.failure);
    if (refuses) refused.add(id);
    options.onEvidence?.(report);
    return report;
  };
  const evidence = await Promise.all(Object.keys(runbook.evidence).map(collect));

  const judging = { ...context, failures, refused };
  const causes = judgeAll(runbook, collected, partial, judging);
  const titleOf = titles(runbook);
  const well = judged((seen, maybe) => runbook.recovered(seen, maybe, judging), collected, titleOf);
  const recovered = unlessPresent(doubted(well, 'confirmed', partial, titleOf), runbook, causes);
  return {
    runbook: runbook.id,
    title: runbook.title,
    target: targetName(target),
    cluster: options.cluster,
    startedAt: startedAt.toISOString(),
    causes,
    evidence,
    remedies: remediesOf(runbook, causes, collected, target),
    manualSteps: manualOf(runbook, causes, collected, target),
    recovered: { verdict: recovered.verdict, reason: redact(recovered.reason) },
    cost: {
      kubernetesCalls: scope.kubernetesCalls(),
      prometheusQueries: scope.prometheusQueries(),
      bytes: scope.bytes(),
      elapsedMs: Math.round(performance.now() - began),
      slowestChainMs: Math.max(0, ...evidence.map(({ elapsedMs }) => elapsedMs)),
    },
  };
}

type RunContext = JudgeContext<Target> & { readonly alert: AlertContext | undefined };

async function look(
  runbook: AnyRunbook,
  id: string,
  context: RunContext,
  scope: RunScope,
  budget: Budget,
  signal: AbortSignal,
): Promise<{ report: EvidenceReport; value?: unknown; gap?: string | undefined; refuses?: boolean }> {
  const item = runbook.evidence[id];
  if (item === undefined) throw new Error(`runbook ${runbook.id} has no evidence ${id}`);
  const trace: Trace[] = [];
  const deadlineMs = item.deadlineMs ?? budget.evidenceMs;
  try {
    const reading = item.read(scope.readersFor(trace, deadlineMs, item.reads ?? []), context.target, context);
    const parsed = item.schema.safeParse(await within(reading, deadlineMs, signal));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new ReadFailure(
        'unparsable',
        `unexpected answer at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`,
      );
    }
    const gap = trace.find(({ partial }) => partial !== undefined)?.partial;
    const inPart = gap === undefined ? '' : `; answered in part only: ${gap}`;
    const shown = redact(`${item.show(parsed.data)}${inPart}`);
    return {
      report: { ...provenance(id, item, trace), status: 'ok', value: redactDeep(parsed.data), shown },
      value: parsed.data,
      gap,
    };
  } catch (thrown) {
    const failure = asReadFailure(thrown);
    const reason = redact(failure.message);
    const remedy = failure.remedy === undefined ? {} : { remedy: failure.remedy };
    return {
      report: {
        ...provenance(id, item, trace),
        status: 'failed',
        value: null,
        shown: reason,
        failure: failure.kind,
        reason,
        ...remedy,
      },
      refuses: failure.refused,
    };
  }
}

function provenance(id: string, item: AnyRunbook['evidence'][string], trace: readonly Trace[]) {
  const systems = [...new Set(trace.map(({ system }) => system))];
  return {
    id,
    title: item.title,
    source: systems.join(', ') || 'none',
    query: redact([...new Set(trace.map(({ asked }) => asked))].join('\n')),
    asOf: (trace.at(-1)?.asOf ?? new Date()).toISOString(),
    elapsedMs: Math.round(timeReading(trace)),
    ...(item.witness ? { witness: true as const } : {}),
    ...(item.windowSeconds === undefined ? {} : { windowSeconds: item.windowSeconds }),
    ...(item.threshold === undefined ? {} : { threshold: item.threshold }),
    ...(item.thresholdSource === undefined ? {} : { thresholdSource: item.thresholdSource }),
  };
}

/** Adapters keep deadlines themselves; this holds for the chain of reads and for an adapter that forgot. */
async function within<T>(work: Promise<T>, deadlineMs: number, signal: AbortSignal): Promise<T> {
  const stop = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new ReadFailure('timed-out', `no answer within ${deadlineMs} ms`)),
      deadlineMs,
    );
    const abort = () => reject(new ReadFailure('over-budget', 'the run was out of time'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { signal: stop.signal });
    stop.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}

function judgeAll(
  runbook: AnyRunbook,
  collected: Collected,
  partial: ReadonlyMap<string, string>,
  context: JudgeContext<Target>,
): CauseReport[] {
  return Object.entries(runbook.causes).map(([id, cause]) => {
    const titleOf = titles(runbook);
    const found = judged((seen, maybe) => cause.judge(seen, maybe, context), collected, titleOf);
    const judgement = doubted(found, 'ruled-out', partial, titleOf);
    const measure = cause.measure && measured((seen, maybe) => cause.measure?.(seen, maybe, context), collected);
    const figure = measure ? { measure: { ...measure, of: redact(measure.of) } } : {};
    const isAsked = (cited: string) => collected.has(cited) || !isUnasked(runbook, cited, context);
    const [cites, missing] = [judgement.cites.filter(isAsked), judgement.missing.filter(isAsked)];
    return { id, title: cause.title, ...judgement, cites, missing, reason: redact(judgement.reason), ...figure };
  });
}

/** A witness that nobody has configured is none that a judgement misses. */
function isUnasked(runbook: AnyRunbook, id: string, { failures }: JudgeContext<Target>): boolean {
  return runbook.evidence[id]?.witness === true && failures?.get(id) === 'not-configured';
}

/** One report does not say what is wrong now, and that it is over. */
function unlessPresent(well: Judgement, runbook: AnyRunbook, causes: readonly CauseReport[]): Judgement {
  const wrong = causes.find(({ id, verdict }) => verdict === 'confirmed' && runbook.causes[id]?.present);
  if (wrong === undefined || well.verdict !== 'confirmed') return well;
  return { ...well, verdict: 'ruled-out', reason: `${wrong.title}: ${wrong.reason}` };
}

function remediesOf(
  runbook: AnyRunbook,
  causes: readonly CauseReport[],
  collected: Collected,
  target: Target,
): RemedyReport[] {
  return Object.entries(runbook.remedies).flatMap(([id, remedy]): RemedyReport[] => {
    const offered = causes.filter((cause) => runbook.causes[cause.id]?.remedies?.includes(id));
    const cause = offered.find(({ verdict }) => verdict === 'confirmed') ?? offered[0];
    if (cause === undefined) return [];
    const named = { id, title: remedy.title, cause: cause.id };
    if (cause.verdict !== 'confirmed') return [{ ...named, unavailable: `its cause is not confirmed: ${cause.title}` }];
    const proposed = withSeen((seen) => remedy.propose(seen, target), collected, titles(runbook));
    if (isUnavailable(proposed)) return [{ ...named, unavailable: proposed.unavailable }];
    const changes = remedy.changes(remedy.params.parse(proposed));
    const undeclared = changes.find(({ verb }) => !remedy.verbs.includes(verb))?.verb;
    if (undeclared) return [{ ...named, unavailable: `it would ${undeclared}, which it does not declare` }];
    const { workloads = workloadKinds } = remedy;
    const other = changes.find((change) => 'workload' in change && !workloads.includes(change.workload.kind));
    if (other) return [{ ...named, unavailable: `it would ${other.verb} a kind of workload that it does not declare` }];
    return [{ ...named, risk: remedy.risk, digest: digestOf(changes), changes, rehearsal: null }];
  });
}

function manualOf(
  runbook: AnyRunbook,
  causes: readonly CauseReport[],
  collected: Collected,
  target: Target,
): ManualReport[] {
  return Object.entries(runbook.manual).flatMap(([id, remedy]): ManualReport[] => {
    const cause = causes.find(
      ({ id: cause, verdict }) =>
        runbook.causes[cause]?.remedies?.includes(id) &&
        verdict === (runbook.causes[cause].sight ? 'inconclusive' : 'confirmed'),
    );
    if (cause === undefined) return [];
    const steps = remedy.steps(maybeOf(collected), target);
    return steps.length === 0 ? [] : [{ id, title: remedy.title, cause: cause.id, risk: remedy.risk, steps }];
  });
}

function isUnavailable(value: unknown): value is { readonly unavailable: string } {
  return typeof value === 'object' && value !== null && 'unavailable' in value;
}

function titles(runbook: AnyRunbook): (id: string) => string {
  return (id) => runbook.evidence[id]?.title ?? id;
}
