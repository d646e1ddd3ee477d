import { isBrokenAt } from '../broken-part.ts';
import { turnOf } from '../crash-loop.ts';
import type { Facts } from '../facts.ts';
import { podNamed } from '../placement.ts';
import { badRequest, type Failure, notFound } from './status.ts';

export interface AskedLog {
  readonly namespace: string;
  readonly name: string;
  readonly query: URLSearchParams;
}

/** The lines a container has written, or why it has none, in the words of an API server. */
export function podLog(facts: Facts, now: number, { namespace, name, query }: AskedLog): string | Failure {
  const place = podNamed(facts, namespace, name, now);
  if (!place) return notFound({ verb: 'get', group: '', plural: 'pods', namespace, name });
  const { container } = place.workload;
  const { log = [] } = isBrokenAt(place.broken, now) ? place.broken : place.workload;
  const asked = query.get('container') ?? container;
  if (asked !== container) return badRequest(`container ${asked} is not valid for pod ${name}`);
  if (query.get('previous') === 'true' && !turnOf(place, now)?.ended)
    return badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  const lines = Number(query.get('tailLines') ?? log.length);
  return lines === 0
    ? ''
    : log
        .slice(-lines)
        .map((line) => `${line}\n`)
        .join('');
}
