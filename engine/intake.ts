import { type Alert, type AlertRecord, alertKey, type WebhookRecord } from './alert.ts';
import { digestOf } from './change.ts';
import { triageMessage, webhookMessage } from './messages.ts';
import { ownLabels } from './own-labels.ts';
import type { Clock, Store, Write } from './ports.ts';
import { redact } from './redact.ts';

/** Of what could not be understood in one webhook, all of it together. */
const KEPT_BODY_CHARS = 64 * 1024;
/** A secret that begins right before the cut is masked as well: no shape of one is longer than a private key. */
const LONGEST_SECRET_CHARS = 8 * 1024;
let sequence = 0;

export interface Webhook {
  readonly receiver?: string;
  readonly truncatedAlerts?: number;
  readonly alerts: readonly Alert[];
  /** Alerts of it that could not be understood: which field was wrong. */
  readonly refused?: readonly string[];
  /** Those alerts themselves, as JSON, in the same order. */
  readonly kept?: readonly string[];
}

/** When a request came, and what tells it from every other. Storing the same arrival twice changes nothing. */
export interface Arrival {
  readonly receivedAt: Date;
  readonly id: string;
}

/** The id is unique among the processes that share a store. */
export function arrivalNow(clock: Clock): Arrival {
  sequence = (sequence + 1) % 1_000_000;
  return { receivedAt: clock.now(), id: `${String(sequence).padStart(6, '0')}-${instance}` };
}

/**
 * Stores one webhook as it came, together with the message that makes somebody take it apart: one document and one
 * message however many alerts it holds, because this is what Alertmanager waits for. Durable when it resolves.
 */
export async function acceptWebhook(store: Store, arrival: Arrival, webhook: Webhook): Promise<void> {
  const id = webhookId(arrival);
  const { kept, ...understood } = webhook;
  const value: WebhookRecord = {
    receivedAt: arrival.receivedAt.toISOString(),
    ...understood,
    ...(kept ? { kept: forInspection(kept) } : {}),
  };
  await store.put({ collection: 'webhooks', id, value, expect: 'absent', send: [webhookMessage(id)] });
}

export interface TakenApart {
  readonly receivedAt: string;
  readonly fresh: number;
  /** Keys of the alerts that have a record already. */
  readonly resent: readonly string[];
}

/**
 * Gives every alert of a webhook its own record, keyed so that the same alert has one, in one write with the message
 * that makes somebody work on it. An alert that has a record changes nothing.
 */
export async function takeApart(store: Store, id: string): Promise<TakenApart> {
  const webhook = (await store.get<WebhookRecord>('webhooks', id))?.value;
  if (!webhook) return { receivedAt: '', fresh: 0, resent: [] };
  const keys = webhook.alerts.map(alertKey);
  const leftOut = webhook.truncatedAlerts ?? 0;
  const stored = await store.putAll(
    webhook.alerts.map((alert) =>
      newRecord(alertKey(alert), {
        alert,
        receivedAt: webhook.receivedAt,
        webhook: id,
        fate: { outcome: 'accepted' },
        ...(leftOut > 0 ? { leftOut } : {}),
      }),
    ),
  );
  const resent = keys.filter((_key, index) => !stored[index]);
  return { receivedAt: webhook.receivedAt, fresh: keys.length - resent.length, resent };
}

/** A record in one write with the message that makes somebody work on it. */
export function newRecord(key: string, value: AlertRecord): Write {
  return {
    collection: 'alerts',
    id: key,
    value,
    expect: 'absent',
    send: [triageMessage(key, groupOf(value.alert))],
  };
}

/** Keeps an authentic webhook that could not be understood, so that somebody can see what was sent. */
export async function rejectWebhook(store: Store, arrival: Arrival, why: string, body: string): Promise<void> {
  const [kept = ''] = forInspection([body]);
  const rejected = { why, body: kept };
  const value: WebhookRecord = { receivedAt: arrival.receivedAt.toISOString(), alerts: [], rejected };
  await store.put({ collection: 'webhooks', id: webhookId(arrival), value, expect: 'absent' });
}

/** Masked before they are cut; the first ones take what room there is. */
function forInspection(bodies: readonly string[]): string[] {
  let left = KEPT_BODY_CHARS;
  return bodies.map((body) => {
    const kept = left === 0 ? '' : redact(body.slice(0, left + LONGEST_SECRET_CHARS)).slice(0, left);
    left -= kept.length;
    return kept;
  });
}

/** Sorts by time of arrival. */
export function webhookId({ receivedAt, id }: Arrival): string {
  return `${receivedAt.toISOString()}-${id}`;
}

const instance = digestOf([Math.random(), performance.timeOrigin]).slice(0, 6);

/** Firing and resolved of one alert keep their order; so do different alerts about one node or pod. */
export function groupOf({ labels: all }: Alert): string {
  const labels = ownLabels(all);
  const about = labels.node ?? (labels.pod ? `${labels.namespace}/${labels.pod}` : labels.instance);
  return digestOf([all.cluster, about ?? all.alertname]).slice(0, 16);
}
