import { messageOf, TryLater } from '../../engine/errors.ts';

/** Our own mistakes: asking again would give the same answer. */
const mistakes = new Set(['ValidationException', 'InvalidParameterValue', 'InvalidMessageContents', 'TypeError']);

const denied = /AccessDenied|Forbidden|UnauthorizedOperation/;
const unknown = /Credentials|Token|Signature|UnrecognizedClient|InvalidAccessKey/;
const absent = /ResourceNotFound|NonExistent|NotExist|NoSuchBucket/;

/** What no waiting mends: a permission, credentials or a resource is missing. Somebody has to be told. */
export function needsSomebody(failure: unknown): boolean {
  const { cause } = failure instanceof TryLater ? failure : {};
  return cause instanceof Error && [denied, unknown, absent].some((kind) => kind.test(nameOf(cause)));
}

/** What AWS, the SDK or the network threw, as `TryLater` with words for the person who has to mend it. */
export function failureOf(thrown: unknown, what: string): unknown {
  if (thrown instanceof TryLater || mistakes.has(nameOf(thrown))) return thrown;
  const [words, retryAfterMs] = explain(thrown, what);
  return new TryLater(`${words} (${nameOf(thrown)}: ${messageOf(thrown)})`, retryAfterMs, thrown);
}

/** Awaits an answer of AWS; what it throws becomes a `TryLater` that names `what` was asked. */
export async function asking<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    throw failureOf(thrown, what);
  }
}

/** Waits for all of them, whatever becomes of some: nothing is left running. Then throws what the first one threw. */
export async function allOf<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** The error's code at AWS, such as `ThrottlingException`, without a prefix from older protocols. */
export function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.name.split(/[.#]/).at(-1) ?? thrown.name) : typeof thrown;
}

/** The condition of a conditional write did not hold. */
export function isUnmet(thrown: unknown): boolean {
  return nameOf(thrown) === 'ConditionalCheckFailedException';
}

/** How often the SDK had sent the request when it gave up: beyond 1 an earlier one may have taken effect unseen. */
export function attemptsOf(thrown: unknown): number {
  const metadata = thrown instanceof Error && '$metadata' in thrown ? thrown.$metadata : undefined;
  const attempts = metadata && typeof metadata === 'object' && 'attempts' in metadata ? metadata.attempts : undefined;
  return typeof attempts === 'number' ? attempts : 1;
}

function explain(thrown: unknown, what: string): readonly [string, number] {
  const name = nameOf(thrown);
  if (/Throttl|ThroughputExceeded|LimitExceeded|OverLimit|SlowDown|TooManyRequests/.test(name))
    return [`${what} is throttled: more was asked of it than it serves.`, 2_000];
  if (denied.test(name))
    return [`${what} may not be used: the role of this function lacks a permission in serverless.yml.`, 30_000];
  if (unknown.test(name)) return [`${what} does not accept our credentials, or there are none.`, 30_000];
  if (absent.test(name)) return [`${what} does not exist: is the stack deployed, and is the name right?`, 30_000];
  if (/Timeout/.test(name)) return [`${what} did not answer in time.`, 5_000];
  return [`${what} cannot be used now.`, 5_000];
}
