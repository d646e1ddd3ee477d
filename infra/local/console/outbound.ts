import { createHmac } from 'node:crypto';
import type { Clock } from '../../../engine/ports.ts';
import type { ConsoleLog } from './options.ts';

/** What became of one signed request. The words are the ones that Slack shows the person. */
export type Outcome = 'acknowledged' | 'operation_timeout' | 'dispatch_failed' | 'http_error';

export interface Delivery {
  readonly kind: 'command' | 'block_actions' | 'view_submission' | 'view_closed';
  readonly at: Date;
  readonly tookMs: number;
  readonly outcome: Outcome;
  readonly status?: number;
}

export interface Acknowledgement {
  readonly outcome: Outcome;
  readonly status?: number;
  /** What the app answered, when it acknowledged. */
  readonly body: string;
  readonly contentType: string;
}

export interface Outbound {
  send(kind: Delivery['kind'], form: Readonly<Record<string, string>>): Promise<Acknowledgement>;
  deliveries(): readonly Delivery[];
}

export interface OutboundOptions {
  readonly signingSecret: string;
  readonly sendTo: () => URL;
  readonly ackDeadlineMs: number;
  readonly clock: Clock;
  readonly log: ConsoleLog;
}

const keptDeliveries = 200;
const maxAckBytes = 100_000;

/** https://docs.slack.dev/authentication/verifying-requests-from-slack: HMAC-SHA256 over `v0:timestamp:raw body`. */
export function sign(signingSecret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

/** Sends clicks and commands the way Slack does: a signed form, acknowledged in time or not at all. Never throws. */
export function createOutbound({ signingSecret, sendTo, ackDeadlineMs, clock, log }: OutboundOptions): Outbound {
  const kept: Delivery[] = [];

  const post = async (form: Readonly<Record<string, string>>): Promise<Acknowledgement> => {
    const body = new URLSearchParams(form).toString();
    const timestamp = String(Math.floor(clock.now().getTime() / 1000));
    const response = await fetch(sendTo(), {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'Slackbot 1.0 (practice console)',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign(signingSecret, timestamp, body),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(ackDeadlineMs),
    });
    const answer = (await response.text()).slice(0, maxAckBytes);
    return {
      outcome: response.ok ? 'acknowledged' : 'http_error',
      status: response.status,
      body: response.ok ? answer : '',
      contentType: response.headers.get('content-type') ?? '',
    };
  };

  return {
    async send(kind, form) {
      const at = clock.now();
      const started = performance.now();
      const ack = await post(form).catch((error: unknown): Acknowledgement => {
        const timedOut = error instanceof Error && error.name === 'TimeoutError';
        return { outcome: timedOut ? 'operation_timeout' : 'dispatch_failed', body: '', contentType: '' };
      });
      const { outcome, status } = ack;
      const tookMs = performance.now() - started;
      if (outcome !== 'acknowledged') log('console_not_acknowledged', { kind, outcome, status, tookMs });
      kept.push({ kind, at, tookMs, outcome, ...(status !== undefined && { status }) });
      if (kept.length > keptDeliveries) kept.shift();
      return ack;
    },
    deliveries: () => [...kept],
  };
}
