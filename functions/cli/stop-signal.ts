import { ExitCode } from './outcome.ts';

/**
 * The same Ctrl-C may come twice, from the terminal to the whole group of processes and from a launcher that passes it
 * on; systemd does the same with SIGTERM.
 */
const SAME_SIGNAL_MS = 500;

/** Resolves with the first Ctrl-C, SIGTERM, or the end of the terminal (SIGHUP). The second one ends the process at once. */
export function stopSignal(): Promise<void> {
  let firstAt: number | undefined;
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (firstAt !== undefined && performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(ExitCode.finding);
        firstAt ??= performance.now();
        stop();
      });
    }
  });
}
