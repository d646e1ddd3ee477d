import { accounts, type IncidentAccount } from '../../engine/accounts.ts';
import { webhookId } from '../../engine/intake.ts';
import { lettersIn } from '../../infra/local/inbox/unread.ts';
import { systemClock } from '../clock.ts';
import { reportJson } from '../report-json.ts';
import { incidentsPage } from './incidents-page.ts';
import { ExitCode, print, printJson, remark, terminal } from './outcome.ts';
import { openRecords, type RecordsOptions } from './records.ts';

/** `nightshift incidents`: also while the server runs, which it does not disturb. */
export async function incidents(options: RecordsOptions & { readonly json?: boolean }): Promise<ExitCode> {
  const records = await openRecords(options);
  try {
    const found = await accounts(records.store);
    // On AWS they stand in the queues, which is another question to other services.
    const deadLetters = await records.deadLetters?.();
    const known = new Set(found.webhooks.map(({ id }) => id));
    const unread = records.directory === undefined ? 0 : await unreadIn(records.directory, known);
    if (options.json) printJson({ ...found, incidents: found.incidents.map(asDocumented), unread, deadLetters });
    else print(incidentsPage(found, unread, deadLetters ?? [], systemClock.now(), terminal()));
    if (!deadLetters) remark('dead letters are not listed here: npm run dead-letters shows them');
  } finally {
    records.close();
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
