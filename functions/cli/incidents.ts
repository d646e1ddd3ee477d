import { type Accounts, accounts, type IncidentAccount } from '../../engine/accounts.ts';
import type { DeadLetter } from '../../engine/ports.ts';
import { openReadOnly } from '../../infra/local/store/open.ts';
import { oneLine } from '../../infra/local/terminal.ts';
import { settingsOf, systemClock } from '../compose.ts';
import { ExitCode, type GlobalOptions, print, printJson } from './outcome.ts';

const LONGEST_LINE = 240;

/** `nightshift incidents`: also while the server runs, which it does not disturb. */
export async function incidents(options: GlobalOptions & { readonly json?: boolean }): Promise<ExitCode> {
  const { directory } = await settingsOf(options);
  const database = openReadOnly({ directory, clock: systemClock });
  try {
    const found = await accounts(database.store);
    const deadLetters = await database.queue.deadLetters();
    if (options.json) printJson({ ...found, deadLetters });
    else print(page(found, deadLetters));
  } finally {
    database.close();
  }
  return ExitCode.ok;
}

function page({ incidents: list, totals, webhooks }: Accounts, deadLetters: readonly DeadLetter[]): string {
  const rejected = webhooks.flatMap(({ id, rejected: whole, refused = [] }) =>
    [...(whole === undefined ? [] : [whole]), ...refused].map((why) => `  rejected ${id}: ${why}`),
  );
  return [
    ...(list.length === 0 ? ['no incidents yet'] : list.map(line)),
    '',
    `${totals.webhooks ?? 0} webhooks with ${webhooks.reduce((sum, { alerts }) => sum + alerts.length, 0)} alerts: ${summary(totals)}`,
    ...rejected,
    ...deadLetters.map(({ queue, reason, diedAt }) => `  dead letter in ${queue}, ${diedAt.toISOString()}: ${reason}`),
  ]
    .map((text) => oneLine(text, LONGEST_LINE))
    .join('\n');
}

function line({ id, openedAt, state, target, runbook, report, firing }: IncidentAccount): string {
  const causes = (report?.causes ?? []).filter(({ verdict }) => verdict === 'confirmed').map(({ title }) => title);
  return `${openedAt.slice(0, 19)}Z  ${id}  ${state.padEnd(12)}  ${target}  ${runbook ?? 'no runbook'}  ${causes.join('; ')}${firing > 0 ? `  (${firing} firing)` : ''}`;
}

function summary(totals: Readonly<Record<string, number>>): string {
  const parts = ['posted', 'joined', 'suppressed', 'rejected', 'pending'].flatMap((name) =>
    totals[name] ? [`${totals[name]} ${name}`] : [],
  );
  return parts.join(', ') || 'nothing received';
}
