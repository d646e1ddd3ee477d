import { type Alert, type AlertRecord, againKey, alertKey, alertName, type Fate, type WebhookRecord } from './alert.ts';
import type { CardState } from './card.ts';
import { type Incident, shownSince } from './incident.ts';
import type { LastFound } from './last-found.ts';
import type { Plan, PlanState } from './plan.ts';
import type { Store } from './ports.ts';
import type { Posts } from './posted.ts';
import { cardStateOf } from './present.ts';
import { redact } from './redact.ts';
import type { Report } from './report.ts';
import { targetName } from './target.ts';

/** What became of one alert of one webhook: `posted` and `joined` name the incident, the others say why. */
export interface AlertAccount {
  readonly alertname: string;
  readonly status: 'firing' | 'resolved';
  readonly fingerprint: string;
  readonly outcome: 'posted' | 'joined' | 'suppressed' | 'rejected' | 'pending';
  readonly incident?: string;
  readonly why?: string;
}

export interface WebhookAccount {
  readonly id: string;
  readonly receivedAt: string;
  readonly rejected?: string;
  /** Single alerts of it that could not be understood, each with the field that was wrong. */
  readonly refused?: readonly string[];
  /** What was sent: the body of a rejected one, or each of the single alerts, in the same order. Masked, and cut. */
  readonly kept?: readonly string[];
  /** So many alerts of its group Alertmanager left out (`max_alerts` of its receiver), each time it said it. */
  readonly leftOut?: number;
  readonly alerts: readonly AlertAccount[];
}

export interface IncidentAccount {
  readonly id: string;
  readonly state: CardState;
  readonly cluster: string;
  readonly runbook: string | null;
  readonly target: string;
  readonly openedAt: string;
  readonly closedAt?: string;
  readonly since?: string;
  readonly severity?: string;
  readonly alerts: Readonly<Record<string, number>>;
  readonly firing: number;
  readonly foldedInto?: string;
  readonly posted: boolean;
  readonly report?: Report;
  /** What the last look that confirmed a cause found; the report is of the last one. */
  readonly lastFound?: LastFound;
  /** Fixes that somebody looked at or asked for, the oldest first. */
  readonly plans: readonly PlanAccount[];
}

/** Times are those of the plan's `state` and what led to it; what has not happened is left out. */
export interface PlanAccount {
  readonly id: string;
  readonly remedy: string;
  readonly state: PlanState;
  readonly at: string;
  readonly requestedAt?: string;
  readonly approvedAt?: string;
  readonly executedAt?: string;
  readonly updatedAt: string;
}

/** Each kind adds up by itself: an alert is none of a webhook that was rejected whole. */
export interface Totals {
  /** As `nightshift_webhooks_total`: `rejected` of the received ones could not be used at all. */
  readonly webhooks: { readonly received: number; readonly rejected: number };
  /** Alerts of the other webhooks, as `nightshift_alerts_total`. What there is none of is left out. */
  readonly alerts: Readonly<Partial<Record<AlertAccount['outcome'], number>>>;
  /** A folded incident is part of one that is open. */
  readonly incidents: { readonly open: number; readonly folded: number; readonly closed: number };
}

export interface Accounts {
  readonly incidents: readonly IncidentAccount[];
  readonly webhooks: readonly WebhookAccount[];
  readonly totals: Totals;
}

/** Accounts for every webhook and incident the store holds, the newest last. */
export async function accounts(store: Pick<Store, 'list'>): Promise<Accounts> {
  const posts = new Map((await store.list<Posts>('posts')).map(({ id, value }) => [id, value]));
  const records = new Map((await store.list<AlertRecord>('alerts')).map(({ id, value }) => [id, value]));
  const everywhere = [...(await store.list<Incident>('closed')), ...(await store.list<Incident>('incidents'))];
  // One that is just being put away is in both.
  const stored = [...new Map(everywhere.map((one) => [one.value.id, one])).values()];
  const plans = Map.groupBy(
    (await store.list<Plan>('plans')).map(({ value }) => value),
    ({ incident }) => incident,
  );
  const posted = (id: string) => posts.get(id)?.card?.state === 'posted';
  const folded = new Map(stored.flatMap(({ value }) => (value.foldedInto ? [[value.id, value.foldedInto]] : [])));
  const webhooks = (await store.list<WebhookRecord>('webhooks')).map(
    ({ id, value }): WebhookAccount => ({
      id,
      receivedAt: value.receivedAt,
      ...(value.rejected ? { rejected: value.rejected.why } : {}),
      ...(value.refused ? { refused: value.refused } : {}),
      ...keptOf(value),
      ...(value.truncatedAlerts ? { leftOut: value.truncatedAlerts } : {}),
      alerts: alertAccounts(value.alerts, id),
    }),
  );
  const incidents = stored
    .map(({ value }) => incidentAccount(value, posted(value.id), plans.get(value.id) ?? []))
    .sort(byOpening);
  return { incidents, webhooks, totals: totalsOf(webhooks, incidents) };

  /** An alert that is listed twice is one, and sent again. */
  function alertAccounts(alerts: readonly Alert[], webhook: string): AlertAccount[] {
    const seen = new Set<string>();
    return alerts.map((alert) => {
      const key = alertKey(alert);
      const record = records.get(againKey(alert, webhook)) ?? records.get(key);
      const isFirst = record?.webhook === webhook && !seen.has(key);
      seen.add(key);
      return alertAccount(alert, record, isFirst, posted, folded);
    });
  }
}

/** Earlier versions kept it unmasked. */
function keptOf({ rejected, kept }: WebhookRecord): Pick<WebhookAccount, 'kept'> {
  const bodies = rejected?.body ? [rejected.body] : (kept ?? []);
  return bodies.length > 0 ? { kept: bodies.map(redact) } : {};
}

/** What becomes of an alert that is sent again: it goes the way of the first time, and never gets a card of its own. */
export function againOutcome({ outcome }: Fate): 'joined' | 'suppressed' | 'rejected' {
  return outcome === 'suppressed' || outcome === 'rejected' ? outcome : 'joined';
}

function alertAccount(
  alert: Alert,
  record: AlertRecord | undefined,
  isFirst: boolean,
  posted: (incident: string) => boolean,
  folded: ReadonlyMap<string, string>,
): AlertAccount {
  const named = { alertname: redact(alertName(alert)), status: alert.status, fingerprint: alert.fingerprint };
  if (!record) return { ...named, outcome: 'pending' };
  const { fate } = record;
  switch (fate.outcome) {
    case 'accepted':
      return { ...named, outcome: 'pending' };
    case 'suppressed':
    case 'rejected':
      return { ...named, outcome: fate.outcome, why: fate.why };
    case 'joined':
      return { ...named, outcome: 'joined', incident: fate.incident };
    case 'opened':
      if (!isFirst) return { ...named, outcome: againOutcome(fate), incident: fate.incident, why: 'sent again' };
      if (posted(fate.incident)) return { ...named, outcome: 'posted', incident: fate.incident };
      return {
        ...named,
        outcome: folded.has(fate.incident) ? 'joined' : 'pending',
        incident: folded.get(fate.incident) ?? fate.incident,
      };
  }
}

function incidentAccount(incident: Incident, posted: boolean, plans: readonly Plan[]): IncidentAccount {
  const { id, cluster, runbook, target, openedAt, closedAt, alertNames, firing, foldedInto, report, lastFound } =
    incident;
  const severity = incident.alert?.labels.severity;
  const since = shownSince(incident);
  return {
    id,
    state: cardStateOf(incident),
    cluster,
    runbook,
    target: targetName(target),
    openedAt,
    ...(since === undefined ? {} : { since }),
    alerts: redactKeys(alertNames),
    firing: firing.length,
    posted,
    ...(severity ? { severity: redact(severity) } : {}),
    ...(closedAt ? { closedAt } : {}),
    ...(foldedInto ? { foldedInto } : {}),
    ...(report ? { report } : {}),
    ...(lastFound ? { lastFound } : {}),
    plans: plans.map(planAccount).sort((a, b) => (a.at < b.at ? -1 : 1)),
  };
}

/** The name of an alert is a label as any other. */
function redactKeys<T>(named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [redact(name), value]));
}

function planAccount({ id, remedy, state, at, request, approvals, executedAt, updatedAt }: Plan): PlanAccount {
  const approvedAt = approvals.length >= (request?.approvalsNeeded ?? 1) ? approvals.at(-1)?.at : undefined;
  return {
    id,
    remedy,
    state,
    at,
    ...(request ? { requestedAt: request.at } : {}),
    ...(approvedAt ? { approvedAt } : {}),
    ...(executedAt ? { executedAt } : {}),
    updatedAt,
  };
}

function totalsOf(webhooks: readonly WebhookAccount[], incidents: readonly IncidentAccount[]): Totals {
  const alerts: Partial<Record<AlertAccount['outcome'], number>> = {};
  for (const { alerts: told, refused = [] } of webhooks) {
    const outcomes = [...told.map(({ outcome }) => outcome), ...refused.map(() => 'rejected' as const)];
    for (const outcome of outcomes) alerts[outcome] = (alerts[outcome] ?? 0) + 1;
  }
  const number = (wanted: CardState) => incidents.filter(({ state }) => state === wanted).length;
  const [folded, closed] = [number('folded'), number('closed')];
  return {
    webhooks: {
      received: webhooks.length,
      rejected: webhooks.filter(({ rejected }) => rejected !== undefined).length,
    },
    alerts,
    incidents: { open: incidents.length - folded - closed, folded, closed },
  };
}

function byOpening(a: IncidentAccount, b: IncidentAccount): number {
  return a.openedAt < b.openedAt ? -1 : 1;
}
