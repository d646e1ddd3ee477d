import { digestOf } from './change.ts';
import type { AlertContext } from './runbook.ts';

/** One alert as Alertmanager reported it once: the same alert firing and resolved are two of these. */
export interface Alert {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  /** Of one that is over: when it was. */
  readonly endsAt?: string;
  /** So many of its labels and annotations were left out or shortened: there were too many, or they were too long. */
  readonly cut?: { readonly leftOut: number; readonly shortened: number };
  /** Prometheus' page of the alert's expression, and Alertmanager's own address. */
  readonly generatorURL?: string;
  /** That expression. */
  readonly expr?: string;
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
  /** So many alerts Alertmanager left out of the webhook it came in (`max_alerts` of the receiver). */
  readonly leftOut?: number;
  /** It was said before, and something else since: that an alert fires after it was over, or is over once more. */
  readonly again?: true;
  /** The last webhook that said it again when that was news; its own record is under `againKey`. */
  readonly latest?: { readonly webhook: string; readonly at: string };
}

export interface WebhookRecord {
  readonly receivedAt: string;
  readonly receiver?: string;
  /** As sent; an alert whose record names another webhook was sent again in this one. */
  readonly alerts: readonly Alert[];
  readonly truncatedAlerts?: number;
  /** Alerts of it that could not be understood: which field was wrong. */
  readonly refused?: readonly string[];
  /** What those were, in the same order, for inspection: masked, and cut. */
  readonly kept?: readonly string[];
  /** Set when nothing of it could be used: the field that was wrong, and the body for inspection (masked, and cut at 64 KiB). */
  readonly rejected?: { readonly why: string; readonly body: string };
}

/** Identity of one report of one alert. The group, the receiver and the sending Alertmanager do not matter. */
export function alertKey(alert: Pick<Alert, 'fingerprint' | 'status' | 'startsAt'>): string {
  return digestOf([alert.fingerprint, alert.status, alert.startsAt]).slice(0, 32);
}

/** Where the same report has a record of its own, when a later webhook brought it as news. */
export function againKey(alert: Pick<Alert, 'fingerprint' | 'status' | 'startsAt'>, webhook: string): string {
  return digestOf([alertKey(alert), webhook]).slice(0, 32);
}

/** When it began, unless nobody said: senders that leave it out send Go's zero time, the year 1, or none that can be. */
export function beganAt({ startsAt }: Pick<Alert, 'startsAt'>): string | undefined {
  return startsAt < '2000' || startsAt >= '2100' ? undefined : startsAt;
}

export function alertName(alert: Alert): string {
  return alert.labels.alertname ?? 'unnamed alert';
}

/** What a runbook may know of the alert it is asked about: all that is looked for because of it depends on that. */
export function contextOf(alert: Alert | undefined): AlertContext | undefined {
  return alert && { name: alertName(alert), ...alert };
}
