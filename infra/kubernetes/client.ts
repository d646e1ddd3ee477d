import { ReadFailure, Refused } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Answer, Kind, ProbeAnswer, ReadLimits, ReadRequest, Source } from '../../engine/readers.ts';
import { type Credentials, credentialsOf } from './credentials.ts';
import { failureOf, isMissingObject, statusOf } from './failures.ts';
import { ask, gist, inTime, type Reply, type Turn } from './http.ts';
import { type Connection, connectionFromFile, connectionInCluster, type InCluster } from './kubeconfig.ts';
import { type Pool, poolOf } from './pool.ts';
import { type ObjectRequest, pathOf, resources } from './resources.ts';

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
  const pool = poolOf(connection.cluster.proxyUrl);
  const { clock = { now: () => new Date() } } = options;
  const send = senderTo(server, credentials, pool, `nightshift/${options.version}`);
  const served = new Map<Kind, string>();

  async function readObject(request: ObjectRequest, turn: Turn): Promise<Answer> {
    const { versions } = resources[request.kind];
    const known = served.get(request.kind);
    const candidates = known === undefined ? versions : [known, ...versions.filter((version) => version !== known)];
    let reply: Reply | undefined;
    for (const version of candidates) {
      const asked = pathOf(request, version);
      reply = await send(asked, turn, acceptOf(request));
      if (reply.status === 404 && !isMissingObject(statusOf(reply.text), request)) continue; // not in this version
      if (reply.status !== 200) break;
      served.set(request.kind, version);
      return { body: json(reply), bytes: reply.bytes, asked, asOf: clock.now() };
    }
    if (!reply) throw new ReadFailure('not-served', `${request.kind} has no API version`);
    throw failureOf(reply, request, connection);
  }

  async function readProbe(request: Extract<ReadRequest, { verb: 'probe' }>, turn: Turn): Promise<Answer> {
    if (!/^\/(?!\/)/.test(request.path)) throw new ReadFailure('server-error', `not a URL path: ${request.path}`);
    const reply = await send(request.path, turn, JSON_ONLY);
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

const JSON_ONLY = 'application/json';
/** https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

function acceptOf(request: ObjectRequest): string {
  return request.verb === 'list' && request.as === 'table' ? TABLE : JSON_ONLY;
}

/** Sends a GET with our credentials; when they are refused, once more with renewed ones. */
function senderTo(server: URL, credentials: Credentials, pool: Pool, userAgent: string) {
  const basePath = server.pathname.replace(/\/$/, '');
  return async (path: string, turn: Turn, accept: string): Promise<Reply> => {
    const once = async () => {
      turn.waitingFor(credentials.what);
      const presented = await credentials.present();
      const headers = { accept, 'user-agent': userAgent, ...presented.headers };
      const call = { origin: server.origin, path: `${basePath}${path}`, headers };
      return { presented, reply: await ask(pool.dispatcher(presented.tls), call, turn) };
    };
    const { presented, reply } = await once();
    if (reply.status !== 401 || !credentials.renew(presented)) return reply;
    return (await once()).reply;
  };
}

async function connectionOf({ kubeconfig, context, inCluster }: ClusterOptions): Promise<Connection> {
  if (inCluster) return connectionInCluster(inCluster);
  if (kubeconfig) return connectionFromFile(kubeconfig, context);
  throw new Refused('KUBERNETES_CONFIG', 'a cluster needs either a kubeconfig file or inCluster');
}

/** Plain HTTP would send tokens in the clear, so it is only for this machine (`kubectl proxy`) or if TLS is waived. */
function checkedServer({ name, cluster }: Connection): URL {
  const server = URL.parse(cluster.server);
  if (!server || !/^https?:$/.test(server.protocol)) {
    throw new Refused('KUBERNETES_CONFIG', `context "${name}": its server is no http(s) URL: ${cluster.server}`);
  }
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(server.hostname);
  if (server.protocol === 'http:' && !local && !cluster.skipTLSVerify) {
    throw new Refused(
      'KUBERNETES_CONFIG',
      `context "${name}": ${server.href} would send credentials unencrypted; use https`,
    );
  }
  return server;
}

function json(reply: Reply): unknown {
  try {
    return JSON.parse(reply.text);
  } catch (thrown) {
    const type = reply.header('content-type') ?? 'no content type';
    const words = `the answer is not the JSON it should be (${type}): ${gist(reply.text) || 'empty'}`;
    throw new ReadFailure('unparsable', words, { cause: thrown });
  }
}
