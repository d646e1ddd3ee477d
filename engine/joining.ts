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
  const back = fires && incident.state === 'still-broken' ? settledState(incident.report) : incident.state;
  return {
    ...incident,
    state: back,
    firing: isNew ? [...incident.firing, fingerprint] : incident.firing,
    doubted: voice === 'again' && isNew ? [...doubted, fingerprint] : doubted,
    beside: fires ? withBeside(incident, [alert]) : (incident.beside ?? []),
    alert: incident.alert ?? alert,
    ...(fires && incident.storm ? { storm: { ...incident.storm, well: [] } } : {}),
    ...earliest(incident.since, beganAt(alert)),
    heardAt: now.toISOString(),
    alertCount: incident.alertCount + 1,
    alertNames: { ...incident.alertNames, [name]: (incident.alertNames[name] ?? 0) + 1 },
    updatedAt: now.toISOString(),
  };
}

/** Alertmanager says this alert is over. Whether the problem is, only a look can tell. */
export function alertResolved(incident: Incident, { fingerprint }: Alert, now: Date): Incident {
  const firing = incident.firing.filter((one) => one !== fingerprint);
  const doubted = (incident.doubted ?? []).filter((one) => one !== fingerprint);
  const beside = (incident.beside ?? []).filter((one) => one.fingerprint !== fingerprint);
  const at = now.toISOString();
  return { ...incident, firing, doubted, beside, heardAt: at, updatedAt: at };
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
  return { fingerprint: alert.fingerprint, name: alertName(alert), labels: Object.fromEntries(labels) };
}

function earliest(one: string | undefined, other: string | undefined): Pick<Incident, 'since'> {
  const [since] = [one, other].filter((at) => at !== undefined).sort();
  return since === undefined ? {} : { since };
}
