import { TryLater } from '../engine/errors.ts';
import { type Arrival, acceptWebhook, arrivalNow, rejectWebhook } from '../engine/intake.ts';
import type { Clock, Store } from '../engine/ports.ts';
import { parseWebhook } from '../infra/alertmanager/webhook.ts';
import { ADVICE_TOO_LARGE, type HttpRequest, type HttpResponse, hasBearer, text } from './http.ts';
import type { Tallies } from './tallies.ts';

export interface AlertsDoor {
  readonly store: Store;
  readonly clock: Clock;
  readonly metrics: Pick<Tallies, 'webhooks' | 'alerts'>;
  /** Absent only on loopback with nothing configured. */
  readonly token?: string;
  /** Told why something could not be stored: who sent it is only told to send it again. */
  readonly onNotStored?: (failure: unknown) => void;
  /** Where a request is kept unread while so many come at once that reading them would make the others wait. */
  readonly inbox?: { readonly isOpen: () => boolean; readonly keep: (body: Buffer) => Promise<void> };
}

/**
 * `POST /alerts`: 200 once every alert is durable, 503 when it cannot be stored (Alertmanager sends it again within a
 * second), 401 for a wrong token. An authentic body that cannot be understood is kept and answered 200: any 4xx would
 * be sent again for ever. Never 429, never a redirect.
 */
export async function receiveAlerts(door: AlertsDoor, request: HttpRequest): Promise<HttpResponse> {
  const { clock, inbox } = door;
  const refusal = refuseAlerts(door, request.headers);
  if (refusal) return refusal;
  try {
    if (!inbox?.isOpen()) return text(200, await readWebhook(door, arrivalNow(clock), request.body));
    await inbox.keep(request.bytes ?? Buffer.from(request.body));
    return text(200, 'stored, to be read in a moment');
  } catch (failure) {
    const answer = notStored(door, failure);
    if (failure instanceof TryLater) return answer;
    throw failure;
  }
}

/** The 503 for what may be stored in a moment: counted, and told to whoever can do something about it. */
export function notStored(
  { metrics, onNotStored }: Pick<AlertsDoor, 'metrics' | 'onNotStored'>,
  failure: unknown,
): HttpResponse {
  metrics.webhooks.inc({ outcome: 'not-stored' });
  onNotStored?.(failure);
  return text(503, 'not stored, send it again');
}

/** The 401 for whoever has not the token: the headers are enough to tell. */
export function refuseAlerts(
  { metrics, token }: Pick<AlertsDoor, 'metrics' | 'token'>,
  headers: HttpRequest['headers'],
): HttpResponse | undefined {
  if (token === undefined || hasBearer({ headers }, token)) return undefined;
  metrics.webhooks.inc({ outcome: 'unauthorized' });
  return text(401, 'wrong or missing bearer token: set http_config.authorization in the Alertmanager receiver');
}

/** Alertmanager does not send a 413 again: that it was there must stand somewhere. */
export async function noteTooLarge({ store, clock, metrics }: AlertsDoor): Promise<void> {
  metrics.webhooks.inc({ outcome: 'rejected' });
  const why = `the body was too large: ${ADVICE_TOO_LARGE}`;
  await rejectWebhook(store, arrivalNow(clock), why, '');
}

/** Stores what one request says, or why it says nothing. Resolves with a line for whoever sent it. */
export async function readWebhook(
  { store, metrics }: Pick<AlertsDoor, 'store' | 'metrics'>,
  arrival: Arrival,
  body: string,
): Promise<string> {
  const parsed = parseWebhook(body);
  if ('wrong' in parsed) {
    await rejectWebhook(store, arrival, parsed.wrong, body);
    metrics.webhooks.inc({ outcome: 'rejected' });
    return `kept, but not understood: ${parsed.wrong}`;
  }
  await acceptWebhook(store, arrival, parsed.webhook);
  metrics.webhooks.inc({ outcome: 'accepted' });
  const { alerts, refused = [], truncatedAlerts = 0 } = parsed.webhook;
  if (truncatedAlerts > 0) metrics.alerts.inc({ outcome: 'left-out' }, truncatedAlerts);
  if (refused.length > 0) metrics.alerts.inc({ outcome: 'rejected' }, refused.length);
  return [`stored: ${alerts.length}`, ...refused.map((why) => `not understood: ${why}`)].join('\n');
}
