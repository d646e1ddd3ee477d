import type { Case } from '../../../engine/replay.ts';
import { requestKey } from '../../../engine/request.ts';
import type { Json } from './recording.ts';

type Read = Case['reads'][string];

const host = '10.123.0.1:6443';
const agent = (pods: readonly unknown[]) =>
  (pods as readonly { metadata: { name: string; namespace: string } }[]).find(({ metadata }) =>
    metadata.name.startsWith('node-agent-'),
  )?.metadata;
const passedOn = (end: string): Read => ({
  failure: {
    kind: 'server-error',
    message: `${host} answered 500: Get "https://10.123.0.1:10250/containerLogs/kube-system/node-agent-zbl8p/agent?limitBytes=1&tailLines=0": ${end}`,
  },
});
const failure = (kind: 'server-error' | 'forbidden' | 'not-found' | 'timed-out', message: string): Read => ({
  failure: { kind, message },
});

/** The answer to "the log of a pod on that node", in the words of an API server. Recorded: refused, denied. */
const answers = {
  served: { body: '' },
  denied: failure(
    'server-error',
    `${host} answered 500: Internal error occurred: Authorization error (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource=proxy)`,
  ),
  refused: passedOn('dial tcp 10.123.0.1:10250: connect: connection refused'),
  timedOut: passedOn('dial tcp 10.123.0.1:10250: i/o timeout'),
  noRoute: passedOn('dial tcp 10.123.0.1:10250: connect: no route to host'),
  unanswered: failure('timed-out', `gave up waiting for an answer from ${host} after 3 s`),
  forbidden: failure('forbidden', 'ServiceAccount nightshift/reader may not get pods/log in namespace kube-system'),
  gone: failure('not-found', 'pods "node-agent-zbl8p" not found'),
  noTunnel: passedOn('dial tcp 10.0.9.9:8131: connect: connection refused'),
} as const satisfies Readonly<Record<string, Read>>;
export type LogAnswer = keyof typeof answers;

/** Whether that answers what Prometheus' targets would be asked for. */
export function settles(answer: LogAnswer | undefined): boolean {
  return answer === 'served' || answer === 'denied' || answer === 'refused';
}

export function logReads(pods: readonly unknown[], answer: LogAnswer): Case['reads'] {
  const { name, namespace } = agent(pods) ?? { name: '', namespace: '' };
  return { [requestKey({ verb: 'logs', namespace, name, container: 'agent', lines: 0 })]: answers[answer] };
}

/** The recorded pods, with the container of the node's agent as it was: it runs, and is a DaemonSet's. */
export function withAgent(pods: readonly unknown[]): readonly unknown[] {
  const its = agent(pods);
  return (pods as readonly Json[]).map(({ metadata, status, ...rest }) =>
    (metadata as Json).name === its?.name
      ? {
          ...rest,
          metadata: {
            ...(metadata as Json),
            ownerReferences: [{ kind: 'DaemonSet', name: 'node-agent', controller: true }],
          },
          status: {
            ...(status as Json),
            containerStatuses: [{ name: 'agent', state: { running: { startedAt: '2026-11-21T07:27:20Z' } } }],
          },
        }
      : { metadata, status, ...rest },
  );
}
