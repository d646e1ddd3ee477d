import { pino } from 'pino';
import { counted } from '../../engine/words.ts';
import { isEveryAddress, isLoopback } from '../address.ts';
import { type Settings, settingsOf } from '../compose.ts';
import { nobodyIn } from '../rules.ts';
import { serve as startServer } from '../serve.ts';
import { ExitCode, type GlobalOptions, print, remarkPractice } from './outcome.ts';
import { stopSignal } from './stop-signal.ts';

/** `nightshift serve`: says when it is ready, then runs until Ctrl-C. A second Ctrl-C does not wait. */
export async function serve(options: GlobalOptions): Promise<ExitCode> {
  const settings = await settingsOf(options);
  remarkPractice(settings);
  const log = pino({ level: settings.logLevel, base: null }, pino.destination(2));
  // Before anything is started: a Ctrl-C that comes early is kept until there is something to stop.
  const stopped = stopSignal();
  const running = await startServer(settings, log);
  const nobody = nobodyIn(settings.config);
  const more = [nobody, whoMaySee(settings)].map((line) => (line === undefined ? '' : `\n  ${line}`)).join('');
  print(`Nightshift is ready: ${running.url}\n  ${whatFor(settings)}; Ctrl-C stops it${more}`);
  await stopped;
  await running.close();
  return ExitCode.ok;
}

/** Of a server that others reach: what of it they do not. */
function whoMaySee({ config: { slack }, host }: Settings): string | undefined {
  if (slack || isLoopback(host)) return undefined;
  if (isEveryAddress(host))
    return `others reach it on ${host}, alerts with the token; the console has no login and answers on this machine alone (from another: ssh -L)`;
  return `the console has no login and answers on 127.0.0.1 alone, where nothing listens: set HOST=0.0.0.0 or HOST=127.0.0.1 to see it`;
}

function whatFor({ config: { clusters, slack } }: Settings): string {
  const where = slack ? 'Slack' : 'console';
  if (clusters.length > 0) return `${counted(clusters.length, 'cluster')} and ${where}`;
  return `practice cluster and ${where}, nothing real is touched`;
}
