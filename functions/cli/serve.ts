import { pino } from 'pino';
import { counted } from '../../engine/words.ts';
import { type Settings, settingsOf } from '../compose.ts';
import { nobodyIn } from '../rules.ts';
import { serve as startServer } from '../serve.ts';
import { ExitCode, type GlobalOptions, print, remarkPractice } from './outcome.ts';

/**
 * The same Ctrl-C may come twice, from the terminal to the whole group of processes and from a launcher that passes it
 * on; systemd does the same with SIGTERM.
 */
const SAME_SIGNAL_MS = 500;

/** `nightshift serve`: says when it is ready, then runs until Ctrl-C. A second Ctrl-C does not wait. */
export async function serve(options: GlobalOptions): Promise<ExitCode> {
  const settings = await settingsOf(options);
  remarkPractice(settings);
  const log = pino({ level: settings.logLevel, base: null }, pino.destination(2));
  // Before anything is started: a Ctrl-C that comes early is kept until there is something to stop.
  const stopped = stopSignal();
  const running = await startServer(settings, log);
  const nobody = nobodyIn(settings.config);
  const more = nobody === undefined ? '' : `\n  ${nobody}`;
  print(`Nightshift is ready: ${running.url}\n  ${whatFor(settings)}; Ctrl-C stops it${more}`);
  await stopped;
  await running.close();
  return ExitCode.ok;
}

function stopSignal(): Promise<void> {
  let firstAt: number | undefined;
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (firstAt !== undefined && performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(ExitCode.finding);
        firstAt ??= performance.now();
        stop();
      });
    }
  });
}

function whatFor({ config: { clusters, slack } }: Settings): string {
  const where = slack ? 'Slack' : 'console';
  if (clusters.length > 0) return `${counted(clusters.length, 'cluster')} and ${where}`;
  return `practice cluster and ${where}, nothing real is touched`;
}
