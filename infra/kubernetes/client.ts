import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { messageOf, ReadFailure, Refused } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Answer, Kind, ProbeAnswer, ReadLimits, ReadRequest, Source } from '../../engine/readers.ts';
import { type Credentials, credentialsOf, type Presented } from './credentials.ts';
import { failureOf, isMissingObject, type KubernetesRequest, statusOf } from './failures.ts';
import { ask, gist, inTime, poolOptions, type Reply, type Turn } from './http.ts';
import { type Connection, connectionFromFile, connectionInCluster, type InCluster } from './kubeconfig.ts';
import { type ObjectRequest, pathOf, resources } from './resources.ts';
import type { TlsIdentity } from './tls.ts';

export interface ClusterOptions {
  /** A kubeconfig file, and the context in it (default: its current-context). */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly inCluster?: InCluster;
  /** Of Nightshift, for the User-Agent. */
  readonly version: string;
  readonly clock?: Clock;
}

export interface KubernetesCluster {
  readonly source: Source;
  /** The API server's URL. */
  readonly server: string;
  /** Lets running reads finish, then closes the connections. */
  close(): Promise<void>;
}

/**
 * One Kubernetes cluster over one pool of kept-alive connections. Throws `Refused` (code `KUBERNETES_CONFIG`) when the
 * kubeconfig cannot be used; says nothing about the API server, which is first asked by the first read.
 */
export async function clusterFrom(options: ClusterOptions): Promise<KubernetesCluster> {
  const connection = await connectionOf(options);
  const server = checkedServer(connection);
  const credentials = await credentialsOf(connection);
  const pool = poolFor(connection);
  const { clock = { now: () => new Date() } } = options;
  const send = sender(connection, server, credentials, pool, `nightshift/${options.version}`);
  const served = new Map<Kind, string>();

  async function readObject(request: ObjectRequest, turn: Turn): Promise<Answer> {
    const { versions } = resources[request.kind];
    const known = served.get(request.kind);
    const candidates = known === undefined ? versions : [known, ...versions.filter((version) => version !== known)];
    let reply: Reply | undefined;
    for (const version of candidates) {
      const asked = pathOf(request, version);
      reply = await send(asked, turn);
      if (reply.status === 404 && !isMissingObject(statusOf(reply.text), request)) continue; // not in this version
      served.set(request.kind, version);
      if (reply.status !== 200) break;
      return { body: json(reply), bytes: reply.bytes, asked, asOf: clock.now() };
    }
    if (!reply) throw new ReadFailure('not-served', `${request.kind} has no API version`);
    throw failureOf(reply, request, connection);
  }

  async function readProbe(request: Extract<ReadRequest, { verb: 'probe' }>, turn: Turn): Promise<Answer> {
    if (!/^\/(?!\/)/.test(request.path)) throw new ReadFailure('server-error', `not a URL path: ${request.path}`);
    const reply = await send(request.path, turn);
    if (reply.status === 401 || reply.status === 403) throw failureOf(reply, request, connection);
    const body: ProbeAnswer = { status: reply.status, text: reply.text };
    return { body, bytes: reply.bytes, asked: request.path, asOf: clock.now() };
  }

  return {
    server: server.href,
    close: pool.close,
    source: {
      read: (request: ReadRequest, limits: ReadLimits) =>
        inTime(limits, (turn) => {
          switch (request.verb) {
            case 'get':
            case 'list':
              return readObject(request, turn);
            case 'probe':
              return readProbe(request, turn);
            case 'query':
            case 'range':
              throw new ReadFailure('not-configured', 'a Kubernetes API server answers no PromQL');
          }
        }),
    },
  };
}
