import type { Window } from '../value.ts';
import { average, highest, lowest, quantile, total, variance } from '../vectors/statistics.ts';
import type { OverRange } from './rates.ts';

/** The `*_over_time` functions that make one number of the samples in the range. */
export const overTime: Readonly<Record<string, OverRange>> = {
  avg_over_time: ofSome(average),
  min_over_time: ofSome(lowest),
  max_over_time: ofSome(highest),
  sum_over_time: ofSome(total),
  count_over_time: ofSome((values) => values.length),
  stddev_over_time: ofSome((values) => Math.sqrt(variance(values))),
  stdvar_over_time: ofSome(variance),
  present_over_time: ofSome(() => 1),
  last_over_time: ({ points }) => points[points.length - 1]?.value,
  quantile_over_time: ofSome(quantile),
};

function ofSome(summary: (values: readonly number[], param: number) => number): OverRange {
  return ({ points }: Window, param) =>
    points.length === 0
      ? undefined
      : summary(
          points.map(({ value }) => value),
          param,
        );
}
