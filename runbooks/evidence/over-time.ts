import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Readers } from '../../engine/readers.ts';

/** Figures over the last half hour, minute by minute, so that what came together can be told from what did not. */

export const WINDOW_MINUTES = 30;
const STEP_SECONDS = 60;

/** One figure of one thing: its values by how many minutes ago they were, 0 to 30. What was not seen is not there. */
export interface Course {
  readonly figure: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly Moment[];
}
export interface Moment {
  readonly minutesAgo: number;
  readonly value: number;
}

const Point = z.object({ at: z.date(), value: z.custom<number>((value) => typeof value === 'number', 'no number') });
const Series = z.object({ labels: z.record(z.string(), z.string()), points: z.array(Point) });

/** Oldest first, whatever the order of the answer; NaN and the infinities are no observation. */
export const Courses: z.ZodType<readonly Course[]> = z
  .object({ now: z.date(), series: z.array(Series) })
  .transform(({ now, series }) => {
    const courses = new Map<string, Course>();
    for (const { labels: all, points } of series) {
      const { figure = '', ...labels } = all;
      const key = JSON.stringify([figure, Object.entries(labels).toSorted()]);
      const moments = points.flatMap(({ at, value }) => {
        const minutesAgo = Math.round((now.getTime() - at.getTime()) / 60_000);
        return Number.isFinite(value) ? [{ minutesAgo, value }] : [];
      });
      const known = courses.get(key)?.values ?? [];
      const byMinute = new Map([...known, ...moments].map((moment) => [moment.minutesAgo, moment]));
      const values = [...byMinute.values()].sort((a, b) => b.minutesAgo - a.minutesAgo);
      courses.set(key, { figure, labels, values });
    }
    return [...courses.values()];
  });

/** Reads what `Courses` takes. No series at all is missing evidence, never a zero: `what` says what is not held. */
export async function overTime(metrics: Readers['metrics'], promql: string, now: Date, what: string) {
  const series = await metrics.range(promql, WINDOW_MINUTES * 60, STEP_SECONDS);
  if (series.length === 0) throw new ReadFailure('not-found', `Prometheus holds no series ${what} in half an hour`);
  return { now, series };
}

/** The values of this figure over all its series, minute by minute, added up. */
export function summed(courses: readonly Course[], figure: string, only: (course: Course) => boolean = () => true) {
  const sums = new Map<number, number>();
  for (const course of courses) {
    if (course.figure !== figure || !only(course)) continue;
    for (const { minutesAgo, value } of course.values) sums.set(minutesAgo, (sums.get(minutesAgo) ?? 0) + value);
  }
  return sums;
}

/** The mean over these minutes of what was seen in them; undefined: nothing was. */
export function meanIn(values: ReadonlyMap<number, number>, minutes: readonly number[]): number | undefined {
  const seen = minutes.flatMap((minute) => values.get(minute) ?? []);
  return seen.length === 0 ? undefined : seen.reduce((sum, value) => sum + value, 0) / seen.length;
}

/** In which share of these minutes there was a value. */
export function coverage(values: ReadonlyMap<number, unknown>, minutes: readonly number[]): number {
  return minutes.length === 0 ? 0 : minutes.filter((minute) => values.has(minute)).length / minutes.length;
}
