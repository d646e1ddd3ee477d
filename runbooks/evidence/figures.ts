import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';

/** PromQL by the name of the figure it gives. */
export type Figures = Readonly<Record<string, string>>;

/** One query from many: every series of a figure carries its name in the label `figure`. */
export function together(figures: Figures): string {
  return Object.entries(figures)
    .map(([figure, promql]) => `label_replace(${promql}, "figure", "${figure}", "", "")`)
    .join('\nor ');
}

/** One line of a table of figures: the labels that name it, and each figure Prometheus had for it. */
export type Row<Label extends string, Figure extends string> = { readonly [L in Label]: string } & {
  readonly [F in Figure]?: number;
};

/** The lines of the table that this schema makes. */
export type RowOf<Table extends z.ZodType<readonly unknown[]>> = z.infer<Table>[number];

/** Samples of an instant query. */
export const Samples = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    // NaN and infinity are answers too: a quantile of no observations, a share of nothing.
    value: z.custom<number>((value) => typeof value === 'number', 'not a number'),
  }),
);

/**
 * The schema that makes a table of what `together` asked: a row for each combination of the labels, a column for each
 * figure. A value that is no finite number is left out of its row: it is no observation, and certainly no zero.
 */
export function figureTable<const Label extends string, const Figure extends string>(
  labels: readonly Label[],
  figures: readonly Figure[],
): z.ZodType<readonly Row<Label, Figure>[]> {
  return Samples.transform((samples) => {
    const rows = new Map<string, Record<string, string | number>>();
    for (const sample of samples) {
      const figure = figures.find((name) => name === sample.labels.figure);
      if (figure === undefined || !Number.isFinite(sample.value)) continue;
      const names = labels.map((label) => [label, sample.labels[label] ?? ''] as const);
      const key = JSON.stringify(names);
      rows.set(key, { ...(rows.get(key) ?? Object.fromEntries(names)), [figure]: sample.value });
    }
    return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row) as unknown as readonly Row<
      Label,
      Figure
    >[];
  });
}

/** The samples, or a failed read that says what would provide them: no series is missing evidence, never a zero. */
export function someOf<T>(samples: readonly T[], missing: string): readonly T[] {
  if (samples.length > 0) return samples;
  throw new ReadFailure('not-found', `Prometheus has no such series: ${missing}`);
}
