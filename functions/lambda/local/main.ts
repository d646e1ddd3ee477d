import { argumentsOf } from '../../cli/arguments.ts';
import { ExitCode, endAs, print, UsageError } from '../../cli/outcome.ts';
import { stopSignal } from '../../cli/stop-signal.ts';
import { environmentHere } from '../../compose.ts';
import { withoutDevelopmentPackages } from './needed.ts';

const usage = `npm run lambda:local -- [--port 3000] [--verbose]

Packages the six functions and runs the zips, each function in processes of its own, with the events that AWS would send
them: on emulators of DynamoDB, SQS, S3 and Secrets Manager, with the practice cluster and the console. Nothing real is
touched, no account is needed, and nothing is kept when it ends.

  --port      of the console's page, POST /alerts and POST /slack/events (default: PORT, or 3000; 0: a free one)
  --verbose   everything the functions log, not their warnings only

The table, the queues and all the rest are made for one run: each start is a first one, with a drill that plays by itself.`;

const what = 'six functions, each in processes of its own, on emulators; practice cluster and console';

/** `npm run lambda:local`: says when it is ready, then runs until Ctrl-C. A second Ctrl-C does not wait. */
async function main(): Promise<ExitCode> {
  const { values } = argumentsOf('npm run lambda:local', {
    options: {
      port: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return ExitCode.ok;
  }
  const port = portOf(values.port);
  const giveUp = new AbortController();
  const stopped = stopSignal().then(() => giveUp.abort());
  const { startLambdaLocal } = await import('./runner.ts').catch(withoutDevelopmentPackages);
  print('Packaging the functions:');
  try {
    await using local = await startLambdaLocal({
      port,
      drill: true,
      practice: { drama: true },
      logLevel: values.verbose ? 'info' : 'warn',
      say: print,
      signal: giveUp.signal,
    });
    print(
      `Nightshift is ready: ${local.url}\n  ${what}, nothing real is touched; Ctrl-C stops it\n` +
        `  alerts of your own: POST ${local.url}/alerts with the header "Authorization: Bearer ${local.token}"`,
    );
    await stopped;
  } catch (failure) {
    if (!giveUp.signal.aborted) throw failure;
  }
  return ExitCode.ok;
}

function portOf(given: string | undefined): number {
  if (given === undefined) return environmentHere().PORT;
  const port = Number(given);
  if (/^\d{1,5}$/.test(given) && port <= 65_535) return port;
  throw new UsageError(`--port takes a port number from 0 to 65535 (0: a free one), not "${given}"`);
}

await endAs(main);
