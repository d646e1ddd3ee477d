/** Where AWS is and who asks. Absent: what the SDK finds by itself (in Lambda region and credentials, always). */
export interface AwsAccess {
  readonly region?: string;
  /** Of an emulator. */
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** What one request may cost in time. Whoever waits behind it has a deadline of its own: Slack 3 s, Alertmanager 10 s. */
export interface Limits {
  readonly connectMs: number;
  /** From the request to the head of the answer. */
  readonly answerMs: number;
  /** Of silence in the middle of an answer. */
  readonly silenceMs: number;
  /** The first one included. Between them the SDK waits: 0.1 s doubled each time, when throttled 0.5 s doubled. */
  readonly attempts: number;
}

/** All of these answer in 5 to 30 ms; a request that takes fifty times that is lost, and another one is quicker. */
export const dynamodbLimits: Limits = { connectMs: 500, answerMs: 1_000, silenceMs: 1_500, attempts: 3 };
/** Its silence is that of `receive`, which waits up to 20 s for a message. */
export const sqsLimits: Limits = { connectMs: 500, answerMs: 1_500, silenceMs: 25_000, attempts: 3 };
/** Some hundred kilobytes, either way. */
export const s3Limits: Limits = { connectMs: 500, answerMs: 5_000, silenceMs: 5_000, attempts: 3 };
/** Asked at cold starts, by somebody who waits for them. */
export const secretsLimits: Limits = { connectMs: 500, answerMs: 1_500, silenceMs: 1_500, attempts: 3 };

/** The settings of every client there is. */
export function clientSettings(access: AwsAccess, { connectMs, answerMs, silenceMs, attempts }: Limits) {
  const agent = { keepAlive: true, maxSockets: 50 };
  return {
    ...access,
    maxAttempts: attempts,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      // Without this the SDK logs a warning and goes on waiting.
      throwOnRequestTimeout: true,
      socketTimeout: silenceMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}
