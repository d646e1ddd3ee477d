import { accounts, type IncidentAccount } from '../../engine/accounts.ts';
import { webhookId } from '../../engine/intake.ts';
import { lettersIn } from '../../infra/local/inbox/unread.ts';
import { openReadOnly } from '../../infra/local/store/open.ts';
import { systemClock } from '../clock.ts';
import { settingsOf } from '../compose.ts';
import { reportJson } from '../report-json.ts';
import { incidentsPage } from './incidents-page.ts';
import { ExitCode, type GlobalOptions, print, printJson, terminal } from './outcome.ts';

/** `nightshift incidents`: also while the server runs, which it does not disturb. */
export async function incidents(options: GlobalOptions & { readonly json?: boolean }): Promise<ExitCode> {
  const { directory } = await settingsOf(options);
  const database = openReadOnly({ directory, clock: systemClock });
  try {
    const found = await accounts(database.store);
    const deadLetters = await database.queue.deadLetters();
    const known = new Set(found.webhooks.map(({ id }) => id));
    const unread = await unreadIn(directory, known);
    if (options.json) printJson({ ...found, incidents: found.incidents.map(asDocumented), unread, deadLetters });
    else print(incidentsPage(found, unread, deadLetters, systemClock.now(), terminal()));
  } finally {
    database.close();
  }
  return ExitCode.ok;
}

/** Requests that were answered 200 in a rush and have not been read since. */
async function unreadIn(directory: string, known: ReadonlySet<string>): Promise<number> {
  let unread = 0;
  for await (const arrival of lettersIn(directory)) if (!known.has(webhookId(arrival))) unread += 1;
  return unread;
}

function asDocumented({ report, ...incident }: IncidentAccount) {
  return report ? { ...incident, report: reportJson(report) } : incident;
}
