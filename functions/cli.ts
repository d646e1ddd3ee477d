import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { closest } from 'fastest-levenshtein';
import { drill } from './cli/drill.ts';
import { incidents } from './cli/incidents.ts';
import { investigate } from './cli/investigate.ts';
import { ExitCode, UsageError } from './cli/outcome.ts';
import { runbooks } from './cli/runbooks.ts';
import { serve } from './cli/serve.ts';
import { ConfigError } from './config/load.ts';
import { version } from './version.ts';

const program = new Command('nightshift')
  .description('An alert becomes a diagnosis: runbooks for Kubernetes that look, think, and tell the channel.')
  .version(version)
  .option('--config <file>', 'configuration file (default: $NIGHTSHIFT_CONFIG, then ./nightshift.yaml if it exists)')
  .addHelpText('after', '\nExit codes: 0 ok, 1 finding or failure, 2 usage.')
  .showHelpAfterError('(add --help for usage)')
  .exitOverride();

program
  .command('serve')
  .description('the embedded server; practice cluster and console when nothing is configured')
  .addHelpText('after', '\nEnvironment: PORT (3000), HOST (127.0.0.1), NIGHTSHIFT_DATA (./.nightshift)')
  .action(() => run(() => serve(program.opts())));

program
  .command('investigate')
  .description('run one runbook on one target and print what it found')
  .argument('<runbook>', 'id of a runbook, see `nightshift runbooks`')
  .requiredOption(
    '--target <target>',
    'node/NAME, pod/NAMESPACE/NAME, service/NAMESPACE/NAME, component/NAME or cluster',
  )
  .option('--cluster <name>', 'which configured cluster (needed when there are several)')
  .option('--json', 'the report as JSON')
  .addHelpText('after', '\nExit codes: 0 the target is well, 1 it is not or could not be seen, 2 usage.')
  .action((runbook: string, options) => run(() => investigate(runbook, { ...program.opts(), ...options })));

program
  .command('drill')
  .description('start a practice incident: in the running server, or here when none is running')
  .argument('[world]', 'which practice world; without it, lists them')
  .option('--json', 'the list or the report as JSON')
  .action((world: string | undefined, options) => run(() => drill(world, { ...program.opts(), ...options })));

program
  .command('runbooks')
  .description('what Nightshift knows: runbooks with their alerts, causes and fixes')
  .option('--json', 'as JSON')
  .action((options) => run(() => runbooks({ ...program.opts(), ...options })));

program
  .command('incidents')
  .description('every incident, and what became of every webhook')
  .option('--json', 'as JSON, with alerts and verdicts')
  .action((options) => run(() => incidents({ ...program.opts(), ...options })));

program.on('command:*', ([word = '']: string[]) => {
  const known = program.commands.map((command) => command.name());
  fail(`unknown command ${word}; did you mean ${closest(word, known)}?`, ExitCode.usage);
});

/** Turns what a command throws into one sentence and an exit code. A stack trace is for defects only. */
async function run(command: () => Promise<ExitCode>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (failure) {
    if (failure instanceof UsageError || failure instanceof ConfigError) fail(failure.message, ExitCode.usage);
    else if (failure instanceof Error && 'code' in failure) fail(failure.message, ExitCode.finding);
    else throw failure;
  }
}

function fail(sentence: string, code: ExitCode): void {
  process.stderr.write(`nightshift: ${sentence}\n`);
  process.exitCode = code;
}

try {
  await program.parseAsync(process.argv);
} catch (failure) {
  if (failure instanceof CommanderError || failure instanceof InvalidArgumentError) {
    process.exitCode = failure.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  } else {
    process.stderr.write(
      `nightshift: ${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`,
    );
    process.exitCode = ExitCode.finding;
  }
}
