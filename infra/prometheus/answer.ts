import * as z from 'zod';
import type { Sample, Series } from '../../engine/readers.ts';

/** A sample as Prometheus writes it: seconds since the epoch, and the value as a string ("NaN", "+Inf" included). */
const Point = z.tuple([z.number(), z.string().transform(numberOf)]).transform(([seconds, value]) => ({
  at: new Date(seconds * 1000),
  value,
}));
const Labels = z.record(z.string(), z.string());

const Vector = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: Labels, value: Point })),
});
const Matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: Labels, values: z.array(Point) })),
});
const Scalar = z.object({ resultType: z.literal('scalar'), result: Point });

const Instant = z.object({ status: z.literal('success'), data: z.discriminatedUnion('resultType', [Vector, Scalar]) });
const Range = z.object({ status: z.literal('success'), data: Matrix });

const Gaps = z.object({
  warnings: z.array(z.string()).nullish(),
  /** VictoriaMetrics says so instead of a warning. */
  isPartial: z.boolean().nullish(),
});

/** What the engine says about the query, not about its data: an info, which Thanos may pass on among its warnings (thanos-io/thanos#7354). */
const ABOUT_THE_QUERY = /^PromQL info:/;

/**
 * Why the answer may lack series: "There will still be data in the data field", and a store, a remote read or a part of
 * the query that failed (HTTP API, "Format overview"; Thanos, partial response). `infos` are hints and left out.
 */
export function gapsOf(answer: unknown): readonly string[] {
  const { warnings, isPartial } = Gaps.parse(answer);
  const said = (warnings ?? []).filter((warning) => !ABOUT_THE_QUERY.test(warning));
  return isPartial && said.length === 0 ? ['only a part of the data could be reached (isPartial)'] : said;
}

/** The samples of `/api/v1/query`; no series is an empty array, never a zero. Throws `ZodError`. */
export function samplesOf(answer: unknown): readonly Sample[] {
  const { data } = Instant.parse(answer);
  if (data.resultType === 'scalar') return [{ labels: {}, ...data.result }];
  return data.result.map(({ metric, value }) => ({ labels: metric, ...value }));
}

/** The series of `/api/v1/query_range`. Throws `ZodError`. */
export function seriesOf(answer: unknown): readonly Series[] {
  return Range.parse(answer).data.result.map(({ metric, values }) => ({ labels: metric, points: values }));
}

function numberOf(text: string, context: z.RefinementCtx): number {
  const value = Number(text.replace(/^([+-]?)Inf$/, '$1Infinity'));
  if (!Number.isNaN(value) || text === 'NaN') return value;
  context.addIssue(`not a number: ${text}`);
  return z.NEVER;
}
