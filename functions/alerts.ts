import { TryLater } from '../engine/errors.ts';
import { acceptWebhook, rejectWebhook } from '../engine/intake.ts';
import type { Clock, Store } from '../engine/ports.ts';
import { parseWebhook } from '../infra/alertmanager/webhook.ts';
import { type HttpRequest, type HttpResponse, hasBearer, text } from './http.ts';
import type { Tallies } from './tallies.ts';

export interface AlertsDoor {
  readonly store: Store;
  readonly clock: Clock;
  readonly metrics: Pick<Tallies, 'webhooks' | 'alerts'>;
  /** Absent only on loopback with nothing configured. */
  readonly token?: string;
}

/**
 * `POST /alerts`: 200 once every alert is durable, 503 when it cannot be stored (Alertmanager sends it again within a
 * second), 401 for a wrong token. An authentic body that cannot be understood is kept and answered 200: any 4xx would
 * be sent again for ever. Never 429, never a redirect.
 */
export async function receiveAlerts(door: AlertsDoor, request: HttpRequest): Promise<HttpResponse> {
  const { store, clock, metrics, token } = door;
  if (token !== undefined && !hasBearer(request, token)) {
    metrics.webhooks.inc({ outcome: 'unauthorized' });
    return text(401, 'wrong or missing bearer token: set http_config.authorization in the Alertmanager receiver');
  }
  const parsed = parseWebhook(request.body);
  try {
    if ('wrong' in parsed) {
      await rejectWebhook(store, clock, parsed.wrong, request.body);
      metrics.webhooks.inc({ outcome: 'rejected' });
      return text(200, `kept, but not understood: ${parsed.wrong}`);
    }
    await acceptWebhook(store, clock, parsed.webhook);
    metrics.webhooks.inc({ outcome: 'accepted' });
    const { alerts, refused = [] } = parsed.webhook;
    if (refused.length > 0) metrics.alerts.inc({ outcome: 'rejected' }, refused.length);
    return text(200, [`stored: ${alerts.length}`, ...refused.map((why) => `not understood: ${why}`)].join('\n'));
  } catch (failure) {
    metrics.webhooks.inc({ outcome: 'not-stored' });
    if (failure instanceof TryLater) return text(503, 'not stored, send it again');
    throw failure;
  }
}
