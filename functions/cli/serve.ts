import { pino } from 'pino';
import { settingsOf } from '../compose.ts';
import { serve as startServer } from '../serve.ts';
import { ExitCode, type GlobalOptions, print } from './outcome.ts';

/** `nightshift serve`: one line when it is ready, then until Ctrl-C. A second Ctrl-C does not wait. */
export async function serve(options: GlobalOptions): Promise<ExitCode> {
  const settings = await settingsOf(options);
  const log = pino({ level: settings.logLevel, base: null }, pino.destination(2));
  const running = await startServer(settings, log);
  const where = running.practice
    ? 'practice cluster and console, nothing real is touched'
    : `config with ${settings.config.clusters.length} cluster(s)`;
  print(`Nightshift is ready: ${running.url}  (${where}; Ctrl-C stops it)`);
  await new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(ExitCode.finding));
        stop();
      });
    }
  });
  await running.close();
  return ExitCode.ok;
}
