import { type Alert, alertName } from './alert.ts';
import { ownLabels } from './own-labels.ts';
import { namesTarget } from './resolve.ts';
import { type AlertMatch, ANY_ALERT, type AnyRunbook } from './runbook.ts';

/**
 * Alerts that are about the alerting itself. `Watchdog` fires always (it is a dead man's switch), `InfoInhibitor` only
 * carries inhibitions. Source: kube-prometheus, manifests/kubePrometheus-prometheusRule.yaml.
 */
const signals = new Map([
  ['Watchdog', 'Watchdog always fires: it shows that alerting works'],
  ['InfoInhibitor', 'InfoInhibitor only inhibits other alerts'],
]);

/** Why this alert is no problem by itself, or `undefined`. */
export function signalOnly(alert: Alert): string | undefined {
  return signals.get(alertName(alert));
}

export interface Matched {
  readonly runbook: AnyRunbook;
  readonly match: AlertMatch;
}

/**
 * The runbook that answers this alert: exact, case-sensitive name and label values, never severity (the same name has
 * other severities elsewhere). The match with the most labels wins.
 */
export function matchRunbook(alert: Alert, runbooks: readonly AnyRunbook[]): Matched | undefined {
  const matches = runbooks.flatMap((runbook) =>
    runbook.alerts.filter((match) => answers(match, alert)).map((match) => ({ runbook, match })),
  );
  return matches.sort((a, b) => labelCount(b.match) - labelCount(a.match))[0];
}

/**
 * Who looks after this alert: the runbook of its topic, if its labels name what that looks at (those of the published
 * TargetDown, summed up by job, name no node), else the one for any alert. Neither: nobody does.
 */
export function answererOf(alert: Alert, runbooks: readonly AnyRunbook[]): Answerer {
  const matched = matchRunbook(alert, runbooks);
  if (matched && namesTarget(alert.labels, matched.match.family)) return matched;
  const generic = runbooks.find(({ id }) => id === ANY_ALERT);
  if (!matched) return { runbook: generic };
  return generic ? { runbook: generic, topic: matched.runbook.id } : matched;
}

export interface Answerer {
  readonly runbook?: AnyRunbook | undefined;
  readonly match?: AlertMatch;
  /** The runbook of its topic, where the labels name nothing that this looks at. */
  readonly topic?: string;
}

function answers(match: AlertMatch, alert: Alert): boolean {
  if (match.name !== alert.labels.alertname) return false;
  // A label that the exporter has too is the object's own; its `job` is told by no object.
  const labels = { ...alert.labels, ...ownLabels(alert.labels) };
  return Object.entries(match.labels ?? {}).every(([label, values]) => values.includes(labels[label] ?? ''));
}

function labelCount(match: AlertMatch): number {
  return Object.keys(match.labels ?? {}).length;
}
