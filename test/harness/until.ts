import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** Default 30 s. */
  readonly deadlineMs?: number;
  /** Pause between two looks; default 100 ms. */
  readonly everyMs?: number;
}

/**
 * Looks again and again until `look` returns something, and returns that. `false` and `undefined` mean "not yet", and
 * so does an error: a program that is only starting refuses connections. After the deadline it throws an error that
 * names what was awaited and how the last look ended.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | false | undefined> | T | false | undefined,
  { deadlineMs = 30_000, everyMs = 100 }: UntilOptions = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  let last = 'it had not come about';
  for (;;) {
    try {
      const seen = await look();
      if (seen !== false && seen !== undefined) return seen;
      last = 'it had not come about';
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error instanceof Error ? `${error.message} ${describe(error.cause)}`.trim() : String(error);
    }
    if (performance.now() >= end)
      throw new Error(`waited ${deadlineMs / 1000} s for ${what}; at the last look: ${last}`);
    await sleep(everyMs);
  }
}

/** Thrown by a look to say that looking again is no use. */
export class Hopeless extends Error {}

function describe(cause: unknown): string {
  return cause instanceof Error ? `(${cause.message})` : '';
}
