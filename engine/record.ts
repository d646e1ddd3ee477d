import { ReadFailure } from './errors.ts';
import type { Source } from './readers.ts';
import { redact, redactDeep } from './redact.ts';
import type { Case } from './replay.ts';
import type { Report } from './report.ts';
import { requestKey, systemOf } from './request.ts';
import type { Target } from './target.ts';

type Reads = Case['reads'];

export interface Recorder {
  /** The source, with every answer and failure remembered. */
  readonly source: Source;
  /** What was asked and answered so far, without what nobody may see. */
  reads(): Reads;
}

/** Stands before a source for one run. Asking the same again replaces what was answered before. */
export function recorder(source: Source): Recorder {
  const reads = new Map<string, Reads[string]>();
  return {
    reads: () => Object.fromEntries([...reads].sort(([one], [other]) => (one < other ? -1 : 1))),
    source: {
      async read(request, limits) {
        const key = requestKey(request);
        try {
          const answer = await source.read(request, limits);
          const body = systemOf(request) === 'Prometheus' ? plain(answer.body) : withoutSecrets(answer.body);
          const asked = answer.asked === key ? {} : { asked: redact(answer.asked) };
          const partial = answer.partial === undefined ? {} : { partial: redact(answer.partial) };
          reads.set(key, { body, ...asked, ...partial });
          return answer;
        } catch (thrown) {
          const failure = failureIn(thrown);
          if (failure) reads.set(key, { failure });
          throw thrown;
        }
      },
    },
  };
}

/** A run as a case: what was asked, what was answered, and the verdicts that came of it. */
export function caseOf(report: Report, target: Target, reads: Reads, since?: Date): Case {
  return {
    about: `recorded ${report.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    runbook: report.runbook,
    target,
    cluster: report.cluster,
    now: report.startedAt,
    ...(since === undefined ? {} : { since: since.toISOString() }),
    reads,
    expect: {
      causes: Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict])),
      recovered: report.recovered.verdict,
    },
  };
}

function failureIn(thrown: unknown): Reads[string]['failure'] | undefined {
  if (!(thrown instanceof ReadFailure)) return undefined;
  const { kind, message, remedy } = thrown;
  if (kind === 'not-declared' || kind === 'not-recorded') return undefined;
  return { kind, message: redact(message), ...(remedy === undefined ? {} : { remedy: redact(remedy) }) };
}

/** As JSON: what it cannot say of a number is said as Prometheus says it, and a Date becomes its text. */
function plain(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  }
  if (value instanceof Date) return value.toISOString();
  return nested(value, (_key, inner) => plain(inner));
}

/** Whoever wrote them down wrote down the whole object once more, its environment included. */
const copies = new Set(['fieldsV1', 'kubectl.kubernetes.io/last-applied-configuration']);

/** Environment variables keep their names: their values are nobody's business, whatever they look like. */
function withoutSecrets(body: unknown): unknown {
  if (Array.isArray(body)) return redactDeep(body);
  const masked = (value: unknown): unknown =>
    nested(value, (key, inner) => {
      if (copies.has(key)) return undefined;
      return key === 'env' && Array.isArray(inner) ? inner.map(withoutValue) : masked(inner);
    });
  return redactDeep(masked(body));
}

function withoutValue(variable: unknown): unknown {
  return nested(variable, (key, inner) => (key === 'value' ? '[redacted]' : inner));
}

/** A copy one level down; what becomes `undefined` is left out. */
function nested(value: unknown, change: (key: string, inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((inner, index) => change(String(index), inner));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, change(key, inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}
