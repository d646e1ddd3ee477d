import { digestOf } from './change.ts';

/** One alert as Alertmanager reported it once: the same alert firing and resolved are two of these. */
export interface Alert {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  /** Prometheus' page of the alert's expression, and Alertmanager's own address. */
  readonly generatorURL?: string;
  readonly externalURL?: string;
}

/** What became of an alert. `suppressed` and `rejected` say by what. */
export type Fate =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'opened' | 'joined'; readonly incident: string }
  | { readonly outcome: 'suppressed' | 'rejected'; readonly why: string };

export interface AlertRecord {
  readonly alert: Alert;
  readonly receivedAt: string;
  readonly webhook: string;
  readonly fate: Fate;
}

export interface WebhookRecord {
  readonly receivedAt: string;
  readonly receiver?: string;
  /** As sent; an alert whose record names another webhook was sent again in this one. */
  readonly alerts: readonly Alert[];
  readonly truncatedAlerts?: number;
  /** Alerts of it that could not be understood: which field was wrong. */
  readonly refused?: readonly string[];
  /** Set when nothing of it could be used: the field that was wrong, and the body for inspection (cut at 64 KiB). */
  readonly rejected?: { readonly why: string; readonly body: string };
}

/** Identity of one report of one alert. The group, the receiver and the sending Alertmanager do not matter. */
export function alertKey(alert: Pick<Alert, 'fingerprint' | 'status' | 'startsAt'>): string {
  return digestOf([alert.fingerprint, alert.status, alert.startsAt]).slice(0, 32);
}

export function alertName(alert: Alert): string {
  return alert.labels.alertname ?? 'unnamed alert';
}
