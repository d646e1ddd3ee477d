import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathOf } from '../../harness/programs.ts';
import { tempDir } from '../../harness/temp.ts';

/** Series in promtool's notation, sampled every 30 s from 0: `'1+1x10'`, `'5x80'`, `'1x60 stale'`. */
export type Series = Readonly<Record<string, string>>;

/** One expression at one moment, with all that must come of it: sample in exposition notation → value. */
export interface Expectation {
  readonly expr: string;
  readonly at: string;
  readonly samples: Readonly<Record<string, number>>;
}

/** Runs `promtool test rules`, the real engine; throws with its words when an expectation does not hold. */
export async function promtool(series: Series, expectations: readonly Expectation[]): Promise<void> {
  await using folder = await tempDir('promtool');
  const file = join(folder.path, 'test.yaml');
  const test = {
    interval: '30s',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: expectations.map(({ expr, at, samples }) => ({
      expr,
      eval_time: at,
      exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels, value })),
    })),
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ rule_files: [], tests: [test] }));
  await new Promise<void>((resolve, reject) => {
    // Debian's package prometheus and the released archive hold both programs side by side.
    execFile(join(dirname(pathOf('prometheus')), 'promtool'), ['test', 'rules', file], (failure, stdout, stderr) =>
      failure ? reject(new Error(`${stdout}${stderr}`)) : resolve(),
    );
  });
}
