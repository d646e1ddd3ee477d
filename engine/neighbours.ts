import { ReadFailure } from './errors.ts';
import { type Incident, isOpen } from './incident.ts';
import type { Clock, Store } from './ports.ts';
import type { OpenIncident, Source } from './readers.ts';
import { targetName } from './target.ts';

/** Of more nobody reads which is near. */
const MOST = 200;
/** The collection holds closed incidents too; beyond this it is not searched while somebody waits. */
const MOST_READ = 2_000;

/** A cluster's source that also tells what else is open in this cluster. */
export function withIncidents(
  source: Source,
  { store, clock }: { readonly store: Pick<Store, 'list'>; readonly clock: Clock },
  { id, cluster }: Pick<Incident, 'id' | 'cluster'>,
): Source {
  return {
    read: async (request, limits) => {
      if (request.verb !== 'incidents') return source.read(request, limits);
      const stored = await store.list<Incident>('incidents', { limit: MOST_READ });
      if (stored.length === MOST_READ) throw new ReadFailure('too-large', `there are ${MOST_READ} incidents or more`);
      const body = stored
        .map(({ value }) => value)
        .filter((other) => other.id !== id && other.cluster === cluster && isOpen(other) && other.state !== 'folded')
        .sort((one, other) => Date.parse(one.openedAt) - Date.parse(other.openedAt))
        .slice(-MOST)
        .map(told);
      return { body, bytes: 0, asked: 'incidents', asOf: clock.now() };
    },
  };
}

function told({ target, alertNames, report, since }: Incident): OpenIncident {
  const confirmed = (report?.causes ?? []).filter(({ verdict }) => verdict === 'confirmed');
  return {
    target: targetName(target),
    alerts: Object.keys(alertNames),
    causes: confirmed.map(({ title }) => title),
    ...(since === undefined ? {} : { since }),
  };
}
