import type { Accounts, IncidentAccount } from '../../engine/accounts.ts';
import { type CardState, stateWords } from '../../engine/card.ts';
import { causeTitles } from '../../engine/last-found.ts';
import type { DeadLetter } from '../../engine/ports.ts';
import { hasTopic } from '../../engine/runbook.ts';
import { counted, minuteOf, times } from '../../engine/words.ts';
import { oneLine, painter, type Style, type TerminalOptions, wrap } from '../../infra/local/terminal.ts';

/** Labels and reasons come from outside and may be of any length. */
const LONGEST_NAME = 300;
const LONGEST_REASON = 600;

const styles: Readonly<Record<CardState, Style>> = {
  looking: 'cyan',
  diagnosed: 'red',
  'trouble-seen': 'yellow',
  undiagnosed: 'yellow',
  'still-broken': 'red',
  unchecked: 'yellow',
  folded: 'dim',
  closed: 'green',
};

/** Every incident as a short block, newest first, then what became of the webhooks. */
export function incidentsPage(
  { incidents, totals, webhooks }: Accounts,
  unread: number,
  deadLetters: readonly DeadLetter[],
  now: Date,
  options: TerminalOptions,
): string {
  const { columns } = options;
  const widest = {
    state: Math.max(0, ...incidents.map(({ state }) => stateWords[state].length)),
    severity: Math.max(0, ...incidents.map((incident) => severityOf(incident).length)),
  };
  const alerts = Object.values(totals.alerts).reduce((sum, number) => sum + number, 0);
  const whole = totals.webhooks.rejected > 0 ? `, ${totals.webhooks.rejected} rejected` : '';
  const rejected = webhooks.flatMap(({ id, rejected: whole, refused = [] }) =>
    [...(whole === undefined ? [] : [whole]), ...refused].map((why) => `rejected in ${id}: ${why}`),
  );
  const isKept = webhooks.some(({ kept }) => kept !== undefined);
  const where = isKept
    ? ['what was sent with them is kept, masked: see webhooks[].kept in nightshift incidents --json']
    : [];
  const leftOut = webhooks.flatMap(({ id, leftOut: number }) =>
    number === undefined
      ? []
      : [
          `left out of ${id} by Alertmanager (max_alerts of its receiver), and not known here: ${counted(number, 'alert')}`,
        ],
  );
  const dead = deadLetters.map(
    ({ queue, reason, diedAt }) => `given up in queue ${queue}, ${minuteOf(diedAt.toISOString())}: ${reason}`,
  );
  return [
    incidents.length === 0
      ? 'no incidents yet'
      : `${counted(incidents.length, 'incident')}, ${totals.incidents.open} open`,
    '',
    ...incidents.toReversed().flatMap((incident) => [...block(incident, widest, now, options), '']),
    ...wrap(
      `${counted(totals.webhooks.received, 'webhook')}${whole}; ${counted(alerts, 'alert')}${summary(totals)}`,
      options,
    ),
    ...(unread > 0 ? wrap(`${counted(unread, 'webhook')} stored in a rush, still to be read`, options) : []),
    ...[...rejected, ...where, ...rejectedAlerts(webhooks), ...leftOut, ...dead].flatMap((text) =>
      wrap(oneLine(text, LONGEST_REASON), { columns, indent: 2, hanging: 4, keepWords: false }),
    ),
  ].join('\n');
}

/** Each alert once by its name and the reason: hundreds are rejected for the same one. */
function rejectedAlerts(webhooks: Accounts['webhooks']): string[] {
  const told = webhooks.flatMap(({ alerts }) => alerts.filter(({ outcome }) => outcome === 'rejected'));
  const same = Map.groupBy(told, ({ alertname, why = 'nobody noted why' }) => `rejected ${alertname}: ${why}`);
  return [...same].map(([text, all]) => (all.length > 1 ? `${text} (${times(all.length)})` : text));
}

function block(
  incident: IncidentAccount,
  widest: { readonly state: number; readonly severity: number },
  now: Date,
  { columns, colour }: TerminalOptions,
): string[] {
  const paint = painter(colour);
  const { state, foldedInto } = incident;
  const target = oneLine(incident.target, LONGEST_NAME);
  const said = stateWords[state].padEnd(widest.state);
  const severity = severityOf(incident).padEnd(widest.severity);
  const start = `${said}  ${severity}  `;
  const head = [paint(styles[state], said), paint('bold', severity)].join('  ');
  const fits = start.length + target.length <= columns;
  const inside = { columns, indent: 2, hanging: 4 };
  return [
    ...(fits ? [`${head}  ${paint('bold', target)}`] : [head.trimEnd(), ...wrap(target, inside)]),
    ...(foldedInto ? [] : causesOf(incident).flatMap((cause) => wrap(cause, inside))),
    ...wrap(`${timeOf(incident, now)}${alertsOf(incident)}`, inside),
    ...wrap(idsOf(incident), inside).map((line) => paint('dim', line)),
  ];
}

function severityOf({ severity = '-' }: IncidentAccount): string {
  return oneLine(severity, 12);
}

function causesOf(incident: IncidentAccount): string[] {
  const { runbook, alerts, state } = incident;
  const names = oneLine(Object.keys(alerts).join(', '), LONGEST_NAME);
  if (runbook === null) return [`no runbook answers ${names}`];
  const found = causeTitles(incident);
  if (found.length > 0) return [...found];
  if (!hasTopic(runbook) && names !== '') return [`no runbook of its topic answered ${names}`];
  return state === 'looking' ? [] : ['no cause confirmed'];
}

function timeOf({ since, closedAt }: IncidentAccount, now: Date): string {
  const began = since === undefined ? 'unknown since when' : `since ${minuteOf(since)}`;
  if (closedAt) return `${began}, closed ${minuteOf(closedAt)}`;
  if (since === undefined) return began;
  const ms = now.getTime() - Date.parse(since);
  return `${began} (${ms < -AHEAD_MS ? `${length(-ms)} ahead of our clock` : `${length(ms)} ago`})`;
}

/** Clocks differ by seconds; who sends more is wrong about the time. */
const AHEAD_MS = 60_000;

function alertsOf({ alerts, firing, state }: IncidentAccount): string {
  const count = Object.values(alerts).reduce((sum, one) => sum + one, 0);
  if (count === 0) return ', asked for by a person';
  return `, ${counted(count, 'alert')}${state === 'closed' || state === 'folded' ? '' : `, ${firing} firing`}`;
}

function idsOf({ id, runbook, cluster, foldedInto }: IncidentAccount): string {
  const parts = [
    ...(foldedInto ? [`part of ${foldedInto}`] : []),
    ...(runbook === null ? [] : [`runbook ${runbook}`]),
    `cluster ${cluster}`,
    `id ${id}`,
  ];
  return parts.join(', ');
}

function summary({ alerts }: Accounts['totals']): string {
  const parts = (['posted', 'joined', 'suppressed', 'rejected', 'pending'] as const).flatMap((name) =>
    alerts[name] ? [`${alerts[name]} ${name}`] : [],
  );
  return parts.length > 0 ? `: ${parts.join(', ')}` : '';
}

/** `12 s`, `4 min`, `7 h`, `3 days`. */
function length(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return counted(Math.round(seconds / 86_400), 'day');
}
