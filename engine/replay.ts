import * as z from 'zod';
import { messageOf, ReadFailure, type ReadFailureKind } from './errors.ts';
import type { Clock } from './ports.ts';
import type { Answer, Source } from './readers.ts';
import { redact } from './redact.ts';
import { requestKey, systemOf } from './request.ts';
import type { AnyRunbook } from './runbook.ts';
import { Target, targetName } from './target.ts';

/** Every way a read can fail but one: a case records what was answered. */
const FailureKind = z.enum({
  forbidden: 'forbidden',
  unauthorized: 'unauthorized',
  'not-found': 'not-found',
  'not-served': 'not-served',
  throttled: 'throttled',
  'timed-out': 'timed-out',
  unreachable: 'unreachable',
  'server-error': 'server-error',
  'too-large': 'too-large',
  unparsable: 'unparsable',
  'over-budget': 'over-budget',
  'not-configured': 'not-configured',
} satisfies { [Kind in Exclude<ReadFailureKind, 'not-declared' | 'not-recorded'>]: Kind });

const Recorded = z
  .strictObject({
    body: z.unknown().optional(),
    asked: z.string().optional(),
    partial: z.string().optional(),
    failure: z
      .strictObject({
        kind: FailureKind,
        message: z.string(),
        remedy: z.string().optional(),
        refused: z.boolean().optional(),
      })
      .optional(),
  })
  .refine((one) => 'body' in one !== 'failure' in one, 'wants either a body or a failure');

/** A recorded run as a file: what was asked and answered, and what must come of it. Keys as `requestKey` writes them. */
export const Case = z.strictObject({
  about: z.string().optional(),
  runbook: z.string(),
  target: Target,
  cluster: z.string(),
  now: z.iso.datetime(),
  since: z.iso.datetime().optional(),
  alert: z
    .strictObject({ name: z.string(), labels: z.record(z.string(), z.string()), expr: z.string().optional() })
    .optional(),
  reads: z.record(z.string(), Recorded),
  expect: z.strictObject({
    causes: z.record(z.string(), z.enum(['confirmed', 'ruled-out', 'inconclusive'])),
    recovered: z.enum(['confirmed', 'ruled-out', 'inconclusive']).optional(),
  }),
});
export type Case = z.infer<typeof Case>;

/** The case in a file of this runbook's folder. Throws what is wrong with it, by file and field. */
export function parseCase(file: string, text: string, { id, target, causes }: AnyRunbook): Case {
  const wrong = (field: string, what: string) => new Error(`${file}: ${field === '' ? '' : `${field}: `}${what}`);
  const parsed = Case.safeParse(jsonOf(text, (message) => wrong('', `not JSON: ${message}`)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(fieldOf(issue?.path ?? []), issue?.message ?? 'is no case');
  }
  const found = parsed.data;
  if (found.runbook !== id) throw wrong('runbook', `is ${found.runbook}, but this folder holds the cases of ${id}`);
  if (!target.safeParse(found.target).success)
    throw wrong('target', `${id} cannot look at ${targetName(found.target)}`);
  const known = Object.keys(causes);
  const stranger = Object.keys(found.expect.causes).find((cause) => !known.includes(cause));
  if (stranger === undefined) return found;
  throw wrong(`expect.causes.${stranger}`, `${id} has no such cause (it has: ${known.join(', ')})`);
}

function jsonOf(text: string, wrong: (message: string) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw wrong(messageOf(thrown));
  }
}

/** `reads["get Node worker-3"].failure.kind` */
function fieldOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((field, part) => {
    const name = String(part);
    if (!/^\w+$/.test(name)) return `${field}[${JSON.stringify(name)}]`;
    return field === '' ? name : `${field}.${name}`;
  }, '');
}

/** A source that answers only what was recorded. It knows the recordings nobody asked for, and what it could not answer. */
export interface CaseSource extends Source {
  unused(): readonly string[];
  missing(): readonly string[];
}

export function caseSource(recorded: Case): CaseSource {
  const left = new Set(Object.keys(recorded.reads));
  const missing = new Set<string>();
  return {
    unused: () => [...left],
    missing: () => [...missing],
    async read(request): Promise<Answer> {
      const asIs = requestKey(request);
      // A record masks what looks like a secret, also in what was asked.
      const key = recorded.reads[asIs] === undefined ? redact(asIs) : asIs;
      left.delete(key);
      const answer = recorded.reads[key];
      if (answer === undefined) {
        missing.add(key);
        throw new ReadFailure('not-recorded', `the case holds no answer to: ${key}`);
      }
      if (answer.failure) {
        const { kind, message, remedy, refused = false } = answer.failure;
        throw new ReadFailure(kind, message, { refused, ...(remedy === undefined ? {} : { remedy }) });
      }
      const body = systemOf(request) === 'Prometheus' ? reviveDates(answer.body) : answer.body;
      const bytes = JSON.stringify(answer.body ?? null).length;
      const { asked = key, partial } = answer;
      return { body, bytes, asked, asOf: new Date(recorded.now), ...(partial === undefined ? {} : { partial }) };
    },
  };
}

/** The clock of a recorded run. */
export function caseClock(recorded: Case): Clock {
  return { now: () => new Date(recorded.now) };
}

/** Samples are recorded as JSON: their `at` comes back as a Date, and NaN or Infinity as the strings Prometheus uses. */
function reviveDates(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(reviveDates);
  if (body === null || typeof body !== 'object') return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => {
      if (key === 'at' && typeof value === 'string') return [key, new Date(value)];
      if (key === 'value' && typeof value === 'string') return [key, Number(value.replace('Inf', 'Infinity'))];
      return [key, reviveDates(value)];
    }),
  );
}
