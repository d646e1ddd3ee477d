/** What the shell sees. */
export const ExitCode = { ok: 0, finding: 1, usage: 2 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The command line was wrong; the message says what would be right. */
export class UsageError extends Error {
  readonly code = 'USAGE';
}

export interface GlobalOptions {
  readonly config?: string;
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** A line that is overwritten by the next one, on a terminal only. */
export function progressLine(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}

export function terminal(): { readonly columns: number; readonly colour: boolean } {
  const colour = process.stdout.isTTY === true && process.stdout.hasColors();
  return { columns: Math.min(process.stdout.columns ?? 80, 100), colour };
}
