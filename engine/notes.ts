import { alertName } from './alert.ts';
import { type Beside, MAX_TOLD } from './beside.ts';
import { type Incident, isOpen, shownSince } from './incident.ts';
import { redactDeep } from './redact.ts';
import { hasTopic } from './runbook.ts';
import { stormNote } from './storm-words.ts';
import { counted, minuteOf, times } from './words.ts';

/** Lines about the incident's life, for its card: what fires beside its alert, what joined it, what came before. */
export function notesOf(incident: Incident): string[] {
  const { follows, state, reopened } = incident;
  return [
    ...topicNote(incident),
    ...alertNotes(incident),
    ...firstNote(incident),
    ...(incident.leftOut
      ? [
          `Alertmanager left ${counted(incident.leftOut, 'alert')} of this group out (max_alerts of its receiver): what they are about is not known here. Take max_alerts away, or group by more labels`,
        ]
      : []),
    ...cutNote(incident),
    ...(incident.storm ? [stormNote(incident)] : []),
    ...(follows
      ? [
          `The card before this one stood open since ${minuteOf(follows.openedAt)}, and nothing came since ${minuteOf(follows.heardAt)}`,
        ]
      : []),
    ...(reopened > 0 ? [`Fired again ${times(reopened)} after it was closed`] : []),
    ...(state === 'still-broken' ? [`Looked again ${times(incident.rechecks)} since`] : []),
  ];
}

function topicNote({ runbook, alert, topic }: Incident): string[] {
  if (hasTopic(runbook) || !alert) return [];
  if (topic) return [`Runbook ${topic} is about this alert, but its labels name nothing that this looks at`];
  return [
    'No runbook is about this alert. To add one: a folder in `runbooks/`, its name in `runbooks/catalog.ts` (CONTRIBUTING.md shows how).',
  ];
}

function cutNote({ alert }: Incident): string[] {
  if (!alert?.cut) return [];
  const { leftOut, shortened } = alert.cut;
  const parts = [...(leftOut > 0 ? [`${leftOut} left out`] : []), ...(shortened > 0 ? [`${shortened} shortened`] : [])];
  return [
    `Its labels and annotations are not all shown whole: ${parts.join(', ')}, because they are too many or too long`,
  ];
}

const SAME_TIME_MS = 60_000;

function firstNote(incident: Incident): string[] {
  const [first, shown] = [incident.since, shownSince(incident)];
  if (first === undefined || shown === undefined || Date.parse(shown) - Date.parse(first) < SAME_TIME_MS) return [];
  return [`The first of its alerts began at ${minuteOf(first)}`];
}

/** What fires now beside the alert that is shown whole, each with the labels that differ; then what only came by. */
function alertNotes(incident: Incident): string[] {
  const { alert, firing, storm } = incident;
  const beside = isOpen(incident) && !storm ? (incident.beside ?? []).slice(0, MAX_TOLD) : [];
  const shownFires = alert !== undefined && firing.includes(alert.fingerprint);
  const unnamed = storm ? 0 : firing.length - beside.length - (shownFires ? 1 : 0);
  const told = new Set([...beside.map(({ name }) => name), ...(alert ? [alertName(alert)] : [])]);
  const names = Object.entries(incident.alertNames).filter(([name]) => !told.has(name));
  return [
    ...(alert && !shownFires && beside.length > 0
      ? [`${alertName(alert)} does not fire any more, but others do:`]
      : []),
    ...beside.map((one) => `Also firing: ${besideWords(one)}`),
    ...(beside.length > 0 && unnamed > 0 ? [`Also firing: ${counted(unnamed, 'more alert')}`] : []),
    ...(names.length > 0
      ? [`Joined by ${names.map(([name, count]) => (count > 1 ? `${name} (${count})` : name)).join(', ')}`]
      : []),
  ];
}

function besideWords({ name, labels }: Beside): string {
  const masked = Object.entries(redactDeep(labels) as Record<string, string>);
  const differ = masked.map(([label, value]) => `${label}=${value}`).join(', ');
  return differ ? `${name} (${differ})` : name;
}
