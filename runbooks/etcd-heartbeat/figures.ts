import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';

/** One line of a table of figures: the labels that name it, and each figure Prometheus had for it. */
export type Row<Label extends string, Figure extends string> = { readonly [L in Label]: string } & {
  readonly [F in Figure]?: number;
};

export const Samples = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    // NaN and infinity are answers too: a quantile of no observations, a share of nothing.
    value: z.custom<number>((value) => typeof value === 'number', 'not a number'),
  }),
);

/**
 * The schema that makes a table of what `together` asked: rows by the given labels, columns by `figure`. A value that
 * is no finite number is left out of its row: it is no observation, and certainly no zero.
 */
export function table<const Label extends string, const Figure extends string>(
  labels: readonly Label[],
  figures: readonly Figure[],
): z.ZodType<readonly Row<Label, Figure>[]> {
  return Samples.transform((samples) => {
    const rows = new Map<string, Record<string, string | number>>();
    for (const sample of samples) {
      const figure = figures.find((name) => name === sample.labels.figure);
      if (figure === undefined || !Number.isFinite(sample.value)) continue;
      const names = labels.map((label) => sample.labels[label] ?? '');
      const key = names.join('\n');
      const row = rows.get(key) ?? Object.fromEntries(labels.map((label, index) => [label, names[index] ?? '']));
      rows.set(key, { ...row, [figure]: sample.value });
    }
    return [...rows.values()] as unknown as readonly Row<Label, Figure>[];
  });
}

/** The samples, or a failed read that says what would provide them: no series is missing evidence, never a zero. */
export function present<T>(samples: readonly T[], missing: string): readonly T[] {
  if (samples.length > 0) return samples;
  throw new ReadFailure('not-found', `Prometheus has no such series: ${missing}`);
}
