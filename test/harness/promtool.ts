import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathOf } from './programs.ts';
import { tempDir } from './temp.ts';

const run = promisify(execFile);

/**
 * Series in promtool's notation, from minute 0 on: `'5x80'` (5, then 80 more of it), `'0+10x80'` (a counter that grows
 * by 10 a sample), `'1x60 stale'` (its target stops answering), `'_x10 1x20'` (it begins late).
 */
export type Series = Readonly<Record<string, string>>;

/** All that comes of an expression: a sample's labels in braces → its value. `{}` for a query that finds nothing. */
export type Samples = Readonly<Record<string, number>>;

export interface Question {
  readonly promql: string;
  /** The moment it is asked at, as promtool writes durations. */
  readonly at: string;
  readonly answer: Samples;
  /** What values are rounded to, because rates and increases extrapolate; `0`: not at all, for what has no values. */
  readonly to?: number;
}

/**
 * Puts questions to the real query engine (`promtool test rules`) over these series, one sample every `interval`.
 * Throws with promtool's words when it answers something else, also when it answers more than was expected.
 */
export async function ask(series: Series, questions: readonly Question[], interval = '30s'): Promise<void> {
  await using folder = await tempDir('promtool');
  const file = join(folder.path, 'test.yaml');
  const test = {
    interval,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: questions.map(({ promql, at, answer, to = 0.001 }) => ({
      expr: to === 0 ? promql : `round(${promql}, ${to})`,
      eval_time: at,
      exp_samples: Object.entries(answer).map(([labels, value]) => ({ labels, value })),
    })),
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ evaluation_interval: interval, rule_files: [], tests: [test] }));
  await promtool('test', 'rules', file);
}

/** What promtool says; throws with its words when it is not content. */
export async function promtool(...args: readonly string[]): Promise<string> {
  try {
    return (await run(pathOf('promtool'), args)).stdout;
  } catch (failure) {
    const { stdout = '', stderr = '' } = failure as { stdout?: string; stderr?: string };
    throw new Error(`promtool ${args.join(' ')}\n${stdout}${stderr}`);
  }
}

/**
 * `ask`, which remembers: `unasked(Object.values(queries))` in the last test of a file shows the expressions that no
 * series has made a difference to.
 */
export function asker() {
  const asked = new Set<string>();
  return {
    ask(series: Series, questions: readonly Question[], interval?: string): Promise<void> {
      for (const { promql } of questions) asked.add(promql);
      return ask(series, questions, interval);
    },
    unasked: (queries: readonly string[]) => queries.filter((promql) => !asked.has(promql)),
  };
}
