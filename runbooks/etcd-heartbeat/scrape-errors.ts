import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { someOf } from '../evidence/figures.ts';
import type { Maybe } from './facts.ts';
import type { Member } from './members.ts';
import type { EtcdTarget } from './target.ts';

/** How the last scrape of a target ended, in the words of Prometheus' HTTP client. */
export interface ScrapeError {
  readonly instance: string;
  readonly lastError: string;
}

const ScrapeErrors = z.array(
  z.object({ instance: z.string(), health: z.enum(['up', 'down', 'unknown']), lastError: z.string() }),
);

/** Of a scrape that fails at once only this tells whether anybody listens there. */
export const scrapeErrors: Evidence<readonly ScrapeError[], EtcdTarget> = {
  title: 'What the last scrapes of etcd ended with',
  schema: ScrapeErrors.transform((targets) => targets.map(({ instance, lastError }) => ({ instance, lastError }))),
  read: async ({ metrics }, { job = '*etcd*' }) =>
    someOf(await metrics.targets(job), 'among its targets is none of this job'),
  show: (rows) => rows.map(({ instance, lastError }) => `${instance} ${endOf(lastError) || 'no error'}`).join('; '),
};

/** The words of an error without what comes before: `connect: connection refused`, `server returned HTTP status 401 Unauthorized`. */
export function endOf(lastError: string): string {
  return lastError.replace(/^Get "[^"]*": /, '').replace(/^dial tcp \S+: /, '');
}

/** A gateway before it answers for one that is gone. */
const OF_A_GATEWAY = /HTTP status (502|503|504)/;
/**
 * Somebody answered: in TLS, in HTTP, or in one of them where the other was spoken. A certificate that has expired shows
 * in turns as `tls: bad certificate` and, where the refusal overtakes the request, as a broken pipe (seen on etcd 3.4).
 */
const ANSWERED = /\btls: |x509: |HTTP status \d|server gave HTTP response|malformed HTTP response|write: broken pipe$/;

/** `closed`: nothing listens on its port. `open`: a process does, and refuses the scrape. Undefined: not known. */
export function portOf({ instance }: Member, { scrapeErrors = [] }: Maybe): 'closed' | 'open' | undefined {
  const errors = scrapeErrors.filter((row) => row.instance === instance).map(({ lastError }) => lastError);
  if (errors.some((error) => ANSWERED.test(error) && !OF_A_GATEWAY.test(error))) return 'open';
  const isClosed = errors.length > 0 && errors.every((error) => error.endsWith('connect: connection refused'));
  return isClosed ? 'closed' : undefined;
}

/** `remote error: tls: bad certificate`: how a process that listens refuses. */
export function refusalOf({ instance }: Member, { scrapeErrors = [] }: Maybe): string {
  return endOf(scrapeErrors.find((row) => row.instance === instance)?.lastError ?? '');
}
