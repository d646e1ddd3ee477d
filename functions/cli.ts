import { Command, CommanderError, Option } from 'commander';
import { ExitCode, endAs, endFailed, exitCodes, remark } from './cli/outcome.ts';
import { deployedRegion } from './config/deployed-region.ts';
import { environmentHelp } from './config/environment.ts';
import { version } from './version.ts';

// `| head` leaves when it has enough. That is no failure: the command goes on to its end and its own exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (failure: NodeJS.ErrnoException) => {
    if (failure.code === 'EPIPE') return;
    remark(`the output could not be written: ${failure.message}`);
    process.exit(ExitCode.finding);
  });
}

// Each command is loaded when it is asked for: whoever wants help waits for none of them.

/** For commands that read what is stored: where it is, unless in the data directory. */
const onAws = (command: Command) =>
  command
    .option('--table <name>', 'on AWS: the table of the stack, with --bucket (`npx osls info --verbose` prints both)')
    .option('--bucket <name>', 'on AWS: the bucket of the stack')
    .option('--region <region>', `on AWS: where they are (default: ${deployedRegion}, as npm run deploy has it)`);

const program = new Command('nightshift')
  .description('An alert becomes a diagnosis: runbooks for Kubernetes that look, think, and tell the channel.')
  .version(version)
  .option('--config <file>', 'configuration file (default: $NIGHTSHIFT_CONFIG, then ./nightshift.yaml if it exists)')
  .addHelpText('after', `\n${exitCodes}`)
  .showHelpAfterError('(add --help for usage)')
  .configureHelp({ helpWidth: 80 })
  .configureOutput({ outputError: (text) => remark(text.replace(/^error: /, '').trimEnd()) })
  .exitOverride();

program
  .command('serve')
  .description('the embedded server; practice cluster and console when nothing is configured')
  .addHelpText('after', `\n${environmentHelp}\n\n${exitCodes}`)
  .action(() => endAs(async () => (await import('./cli/serve.ts')).serve(program.opts())));

program
  .command('investigate')
  .description('run one runbook on one target and print what it found')
  .argument('<runbook>', 'id of a runbook, see `nightshift runbooks`')
  .argument('[on]', 'the target: node/NAME, pod/NAMESPACE/NAME, service/NAMESPACE/NAME, component/NAME or cluster')
  .option('--target <target>', 'the same, by name')
  .option('--cluster <name>', 'which configured cluster (needed when there are several)')
  .option('--json', 'the report as JSON')
  .option('--record <file>', 'also write what was asked and answered, without secrets, as a case for replay')
  .addHelpText('after', `\n${exitCodes.replace('done', 'done, and the target was seen to be well')}`)
  .action((runbook: string, target: string | undefined, options) =>
    endAs(async () => {
      const { investigate, oneTarget } = await import('./cli/investigate.ts');
      return investigate(runbook, { ...program.opts(), ...options, ...oneTarget(target, options.target) });
    }),
  );

program
  .command('replay')
  .description('run recorded cases again and print the verdicts that differ from what they say')
  .argument('[paths...]', 'case files, or folders of them', ['test/cases'])
  .option('--json', 'every case with its differences, as JSON')
  .addHelpText('after', `\n${exitCodes.replace('found trouble', 'found verdicts that differ')}`)
  .action((paths: string[], options) =>
    endAs(async () => (await import('./cli/replay.ts')).replay(paths, { ...program.opts(), ...options })),
  );

program
  .command('drill')
  .description('start a practice incident: in the server of this data directory, or here when none is running')
  .argument('[world]', 'which practice world; without it, lists them')
  .option('--json', 'the list, the report, or which server has started it, as JSON')
  .addHelpText('after', `\n${exitCodes}`)
  .action((world: string | undefined, options) =>
    endAs(async () => (await import('./cli/drill.ts')).drill(world, { ...program.opts(), ...options })),
  );

program
  .command('runbooks')
  .description('what Nightshift knows: runbooks with their alerts, causes and fixes')
  .option('--json', 'as JSON')
  .addHelpText('after', `\n${exitCodes}`)
  .action((options) =>
    endAs(async () => (await import('./cli/runbooks.ts')).runbooks({ ...program.opts(), ...options })),
  );

onAws(program.command('incidents'))
  .description('every incident, newest first, and what became of every webhook')
  .option('--json', 'as JSON, with alerts and verdicts')
  .addHelpText('after', `\n${exitCodes}`)
  .action((options) =>
    endAs(async () => (await import('./cli/incidents.ts')).incidents({ ...program.opts(), ...options })),
  );

onAws(program.command('plan'))
  .description(
    'what a fix would change now, asking for nothing and storing nothing; or one plan as it was shown, whole',
  )
  .argument('<incident>', 'id of an incident, see `nightshift incidents`; or that of a plan, alone')
  .argument('[remedy]', 'id of a fix, see `nightshift runbooks`')
  .option('--json', 'as JSON')
  .addHelpText('after', `\n${exitCodes}`)
  .action((incident: string, remedy: string | undefined, options) =>
    endAs(async () => (await import('./cli/plan.ts')).plan(incident, remedy, { ...program.opts(), ...options })),
  );

onAws(program.command('audit'))
  .description('the ledger: who saw, asked, approved, and what was done')
  .option('--verify', 'prove that no entry was changed, left out or moved')
  .option('--json', 'one entry a line, for export')
  .addHelpText('after', `\n${exitCodes}`)
  .action((options) => endAs(async () => (await import('./cli/audit.ts')).audit({ ...program.opts(), ...options })));

program
  .command('manifests')
  .description(
    'YAML to apply. `rbac`: accounts, roles and bindings; `rules`: our alert rules for Prometheus; `slack`: the Slack app',
  )
  .argument('<kind>', 'rbac, rules or slack')
  .option('--namespace <name>', 'where the accounts live', 'nightshift')
  .addOption(new Option('--groups', 'roles for groups instead of accounts, as for EKS').conflicts('namespace'))
  .option('--url <address>', 'of the Slack app: where Slack reaches this server, such as https://nightshift.example')
  .option('--private-channel', 'of the Slack app: incidents are told in a private channel')
  .addHelpText('after', `\n${exitCodes}`)
  .action((kind: string, options) =>
    endAs(async () => (await import('./cli/manifests.ts')).manifests(kind, { ...program.opts(), ...options })),
  );

/** Of a command that does not exist there is no help: without the wish for it Commander says so, with the nearest name. */
function argumentsFrom(argv: readonly string[]): string[] {
  const [command] = program.parseOptions(argv.slice(2)).operands;
  const isKnown = command === undefined || [...program.commands.map((one) => one.name()), 'help'].includes(command);
  return isKnown ? [...argv] : argv.filter((word) => word !== '--help' && word !== '-h');
}

try {
  await program.parseAsync(argumentsFrom(process.argv));
} catch (failure) {
  // Commander has told what is wrong with the command line.
  if (failure instanceof CommanderError) process.exitCode = failure.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  else endFailed(failure);
}
