import type { Matcher } from '../promql/language/syntax.ts';

/** What a selector asks for, so that only such series are made. With thousands of nodes that is the difference. */
export interface Wanted {
  /** The one value this label must have, if the selector says so outright. */
  exactly(label: string): string | undefined;
  /** Whether a series with this value could be selected. An absent label has the value ''. */
  admits(label: string, value: string): boolean;
  /** Those of the values that could be selected. */
  among<const T extends string>(label: string, values: readonly T[]): readonly T[];
}

export function wantedBy(matchers: readonly Matcher[]): Wanted {
  const byLabel = Map.groupBy(matchers, ({ label }) => label);
  const admits = (label: string, value: string) => byLabel.get(label)?.every((each) => each.matches(value)) ?? true;
  return {
    exactly: (label) => byLabel.get(label)?.find(({ operator }) => operator === '=')?.value,
    admits,
    among: (label, values) => (byLabel.has(label) ? values.filter((value) => admits(label, value)) : values),
  };
}
