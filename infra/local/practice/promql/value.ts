import type { Labels } from './vectors/labels.ts';

/** One series of an instant vector. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** The points of one series within a range, both ends of which belong to it. */
export interface Window {
  readonly labels: Labels;
  readonly points: readonly Point[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a query answers. The samples of a vector and a scalar hold for the moment that was asked for. */
export type Value =
  | { readonly type: 'vector'; readonly samples: readonly Sample[] }
  | {
      readonly type: 'matrix';
      readonly series: readonly { readonly labels: Labels; readonly points: readonly Point[] }[];
    }
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly text: string };

/** The `data` of Prometheus' HTTP answer: values are text there, so that NaN and infinity can be written. */
export function prometheusData(value: Value, atUnixSeconds: number): { resultType: Value['type']; result: unknown } {
  switch (value.type) {
    case 'vector':
      return {
        resultType: 'vector',
        result: value.samples.map((sample) => ({
          metric: sample.labels,
          value: [atUnixSeconds, numberText(sample.value)],
        })),
      };
    case 'matrix':
      return {
        resultType: 'matrix',
        result: value.series.map(({ labels, points }) => ({
          metric: labels,
          values: points.map((point) => [point.atMs / 1000, numberText(point.value)]),
        })),
      };
    case 'scalar':
      return { resultType: 'scalar', result: [atUnixSeconds, numberText(value.value)] };
    case 'string':
      return { resultType: 'string', result: [atUnixSeconds, value.text] };
  }
}

/** A number as Go writes it: `+Inf` and `-Inf` where JavaScript spells them out. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : Object.is(value, -0) ? '-0' : String(value);
}
