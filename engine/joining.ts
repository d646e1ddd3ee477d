import { type Alert, alertName, beganAt } from './alert.ts';
import { type Incident, settledState } from './incident.ts';

/**
 * What an arriving report says. `over`: its "resolved" overtook it. `again`: it fires although this very report of it
 * was resolved, so it may be a late copy from another Alertmanager.
 */
export type Voice = 'fires' | 'over' | 'again';

/** An alert that fires beside the one its card shows whole: its name and the labels that differ. */
export interface Beside {
  readonly fingerprint: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** With the fingerprint it finds the record of the whole alert. */
  readonly startsAt?: string;
}

/** More the card cannot show; a document must stay small. */
const MAX_BESIDE = 10;
const MAX_LABELS = 8;
const MAX_LABEL_CHARS = 100;

/** An alert about a target that already has an incident. */
export function joined(incident: Incident, alert: Alert, voice: Voice, now: Date): Incident {
  const fires = voice !== 'over';
  const { fingerprint } = alert;
  const isNew = fires && !incident.firing.includes(fingerprint);
  const doubted = (incident.doubted ?? []).filter((one) => one !== fingerprint || voice === 'again');
  const name = alertName(alert);
  const shown = shownWith(incident, fires ? alert : undefined) ?? alert;
  const back = fires && incident.state === 'still-broken' ? settledState(incident.report) : incident.state;
  return {
    ...incident,
    state: back,
    firing: isNew ? [...incident.firing, fingerprint] : incident.firing,
    doubted: voice === 'again' && isNew ? [...doubted, fingerprint] : doubted,
    beside: fires ? besideShown(incident, shown, [alert]) : (incident.beside ?? []),
    alert: shown,
    ...(fires && incident.storm ? { storm: { ...incident.storm, well: [] } } : {}),
    ...earliest(incident.since, beganAt(alert)),
    heardAt: now.toISOString(),
    alertCount: incident.alertCount + 1,
    alertNames: { ...incident.alertNames, [name]: (incident.alertNames[name] ?? 0) + 1 },
    updatedAt: now.toISOString(),
  };
}

/** The alert a card shows whole, whose name is its headline: one that fires, the most severe of those that were heard. */
function shownWith({ alert: shown, firing, storm }: Incident, alert: Alert | undefined): Alert | undefined {
  if (!alert || !shown || storm) return shown;
  return firing.includes(shown.fingerprint) && severityOf(alert) <= severityOf(shown) ? shown : alert;
}

/** By the names that published rules use (`kubernetes-mixin`: critical, warning, info). */
const severities = ['none', 'info', 'warning', 'error', 'critical', 'page'];

function severityOf({ labels }: Pick<Alert, 'labels'>): number {
  return severities.indexOf(labels.severity ?? '');
}

/** What else fires, once another alert is shown. */
function besideShown(incident: Incident, shown: Alert, alerts: readonly Alert[]): readonly Beside[] {
  const { alert: before, firing } = incident;
  const stepsBack = before && before !== shown && firing.includes(before.fingerprint) ? [before] : [];
  return withBeside({ ...incident, alert: shown }, [...stepsBack, ...alerts]).filter(
    ({ fingerprint }) => fingerprint !== shown.fingerprint,
  );
}

/** Which of the others is to be shown when this alert is over: the most severe. */
export function nextShown({ alert, beside = [], firing }: Incident, over: Alert): Beside | undefined {
  if (alert?.fingerprint !== over.fingerprint) return undefined;
  const rank = ({ labels }: Beside) => severityOf({ labels: { ...alert.labels, ...labels } });
  return beside
    .filter(({ fingerprint }) => fingerprint !== over.fingerprint && firing.includes(fingerprint))
    .toSorted((one, other) => rank(other) - rank(one))[0];
}

/**
 * Alertmanager says this alert is over. Whether the problem is, only a look can tell. `next` is shown in its place, where
 * it was the one that was shown.
 */
export function alertResolved(incident: Incident, { fingerprint }: Alert, now: Date, next?: Alert): Incident {
  const isShown = incident.alert?.fingerprint === fingerprint;
  const shown = isShown && next && incident.firing.includes(next.fingerprint) ? { alert: next } : {};
  const firing = incident.firing.filter((one) => one !== fingerprint);
  const doubted = (incident.doubted ?? []).filter((one) => one !== fingerprint);
  const gone = [fingerprint, shown.alert?.fingerprint];
  const beside = (incident.beside ?? []).filter((one) => !gone.includes(one.fingerprint));
  const at = now.toISOString();
  return { ...incident, ...shown, firing, doubted, beside, heardAt: at, updatedAt: at };
}

/** Takes over the alerts of another incident, which then counts and fires as this one. */
export function absorbed(incident: Incident, other: Incident): Incident {
  const names = { ...incident.alertNames };
  for (const [name, count] of Object.entries(other.alertNames)) names[name] = (names[name] ?? 0) + count;
  const beside = withBeside(incident, other.alert ? [other.alert] : [], other.beside);
  return {
    ...incident,
    ...earliest(incident.since, other.since),
    firing: [...new Set([...incident.firing, ...other.firing])],
    beside: beside.filter(({ fingerprint }) => [...incident.firing, ...other.firing].includes(fingerprint)),
    alertCount: incident.alertCount + other.alertCount,
    alertNames: names,
  };
}

/** A storm's card names its members instead. */
function withBeside(incident: Incident, alerts: readonly Alert[], more: readonly Beside[] = []): readonly Beside[] {
  const { beside = [], alert: shown, storm } = incident;
  if (storm || !shown) return beside;
  const known = new Set([shown.fingerprint, ...beside.map(({ fingerprint }) => fingerprint)]);
  const fresh = [...alerts.map((alert) => besideOf(alert, shown)), ...more].filter(
    ({ fingerprint }) => !known.has(fingerprint),
  );
  return [...beside, ...fresh].slice(0, MAX_BESIDE);
}

function besideOf(alert: Alert, shown: Alert): Beside {
  const differ = Object.entries(alert.labels).filter(
    ([label, value]) => label !== 'alertname' && value !== '' && shown.labels[label] !== value,
  );
  const labels = differ.slice(0, MAX_LABELS).map(([label, value]) => [label, value.slice(0, MAX_LABEL_CHARS)]);
  const { fingerprint, startsAt } = alert;
  return { fingerprint, name: alertName(alert), labels: Object.fromEntries(labels), startsAt };
}

function earliest(one: string | undefined, other: string | undefined): Pick<Incident, 'since'> {
  const [since] = [one, other].filter((at) => at !== undefined).sort();
  return since === undefined ? {} : { since };
}
