import { describe, expect, test } from 'vitest';
import { PromqlError } from '../../../../../infra/local/practice/promql/errors.ts';
import { evaluateInstant, evaluateRange } from '../../../../../infra/local/practice/promql/evaluate.ts';
import { edgeSeries } from './edge-series.ts';

const end = 1_700_001_000;
const series = edgeSeries(end);

function refused(evaluate: () => unknown): string {
  try {
    evaluate();
  } catch (error) {
    if (error instanceof PromqlError) return `${error.errorType}: ${error.message}`;
    throw error;
  }
  return 'not refused';
}

/** Prometheus 2.42's own words over the same series, without the `invalid parameter "query": ` of its HTTP API. */
const prometheusSays: readonly (readonly [promql: string, message: string])[] = [
  ['', 'bad_data: 1:1: parse error: no expression found in input'],
  ['sum(', 'bad_data: 1:5: parse error: unclosed left parenthesis'],
  ['level(', 'bad_data: 1:7: parse error: unclosed left parenthesis'],
  ['count by(', 'bad_data: 1:10: parse error: unclosed left parenthesis'],
  ['sum(level))', "bad_data: 1:12: parse error: unexpected right parenthesis ')'"],
  ['level[5m', 'bad_data: 1:9: parse error: unclosed left bracket'],
  ['level[5m:', 'bad_data: 1:10: parse error: unclosed left bracket'],
  ['level{job="a} ', 'bad_data: 1:11: parse error: unterminated quoted string'],
  ['sum()', 'bad_data: 1:1: parse error: no arguments for aggregate expression provided'],
  ['level{', 'bad_data: 1:7: parse error: unexpected end of input inside braces'],
  ['level level', 'bad_data: 1:7: parse error: unexpected identifier "level"'],
  ['level\n+\n  nonsense(level)', 'bad_data: 3:3: parse error: unknown function with name "nonsense"'],
  [
    'rate(level)',
    'bad_data: 1:6: parse error: expected type range vector in call to function "rate", got instant vector',
  ],
  ['abs()', 'bad_data: 1:1: parse error: expected 1 argument(s) in call to "abs", got 0'],
  [
    'sum(level[5m])',
    'bad_data: 1:5: parse error: expected type instant vector in aggregation expression, got range vector',
  ],
  ['sum(level)[5m]', 'bad_data: 1:11: parse error: ranges only allowed for vector selectors'],
  ['level[0s]', 'bad_data: 1:7: parse error: duration must be greater than 0'],
  ['1 == 1', 'bad_data: 1:3: parse error: comparisons between scalars must use BOOL modifier'],
  ['level + bool 1', 'bad_data: 1:7: parse error: bool modifier can only be used on comparison operators'],
  ['1 and 2', 'bad_data: 1:1: parse error: set operator "and" not allowed in binary scalar expression'],
  ['{job=~".*"}', 'bad_data: 1:1: parse error: vector selector must contain at least one non-empty matcher'],
  ['"\\q"', "bad_data: 1:1: parse error: unknown escape sequence U+0071 'q'"],
  [
    'level / on (job) job_limit',
    'execution: multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
  ],
  [
    'job_limit / on (job) level',
    'execution: found duplicate series for the match group {job="a"} on the right hand-side of the operation: ' +
      '[{__name__="level", job="a", pod="p2"}, {__name__="level", job="a", pod="p1"}];' +
      'many-to-many matching not allowed: matching labels must be unique on one side',
  ],
  ['-{job="a"}', 'execution: vector cannot contain metrics with the same labelset'],
  ['topk(Inf, level)', 'execution: Scalar value +Inf overflows int64'],
];

const notSupported: readonly (readonly [promql: string, what: string])[] = [
  ['day_of_week()', 'function "day_of_week"'],
  ['histogram_fraction(0, 1, level)', 'function "histogram_fraction"'],
  ['count_values("v", level)', 'aggregation "count_values"'],
  ['level atan2 level', 'operator "atan2"'],
  ['level + fill (0) level', 'fill modifiers'],
];

describe('a query that cannot be answered', () => {
  test.each(prometheusSays)('%j is refused in the words of Prometheus', (promql, message) => {
    expect(refused(() => evaluateInstant(promql, () => series, end))).toBe(message);
  });

  test.each(notSupported)('%j is refused by name: %s', (promql, what) => {
    const said = refused(() => evaluateInstant(promql, () => series, end));
    expect(said).toMatch(/^bad_data: 1:\d+: parse error: /);
    expect(said).toContain(`${what} `);
    expect(said).toContain('not supported by the practice cluster');
  });

  test.each(['level[Inf]', 'rate(level[200y])', 'max_over_time(level[1y:10ms])'])(
    '%s would take too long',
    (promql) => {
      expect(refused(() => evaluateInstant(promql, () => series, end))).toBe(
        'execution: query processing would load too many samples into memory in query execution',
      );
    },
  );

  test('a query that was refused is refused again', () => {
    const twice = [1, 2].map(() => refused(() => evaluateInstant('sum(', () => series, end)));
    expect(new Set(twice)).toEqual(new Set(['bad_data: 1:5: parse error: unclosed left parenthesis']));
  });
});

describe('a range query that cannot be answered', () => {
  const range = (promql: string, from: number, to: number, step: number) =>
    refused(() => evaluateRange(promql, () => series, from, to, step));

  test('asks for a matrix of matrices', () => {
    expect(range('level[5m]', end - 60, end, 15)).toBe(
      'bad_data: invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    );
  });

  test('never moves on, goes backwards, or has too many points', () => {
    expect(range('level', end - 60, end, 0)).toBe(
      'bad_data: invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
    expect(range('level', end, end - 60, 0)).toBe(
      'bad_data: invalid parameter "end": end timestamp must not be before start time',
    );
    expect(range('level', end - 86_400, end, 1)).toContain('exceeded maximum resolution of 11,000 points');
  });
});
