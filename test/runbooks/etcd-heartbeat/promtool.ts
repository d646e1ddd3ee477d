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

/** Asks the real query engine over the given series (promtool's notation), one sample every 10 s. */
export function ask(series: Readonly<Record<string, string>>, questions: readonly Question[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    const test = {
      evaluation_interval: '10s',
      rule_files: [],
      tests: [
        {
          interval: '10s',
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
