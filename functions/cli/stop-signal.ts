import { ExitCode } from './outcome.ts';

/** Resolves with the first Ctrl-C, or SIGTERM. The second one ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(ExitCode.finding));
        stop();
      });
    }
  });
}
