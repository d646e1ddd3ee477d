import * as z from 'zod';

/** Why a read gave nothing. The words are for the card; `kind` is for code. */
export type ReadFailureKind =
  | 'forbidden'
  | 'unauthorized'
  | 'not-found'
  | 'not-served'
  | 'throttled'
  | 'timed-out'
  | 'unreachable'
  | 'server-error'
  | 'too-large'
  | 'unparsable'
  | 'over-budget'
  | 'not-configured'
  | 'not-declared'
  | 'not-recorded';

export interface ReadFailureOptions {
  /** What to do about it, for example the RBAC rule to add. */
  readonly remedy?: string;
  readonly retryAfterMs?: number;
  /** Nothing listens there: its machine answered at once and refused the connection. */
  readonly refused?: boolean;
  readonly cause?: unknown;
}

/** A read that failed. Never means "absent" or "zero": the evidence is missing and says so. */
export class ReadFailure extends Error {
  readonly code = 'READ_FAILED';
  readonly kind: ReadFailureKind;
  readonly remedy: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly refused: boolean;

  constructor(kind: ReadFailureKind, message: string, options: ReadFailureOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'ReadFailure';
    this.kind = kind;
    this.remedy = options.remedy;
    this.retryAfterMs = options.retryAfterMs;
    this.refused = options.refused ?? false;
  }
}

/** The caller should do the same again later; nothing was lost and nothing was done. */
export class TryLater extends Error {
  readonly code = 'TRY_LATER';
  readonly retryAfterMs: number;
  /** The id of a person of whom nobody can tell now who they are. */
  readonly who: string | undefined;

  constructor(message: string, retryAfterMs: number, cause?: unknown, who?: string) {
    super(message, { cause });
    this.name = 'TryLater';
    this.retryAfterMs = retryAfterMs;
    this.who = who;
  }
}

/** Doing it again would give the same answer: report it, do not retry. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Refused';
    this.code = code;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  // Its own message is JSON.
  if (thrown instanceof z.ZodError) return thrown.issues.map(issueOf).join('; ');
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function issueOf({ path, message }: z.core.$ZodIssue): string {
  return path.length > 0 ? `${path.join('.')}: ${message}` : message;
}
