import type { Evidence } from '../../engine/runbook.ts';
import { someOf } from '../evidence/figures.ts';
import { endingOf, endOf, type ScrapeError, ScrapeErrors } from '../evidence/scrape-errors.ts';
import type { Maybe } from './facts.ts';
import type { Member } from './members.ts';
import type { EtcdTarget } from './target.ts';

/** Of a scrape that fails at once only this tells whether anybody listens there. */
export const scrapeErrors: Evidence<readonly ScrapeError[], EtcdTarget> = {
  title: 'What the last scrapes of etcd ended with',
  schema: ScrapeErrors,
  read: async ({ metrics }, { job = '*etcd*' }) =>
    someOf(await metrics.targets(job), 'among its targets is none of this job'),
  show: (rows) => rows.map(({ instance, lastError }) => `${instance} ${endOf(lastError) || 'no error'}`).join('; '),
};

/** `closed`: nothing listens on its port. `open`: a process does, and refuses the scrape. Undefined: not known. */
export function portOf({ instance }: Member, { scrapeErrors = [] }: Maybe): 'closed' | 'open' | undefined {
  const errors = scrapeErrors.filter((row) => row.instance === instance).map(({ lastError }) => lastError);
  const ending = endingOf(errors);
  return ending && (ending === 'refused' ? 'closed' : 'open');
}

/** `remote error: tls: bad certificate`: how a process that listens refuses. */
export function refusalOf({ instance }: Member, { scrapeErrors = [] }: Maybe): string {
  return endOf(scrapeErrors.find((row) => row.instance === instance)?.lastError ?? '');
}
