import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import type { ReadContext } from '../../engine/runbook.ts';

const HOUR_SECONDS = 3_600;
const STEP_SECONDS = 60;

/** Prometheus looks back five minutes for a sample (`--query.lookback-delta`). */
const SCRAPED_TARGETS = 'count(up)';

const Point = z.object({ at: z.date(), value: z.number().or(z.nan()) });
const Series = z.object({ labels: z.record(z.string(), z.string()), points: z.array(Point) });
/** What the alert's own expression gave over the last hour, for its labels. `null`: nobody tells the expression. */
export const Expression = z
  .object({
    expr: z.string(),
    series: z.array(Series),
    /** Whether Prometheus has scraped anything in the last five minutes: if not, that an expression gives nothing says nothing. */
    scrapes: z.boolean(),
  })
  .nullable();
export type Expression = z.infer<typeof Expression>;

export async function readExpression({ metrics }: Readers, { alert }: Pick<ReadContext, 'alert'>): Promise<Expression> {
  if (alert?.expr === undefined) return null;
  const { expr, labels } = alert;
  const [answer, targets] = await Promise.all([
    metrics.range(expr, HOUR_SECONDS, STEP_SECONDS),
    metrics.query(SCRAPED_TARGETS),
  ]);
  const series = answer.map(({ labels: found, points }) => ({ labels: { ...found }, points: [...points] }));
  return { expr, series: series.filter((one) => isOf(one.labels, labels)), scrapes: targets.length > 0 };
}

/** Relabelling on the way to Alertmanager may change an alert's labels: what both have must agree, their names aside. */
function isOf(found: Readonly<Record<string, string>>, alert: Readonly<Record<string, string>>): boolean {
  return Object.entries(found).every(([name, value]) => name === '__name__' || (alert[name] ?? value) === value);
}

/** Whether it holds at the end of the hour: a comparison gives a sample only where it is true. */
export function holdsNow({ series }: NonNullable<Expression>, now: Date): boolean {
  const since = now.getTime() - 2 * STEP_SECONDS * 1000;
  return series.some(({ points }) => points.some(({ at }) => at.getTime() > since));
}

export function showExpression(found: Expression): string {
  if (found === null) return 'no alert tells its expression';
  const [first, ...others] = found.series;
  if (first === undefined) return `nothing in the last hour: ${found.expr}`;
  const more = others.length > 0 ? `, and ${others.length} more series` : '';
  return `${graph(first.points)} (last hour; ${rangeOf(first.points)}${more}): ${found.expr}`;
}

const HEIGHTS = '▁▂▃▄▅▆▇█';
const COLUMNS = 30;

/** One character for two minutes, a dot where there was no sample. */
function graph(points: readonly z.infer<typeof Point>[]): string {
  const values = points.map(({ value }) => value).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const end = Math.max(...points.map(({ at }) => at.getTime()));
  const columnMs = (HOUR_SECONDS * 1000) / COLUMNS;
  const heights = Array.from({ length: COLUMNS }, (_, index) => {
    const from = end - (COLUMNS - index) * columnMs;
    const inside = points.filter(({ at }) => at.getTime() > from && at.getTime() <= from + columnMs);
    const value = inside.map(({ value }) => value).findLast(Number.isFinite);
    if (value === undefined) return '·';
    const height = high === low ? HEIGHTS.length - 1 : ((value - low) / (high - low)) * (HEIGHTS.length - 1);
    return HEIGHTS[Math.round(height)] ?? '·';
  });
  return heights.join('');
}

function rangeOf(points: readonly z.infer<typeof Point>[]): string {
  const values = points.map(({ value }) => value).filter(Number.isFinite);
  const last = values.at(-1);
  if (last === undefined) return 'no number among its values';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? `always ${shortly(last)}` : `${shortly(low)} to ${shortly(high)}, now ${shortly(last)}`;
}

function shortly(value: number): string {
  return String(Number(value.toPrecision(3)));
}
