import { messageOf, Refused } from '../../engine/errors.ts';
import { harmlessJson, type TerminalOptions, wrap } from '../../infra/local/terminal.ts';
import type { Settings } from '../compose.ts';
import { ConfigError } from '../config/error.ts';

/** What the shell sees; `exitCodes` says it to people. */
export const ExitCode = { ok: 0, finding: 1, usage: 2 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const exitCodes = [
  'Exit codes:',
  '  0  done',
  '  1  the run found trouble, or failed',
  '  2  the command line, the environment or the configuration cannot be used',
].join('\n');

/** The command line was wrong; the message says what would be right. */
export class UsageError extends Error {
  readonly code = 'USAGE';
}

/** Of everything that can be refused: what is mended in the command line, the environment or the configuration. */
const configured = new Set([
  'KUBERNETES_CONFIG',
  'PROMETHEUS_CONFIG',
  'DIRECTORY_UNUSABLE',
  'STORE_IN_USE',
  'CANNOT_LISTEN',
  'STORE_ABSENT',
  'NO_WORLD',
  'NO_CASES',
  'NOT_RECORDED',
  'NO_PRACTICE',
]);

/** The one rule for exit codes of failures. */
export function exitCodeOf(failure: unknown): ExitCode {
  if (failure instanceof UsageError || failure instanceof ConfigError) return ExitCode.usage;
  return failure instanceof Refused && configured.has(failure.code) ? ExitCode.usage : ExitCode.finding;
}

/** What has a code is told in a sentence; a stack trace is for defects only. */
export function complaintOf(failure: unknown): string {
  if (failure instanceof Error && !('code' in failure)) return failure.stack ?? failure.message;
  return messageOf(failure);
}

/** The exit code is what the command says; or it failed. */
export async function endAs(command: () => Promise<ExitCode>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (failure) {
    endFailed(failure);
  }
}

export function endFailed(failure: unknown): void {
  remark(complaintOf(failure));
  process.exitCode = exitCodeOf(failure);
}

export interface GlobalOptions {
  readonly config?: string;
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  print(harmlessJson(value, 2));
}

/** A remark beside the result, on stderr: within the terminal's width, lines and their indentation kept. */
export function remark(text: string): void {
  const { columns } = terminal();
  const lines = `nightshift: ${text}`.split('\n').flatMap((line) => {
    const indent = line.length - line.trimStart().length;
    return line.trim() === '' ? [''] : wrap(line, { columns, indent, hanging: indent + 2, keepWords: true });
  });
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** A configuration without clusters may be a mistake: without a word the practice cluster would pass for the real one. */
export function remarkPractice({ file, config }: Settings): void {
  if (file !== undefined && config.clusters.length === 0)
    remark(`${file} names no cluster: using the practice cluster`);
}

/** A line that is overwritten by the next one, on a terminal only. */
export function progressLine(text: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
}

/** At most 100 columns, which the eye can follow; 80 where nobody says how wide it is. */
export function terminal(): TerminalOptions {
  const colour = process.stdout.isTTY === true && process.stdout.hasColors();
  return { columns: Math.min(process.stdout.columns || 80, 100), colour };
}
