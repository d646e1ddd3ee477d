import { accounts } from '../../engine/accounts.ts';
import { openReadOnly } from '../../infra/local/store/open.ts';
import { settingsOf, systemClock } from '../compose.ts';
import { incidentsPage } from './incidents-page.ts';
import { ExitCode, type GlobalOptions, print, printJson, terminal } from './outcome.ts';

/** `nightshift incidents`: also while the server runs, which it does not disturb. */
export async function incidents(options: GlobalOptions & { readonly json?: boolean }): Promise<ExitCode> {
  const { directory } = await settingsOf(options);
  const database = openReadOnly({ directory, clock: systemClock });
  try {
    const found = await accounts(database.store);
    const deadLetters = await database.queue.deadLetters();
    if (options.json) printJson({ ...found, deadLetters });
    else print(incidentsPage(found, deadLetters, systemClock.now(), terminal()));
  } finally {
    database.close();
  }
  return ExitCode.ok;
}
