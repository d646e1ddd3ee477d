import * as z from 'zod';
import { ReadFailure, type ReadFailureKind } from './errors.ts';
import type { Clock } from './ports.ts';
import type { Answer, Source } from './readers.ts';
import { requestKey, systemOf } from './request.ts';
import { Target } from './target.ts';

const Recorded = z.union([
  z.strictObject({ body: z.unknown(), asked: z.string().optional() }),
  z.strictObject({ failure: z.strictObject({ kind: z.string(), message: z.string() }) }),
]);

/** A recorded run as a file: what was asked and answered, and what must come of it. Keys as `requestKey` writes them. */
export const Case = z.strictObject({
  about: z.string().optional(),
  runbook: z.string(),
  target: Target,
  cluster: z.string(),
  now: z.iso.datetime(),
  since: z.iso.datetime().optional(),
  reads: z.record(z.string(), Recorded),
  expect: z.strictObject({
    causes: z.record(z.string(), z.enum(['confirmed', 'ruled-out', 'inconclusive'])),
    recovered: z.enum(['confirmed', 'ruled-out', 'inconclusive']).optional(),
  }),
});
export type Case = z.infer<typeof Case>;

/** A source that answers only what was recorded. `unused()` names recordings nobody asked for. */
export function caseSource(recorded: Case): Source & { unused(): readonly string[] } {
  const left = new Set(Object.keys(recorded.reads));
  return {
    unused: () => [...left],
    async read(request): Promise<Answer> {
      const key = requestKey(request);
      left.delete(key);
      const answer = recorded.reads[key];
      if (answer === undefined) throw new ReadFailure('not-recorded', `the case holds no answer to: ${key}`);
      if ('failure' in answer) throw new ReadFailure(answer.failure.kind as ReadFailureKind, answer.failure.message);
      const body = systemOf(request) === 'Prometheus' ? reviveDates(answer.body) : answer.body;
      const bytes = JSON.stringify(answer.body ?? null).length;
      return { body, bytes, asked: answer.asked ?? key, asOf: new Date(recorded.now) };
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
