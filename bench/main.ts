import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { acting } from './acting.ts';
import { clicks } from './clicks.ts';
import { cost } from './cost.ts';
import { crash } from './crash.ts';
import { diagnosis } from './diagnosis.ts';
import { drain } from './drain.ts';
import { frontDoor } from './front-door.ts';
import { lambdaBurst } from './lambda-burst.ts';
import { lambdaIncident } from './lambda-incident.ts';
import { lambdaStart } from './lambda-start.ts';
import { lambdaWarm } from './lambda-warm.ts';
import { latency } from './latency.ts';
import type { Context, Measurement, Outcome } from './measurement.ts';
import { notMeasured } from './measurement.ts';
import { absentOf } from './parts/absent.ts';
import { type Lab, startLab } from './parts/lab.ts';
import { table, writeLatest } from './report.ts';
import { slowAnswers } from './slow-answers.ts';
import { start } from './start.ts';
import { storm } from './storm.ts';

/** In the order they run: what needs the real control plane first, so that it is gone before the rest. */
const measurements: readonly Measurement[] = [
  latency,
  storm,
  acting,
  drain,
  slowAnswers,
  diagnosis,
  crash,
  clicks,
  frontDoor,
  cost,
  start,
  lambdaStart,
  lambdaWarm,
  lambdaIncident,
  lambdaBurst,
];

const help = `npm run bench [-- NAME… [--profile FOLDER]]

Measures, prints a table and notes it in bench/latest.json, where what is not measured this time stays as it was. Without
names everything, about a quarter of an hour.
${measurements.map(({ id, title }) => `  ${id.padEnd(14)}${title}`).join('\n')}
  --profile FOLDER   a CPU profile of every server under test (slows it down)

Every figure is compared with something in the same run, because machines differ. A busy machine spoils them all.
KUBECTL names the kubectl to compare with; KUBEBUILDER_ASSETS the folder of kube-apiserver (or bash .ci/build-kubernetes).
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' }, profile: { type: 'string' } },
});
const unknown = positionals.filter((name) => !measurements.some(({ id }) => id === name));
if (values.help) {
  process.stdout.write(help);
} else if (unknown.length > 0) {
  process.stderr.write(`there is no measurement ${unknown.join(', ')}\n\n${help}`);
  process.exitCode = 2;
} else {
  await runAll(measurements.filter(({ id }) => positionals.length === 0 || positionals.includes(id)));
}

async function runAll(chosen: readonly Measurement[]): Promise<void> {
  await using stack = new AsyncDisposableStack();
  let lab: Promise<Lab> | undefined;
  let missed = 0;
  for (const measurement of chosen) {
    const say = (words: string) => process.stderr.write(`${measurement.id}: ${words}\n`);
    const context: Context = {
      say,
      nodeArgs: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`],
      lab: () => {
        if (!lab) say('starting the real control plane, about a minute and a half');
        lab ??= startLab().then((started) => stack.use(started));
        return lab;
      },
    };
    const [loadBefore = 0] = loadavg();
    const outcome = await outcomeOf(measurement, context);
    missed += outcome.rows.filter(({ met }) => met === 'no').length;
    process.stdout.write(`${table(measurement.title, outcome.rows)}\n`);
    process.stdout.write(`\nwritten: ${writeLatest(measurement.id, outcome, loadBefore)}\n`);
  }
  if (missed > 0) process.exitCode = 1;
}

/** One that cannot run, or fails, says so in the table and leaves the others alone. */
async function outcomeOf({ needs, title, run }: Measurement, context: Context): Promise<Outcome> {
  const absent = absentOf(needs);
  if (absent !== undefined) return { rows: [notMeasured(title, absent)], figures: {} };
  try {
    return await run(context);
  } catch (failure) {
    const words = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    context.say(words);
    return { rows: [{ ...notMeasured(title, words.split('\n')[0] ?? ''), met: 'no' }], figures: {} };
  }
}
