import { type Alert, alertName, beganAt } from './alert.ts';
import { type Beside, besideOf, withBeside } from './beside.ts';
import { type Incident, settledState } from './incident.ts';
import { severityRank } from './severity.ts';

/**
 * What an arriving report says. `over`: its "resolved" overtook it. `again`: it fires although this very report of it
 * was resolved, so it may be a late copy from another Alertmanager.
 */
export type Voice = 'fires' | 'over' | 'again';

/**
 * An alert about a target that already has an incident. `part`: about something on that target, a pod of its node. Such a one
 * is told on the card, but does not head it, and says nothing of since when the target is in trouble.
 */
export function joined(
  incident: Incident,
  alert: Alert,
  voice: Voice,
  now: Date,
  about: 'itself' | 'part' = 'itself',
): Incident {
  const fires = voice !== 'over';
  const { fingerprint } = alert;
  const isNew = fires && !incident.firing.includes(fingerprint);
  const doubted = (incident.doubted ?? []).filter((one) => one !== fingerprint || voice === 'again');
  const name = alertName(alert);
  const isPart = about === 'part';
  const shown = isPart ? incident.alert : (shownWith(incident, fires ? alert : undefined) ?? alert);
  const back = fires && incident.state === 'still-broken' ? settledState(incident.report) : incident.state;
  return {
    ...incident,
    state: back,
    firing: isNew ? [...incident.firing, fingerprint] : incident.firing,
    ...(isPart && fires ? { parts: withPart(incident, alert) } : {}),
    doubted: voice === 'again' && isNew ? [...doubted, fingerprint] : doubted,
    beside: fires && shown ? besideShown(incident, shown, besideOf(alert, shown, about)) : (incident.beside ?? []),
    ...(shown ? { alert: shown } : {}),
    ...(fires && incident.storm ? { storm: { ...incident.storm, well: [] } } : {}),
    ...(isPart ? {} : earliest(incident.since, beganAt(alert))),
    heardAt: now.toISOString(),
    alertCount: incident.alertCount + 1,
    alertNames: { ...incident.alertNames, [name]: (incident.alertNames[name] ?? 0) + 1 },
    updatedAt: now.toISOString(),
  };
}

/** The alert a card shows whole, whose name is its headline: one that fires, the most severe of those that were heard. */
function shownWith({ alert: shown, firing }: Incident, alert: Alert | undefined): Alert | undefined {
  if (!alert || !shown) return shown;
  if (!firing.includes(shown.fingerprint)) return alert;
  if (alert.fingerprint === shown.fingerprint) return alert.startsAt > shown.startsAt ? alert : shown;
  return severityRank(alert) <= severityRank(shown) ? shown : alert;
}

function withPart({ parts = [] }: Incident, { fingerprint, startsAt }: Alert): NonNullable<Incident['parts']> {
  const before = parts.find((part) => part.fingerprint === fingerprint);
  if (before && before.startsAt >= startsAt) return parts;
  return [...parts.filter((part) => part !== before), { fingerprint, startsAt }];
}

/**
 * Whether this "resolved" is of an earlier time than the one since which the alert fires, as far as that is known (of a
 * storm only of the alert it shows): a second Alertmanager tells it late, or once more.
 */
export function isOfEarlier(incident: Incident, { fingerprint, endsAt }: Alert): boolean {
  const { alert, beside = [], parts = [], firing } = incident;
  if (endsAt === undefined || !firing.includes(fingerprint)) return false;
  const known = [...(alert ? [alert] : []), ...beside, ...parts].filter((one) => one.fingerprint === fingerprint);
  return known.some(({ startsAt = '' }) => startsAt > endsAt);
}

/** What else fires, once this alert is shown. */
function besideShown(incident: Incident, shown: Alert, more: Beside): readonly Beside[] {
  const { alert: before, firing } = incident;
  const stepsBack = before && before !== shown && firing.includes(before.fingerprint) ? [besideOf(before, shown)] : [];
  return withBeside({ ...incident, alert: shown }, [...stepsBack, more]).filter(
    ({ fingerprint }) => fingerprint !== shown.fingerprint,
  );
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
  const parts = (incident.parts ?? []).filter((one) => one.fingerprint !== fingerprint);
  const gone = [fingerprint, shown.alert?.fingerprint];
  const beside = (incident.beside ?? []).filter((one) => !gone.includes(one.fingerprint));
  const at = now.toISOString();
  return { ...incident, ...shown, firing, parts, doubted, beside, heardAt: at, updatedAt: at };
}

/** Takes over the alerts of another incident, which then counts and fires as this one. */
export function absorbed(incident: Incident, other: Incident): Incident {
  const names = { ...incident.alertNames };
  for (const [name, count] of Object.entries(other.alertNames)) names[name] = (names[name] ?? 0) + count;
  const shown = incident.alert;
  const head = other.alert && shown ? [besideOf(other.alert, shown)] : [];
  const beside = withBeside(incident, [...head, ...(other.beside ?? [])]);
  // The card of a storm has the labels, the links and the severity of the most severe of them.
  const isWorse = incident.storm && shown && other.alert && severityRank(other.alert) > severityRank(shown);
  return {
    ...incident,
    ...(isWorse && other.alert ? { alert: other.alert } : {}),
    ...earliest(incident.since, other.since),
    firing: [...new Set([...incident.firing, ...other.firing])],
    doubted: [...new Set([...(incident.doubted ?? []), ...(other.doubted ?? [])])],
    parts: [...(incident.parts ?? []), ...(other.parts ?? [])],
    beside: beside.filter(({ fingerprint }) => [...incident.firing, ...other.firing].includes(fingerprint)),
    alertCount: incident.alertCount + other.alertCount,
    alertNames: names,
  };
}

function earliest(one: string | undefined, other: string | undefined): Pick<Incident, 'since'> {
  const [since] = [one, other].filter((at) => at !== undefined).sort();
  return since === undefined ? {} : { since };
}
