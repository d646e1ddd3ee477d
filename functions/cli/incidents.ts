import { accounts, type IncidentAccount } from '../../engine/accounts.ts';
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
    if (options.json) printJson({ ...found, incidents: found.incidents.map(asDocumented), deadLetters });
    else print(incidentsPage(found, deadLetters, systemClock.now(), terminal()));
  } finally {
    database.close();
  }
  return ExitCode.ok;
}

function asDocumented({ report, ...incident }: IncidentAccount) {
  return report ? { ...incident, report: reportJson(report) } : incident;
}
