import { ReadFailure } from './errors.ts';
import type { Source } from './readers.ts';
import { redact, redactDeep } from './redact.ts';
import type { Case } from './replay.ts';
import type { Report } from './report.ts';
import { requestKey, systemOf } from './request.ts';
import type { AnyRunbook } from './runbook.ts';
import type { Target } from './target.ts';
import { type KeptOfConfigMap, nested, withheld } from './withheld.ts';
import { minuteOf } from './words.ts';

type Reads = Case['reads'];

export interface Recorder {
  /** The source, with every answer and failure remembered. */
  readonly source: Source;
  /** What was asked and answered so far, without what nobody may see. */
  reads(): Reads;
}

/**
 * Stands before a source for one run. Asking the same again replaces what was answered before. `kept`: what the runbook
 * uses of a ConfigMap (`keptBy`), and so all of it that is remembered.
 */
export function recorder(source: Source, kept: KeptOfConfigMap): Recorder {
  const reads = new Map<string, Reads[string]>();
  return {
    reads: () => Object.fromEntries([...reads].sort(([one], [other]) => (one < other ? -1 : 1))),
    source: {
      async read(request, limits) {
        const key = requestKey(request);
        try {
          const answer = await source.read(request, limits);
          const body =
            systemOf(request) === 'Prometheus' ? redactDeep(plain(answer.body)) : withheld(answer.body, request, kept);
          const asked = answer.asked === key ? {} : { asked: redact(answer.asked) };
          const partial = answer.partial === undefined ? {} : { partial: redact(answer.partial) };
          reads.set(redact(key), { body, ...asked, ...partial });
          return answer;
        } catch (thrown) {
          const failure = failureIn(thrown);
          if (failure) reads.set(redact(key), { failure });
          throw thrown;
        }
      },
    },
  };
}

/** What this runbook uses of a ConfigMap, as its evidence says. */
export function keptBy({ evidence }: Pick<AnyRunbook, 'evidence'>): KeptOfConfigMap {
  const all = Object.values(evidence).flatMap(({ keptOfConfigMap }) => keptOfConfigMap ?? []);
  return (key, text) => all.map((keep) => keep(key, text)).find((one) => one !== undefined);
}

/** A run as a case: what was asked, what was answered, and the verdicts that came of it. */
export function caseOf(report: Report, target: Target, reads: Reads, since?: Date): Case {
  return {
    about: `recorded ${minuteOf(report.startedAt)}`,
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
  const { kind, message, remedy, refused } = thrown;
  if (kind === 'not-declared' || kind === 'not-recorded') return undefined;
  return {
    kind,
    message: redact(message),
    ...(remedy === undefined ? {} : { remedy: redact(remedy) }),
    ...(refused ? { refused } : {}),
  };
}

/** As JSON: what it cannot say of a number is said as Prometheus says it, and a Date becomes its text. */
function plain(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  }
  if (value instanceof Date) return value.toISOString();
  return nested(value, (_key, inner) => plain(inner));
}
