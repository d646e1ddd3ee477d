import { isBrokenAt } from '../broken-part.ts';
import { turnOf } from '../crash-loop.ts';
import type { Facts } from '../facts.ts';
import { type PodPlace, podNamed } from '../placement.ts';
import { etcdLog } from './etcd-log.ts';
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
  const log = written(facts, place, Number(query.get('sinceSeconds') ?? LOG_SECONDS), now);
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

/** As much as a kubelet keeps before it rotates the file. */
const LOG_SECONDS = 3_600;

/** Lines of no time are all that a run writes; the members of etcd go on writing. */
function written(facts: Facts, { workload, broken, node }: PodPlace, seconds: number, now: number): readonly string[] {
  if (isBrokenAt(broken, now)) return broken.log;
  if (workload.kind === 'StaticPod' && workload.name === 'etcd') return etcdLog(facts, node.name, now - seconds, now);
  return workload.log ?? [];
}
