import { type Alert, alertName } from './alert.ts';
import type { Incident } from './incident.ts';
import { redactDeep } from './redact.ts';
import { severityRank } from './severity.ts';

/** An alert that fires beside the one its card shows whole: its name and the labels that differ. */
export interface Beside {
  readonly fingerprint: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** With the fingerprint it finds the record of the whole alert. */
  readonly startsAt?: string;
  /** As `severityRank`; absent in what was stored before. */
  readonly rank?: number;
  /** It is about something on this object, a pod of this node, and never heads its card. */
  readonly part?: true;
}

/** More the card cannot show with their labels; a document must stay small. */
export const MAX_TOLD = 10;
const MAX_BESIDE = 100;
const MAX_LABELS = 8;
const MAX_LABEL_CHARS = 100;

/** What fires beside the alert that is shown, the most severe first; a storm's card names its members instead. */
export function withBeside(incident: Incident, more: readonly Beside[]): readonly Beside[] {
  const { beside = [], alert: shown, storm } = incident;
  if (storm || !shown) return beside;
  const known = new Set([shown.fingerprint, ...beside.map(({ fingerprint }) => fingerprint)]);
  return [...beside.map((one) => lastOf(one, more)), ...more.filter(({ fingerprint }) => !known.has(fingerprint))]
    .toSorted((one, other) => rankOf(other) - rankOf(one))
    .slice(0, MAX_BESIDE)
    .map((one, index) => (index < MAX_TOLD ? one : { ...one, labels: {} }));
}

/** Since when it fires by the last that was said. */
function lastOf(one: Beside, more: readonly Beside[]): Beside {
  const said = more.find(({ fingerprint }) => fingerprint === one.fingerprint)?.startsAt ?? '';
  return said > (one.startsAt ?? '') ? { ...one, startsAt: said } : one;
}

function rankOf({ rank = 0, part }: Beside): number {
  return part ? -1 : rank;
}

/** `about`: `part` where it is about something on the object. */
export function besideOf(alert: Alert, shown: Alert, about: 'itself' | 'part' = 'itself'): Beside {
  const differ = Object.entries(alert.labels).filter(
    ([label, value]) => label !== 'alertname' && value !== '' && shown.labels[label] !== value,
  );
  // Masked while it is whole: the half of an address that holds a password does not look like one.
  const told = redactDeep(Object.fromEntries(differ.slice(0, MAX_LABELS))) as Alert['labels'];
  const labels = Object.entries(told).map(([label, value]) => [label, value.slice(0, MAX_LABEL_CHARS)]);
  const { fingerprint, startsAt } = alert;
  return {
    ...{ fingerprint, name: alertName(alert), labels: Object.fromEntries(labels), startsAt },
    rank: severityRank(alert),
    ...(about === 'part' ? { part: true as const } : {}),
  };
}

/** Which of the others is to be shown when this alert is over: the most severe that is about the object itself. */
export function nextShown({ alert, beside = [], firing }: Incident, over: Alert): Beside | undefined {
  if (alert?.fingerprint !== over.fingerprint) return undefined;
  return beside
    .filter(({ fingerprint, part }) => !part && fingerprint !== over.fingerprint && firing.includes(fingerprint))
    .toSorted((one, other) => rankOf(other) - rankOf(one))[0];
}
