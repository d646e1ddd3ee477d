import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Expected {
  readonly labels: string;
  readonly value: number;
}

export interface Question {
  readonly promql: string;
  /** As promtool writes durations, such as `20m`. */
  readonly at: string;
  readonly answer: readonly Expected[];
}

/** Undefined when promtool is here; otherwise what to do, said aloud. With CI=true absence is a failure. */
export function withoutPromtool(): string | undefined {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    const reason = 'needs promtool: apt-get install prometheus';
    if (process.env.CI === 'true') throw new Error(`with CI=true nothing is skipped; this test ${reason}`);
    process.stderr.write(`SKIPPED, ${reason}\n`);
    return reason;
  }
}

/** What promtool says of a rule file or of its tests; throws with its words when it is not content. */
export function promtool(...args: readonly string[]): string {
  try {
    return execFileSync('promtool', [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`);
  }
}

/** Asks the real query engine over the given series (promtool's notation). Throws when it answers something else. */
function ask(series: Readonly<Record<string, string>>, questions: readonly Question[], interval = '10s'): void {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    const test = {
      evaluation_interval: interval,
      rule_files: [],
      tests: [
        {
          interval,
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: questions.map(({ promql, at, answer }) => ({
            expr: promql,
            eval_time: at,
            exp_samples: answer,
          })),
        },
      ],
    };
    const file = join(folder, 'test.yaml');
    writeFileSync(file, JSON.stringify(test)); // JSON is YAML
    promtool('test', 'rules', file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface FigureOptions {
  /** What the answer is rounded to, because rates extrapolate. */
  readonly to?: number;
  /** What is asked about the figure. */
  readonly as?: (figure: string) => string;
}

/** Puts figures to the engine at minute 20, and remembers which. Answers are by labels, such as `instance="a"`. */
export function asker() {
  const asked = new Set<string>();
  return {
    ask,
    figure(
      promql: string,
      series: Readonly<Record<string, string>>,
      answer: Readonly<Record<string, number>>,
      { to = 0.001, as = (it) => it }: FigureOptions = {},
    ): void {
      asked.add(promql);
      const samples = Object.entries(answer).map(([labels, value]) => ({ labels: `{${labels}}`, value }));
      ask(series, [{ promql: `round(${as(promql)}, ${to})`, at: '20m', answer: samples }]);
    },
    /** The figures nobody asked for. */
    unasked: (tables: readonly Readonly<Record<string, string>>[]) =>
      tables.flatMap((table) => Object.values(table)).filter((promql) => !asked.has(promql)),
  };
}
