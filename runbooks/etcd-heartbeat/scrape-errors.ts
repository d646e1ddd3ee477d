import type { Evidence } from '../../engine/runbook.ts';
import type { EtcdPod } from '../evidence/etcd-pods.ts';
import { someOf } from '../evidence/figures.ts';
import { endingOf, endOf, type ScrapeError, ScrapeErrors } from '../evidence/scrape-errors.ts';
import type { Maybe } from './facts.ts';
import { type Member, podOf } from './members.ts';
import type { EtcdTarget } from './target.ts';

/** Of a scrape that fails at once only this tells whether anybody listens there. */
export const scrapeErrors: Evidence<readonly ScrapeError[], EtcdTarget> = {
  title: 'What the last scrapes of etcd ended with',
  schema: ScrapeErrors,
  read: async ({ metrics }, { job = '*etcd*' }) =>
    someOf(await metrics.targets(job), 'among its targets is none of this job'),
  show: (rows) => rows.map(({ instance, lastError }) => `${instance} ${endOf(lastError) || 'no error'}`).join('; '),
};

/** The address that a refused connection was tried to. */
const DIALLED = /dial tcp (\S+): connect: connection refused$/;

/**
 * Where the scrape of a member ended. `closed`: nothing listens on a port that etcd's clients use, without which it serves
 * nobody. `shut`: nothing listens on the port that is scraped, and etcd's own is not asked: its metrics may have one for
 * themselves, which says nothing of its life. `open`: a process listens, and refuses the scrape. Undefined: not known.
 */
export function portOf(member: Member, { scrapeErrors = [], pods }: Maybe): 'closed' | 'shut' | 'open' | undefined {
  const errors = scrapeErrors.filter((row) => row.instance === member.instance).map(({ lastError }) => lastError);
  const ending = endingOf(errors);
  if (ending !== 'refused') return ending && 'open';
  const dialled = errors.map((error) => DIALLED.exec(error)?.[1]);
  if (dialled.includes(undefined)) return undefined;
  const pod = podOf(member, pods);
  return dialled.some((address = '') => isForClients(address, pod)) ? 'closed' : 'shut';
}

/** etcd's port for clients, by IANA and by its own default. */
const CLIENT_PORT = '2379';
const EVERY_ADDRESS = ['0.0.0.0', '[::]'];

/** Whether clients of etcd are told to come to this address, by the flags of its pod; where those are not seen, by custom. */
function isForClients(address: string, pod: EtcdPod | undefined): boolean {
  const dialled = URL.parse(`http://${address}`);
  if (dialled === null) return false;
  const unset = `http://localhost:${CLIENT_PORT}`;
  if (pod === undefined || pod.unseen?.listenClientUrls !== undefined) return dialled.port === CLIENT_PORT;
  return (pod.listenClientUrls ?? unset).split(',').some((text) => {
    const url = URL.parse(text);
    const isHere = url !== null && [dialled.hostname, ...EVERY_ADDRESS].includes(url.hostname);
    return isHere && url.port === dialled.port;
  });
}

/** `remote error: tls: bad certificate`: how a process that listens refuses. */
export function refusalOf({ instance }: Member, { scrapeErrors = [] }: Maybe): string {
  return endOf(scrapeErrors.find((row) => row.instance === instance)?.lastError ?? '');
}
