import { isBrokenAt } from '../broken-part.ts';
import { turnOf } from '../crash-loop.ts';
import { type Facts, kubeletRuns } from '../facts.ts';
import { isHeldUp } from '../lapses.ts';
import { nowhere, type PodPlace, podNamed } from '../placement.ts';
import { etcdLog } from './etcd-log.ts';
import { badRequest, type Failure, notFound } from './status.ts';

export interface AskedLog {
  readonly namespace: string;
  readonly name: string;
  readonly query: URLSearchParams;
}

/** The lines a container has written, or why it has none, in the words of an API server. It asks the kubelet for them. */
export function podLog(facts: Facts, now: number, { namespace, name, query }: AskedLog): string | LogFailure {
  const place = podNamed(facts, namespace, name, now);
  if (!place) return notFound({ verb: 'get', group: '', plural: 'pods', namespace, name });
  const { container } = place.workload;
  const asked = query.get('container') ?? container;
  if (asked !== container) return badRequest(`container ${asked} is not valid for pod ${name}`);
  const away = unreached(place, now, query);
  if (away) return away;
  const log = written(facts, place, Number(query.get('sinceSeconds') ?? LOG_SECONDS), now);
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

/** `afterMs`: so long the API server waits before it says so. */
export type LogFailure = Failure & { readonly afterMs?: number };

/** How long Go's HTTP client waits for a process that accepts a connection and says nothing. */
const HANDSHAKE_MS = 10_000;

/** What the API server meets at the port of a kubelet that gives it nothing (recorded: refused). */
function unreached({ node, workload, name }: PodPlace, now: number, query: URLSearchParams): LogFailure | undefined {
  if (node === nowhere || (kubeletRuns(node, now) && !isHeldUp(node, now))) return undefined;
  const port = `${node.address}:10250`;
  const options = new URLSearchParams([...query].filter(([key]) => key !== 'container').sort());
  const get = `Get "https://${port}/containerLogs/${workload.namespace}/${name}/${workload.container}?${options}"`;
  return kubeletRuns(node, now)
    ? { code: 500, message: `${get}: net/http: TLS handshake timeout`, afterMs: HANDSHAKE_MS }
    : { code: 500, message: `${get}: dial tcp ${port}: connect: connection refused` };
}

/** As much as a kubelet keeps before it rotates the file. */
const LOG_SECONDS = 3_600;

/** Lines of no time are all that a run writes; the members of etcd go on writing. */
function written(facts: Facts, { workload, broken, node }: PodPlace, seconds: number, now: number): readonly string[] {
  if (isBrokenAt(broken, now)) return broken.log;
  if (workload.kind === 'StaticPod' && workload.name === 'etcd') return etcdLog(facts, node.name, now - seconds, now);
  return workload.log ?? [];
}
