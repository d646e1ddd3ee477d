import type { Writer } from '../../engine/action.ts';
import { ReadFailure } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Answer, Kind, ProbeAnswer, ReadLimits, ReadRequest, Source } from '../../engine/readers.ts';
import { failureOf, isMissingObject, statusOf } from './failures.ts';
import { withPresentNames } from './flow-control.ts';
import { gist, inTime, type Reply, type Turn } from './http.ts';
import { type Kubelets, type KubeletTrust, kubeletsOf } from './kubelets.ts';
import { type Link, type LinkOptions, linkFrom } from './link.ts';
import { type KubeletRequest, type LogRequest, logPath, type ObjectRequest, pathOf, resources } from './resources.ts';
import { type Self, selfOver } from './self.ts';
import { writerOver } from './writer.ts';

export interface ClusterOptions extends LinkOptions {
  readonly clock?: Clock;
  /** Its kubelets may be asked, too, where their certificates can be verified so. Absent: they are not. */
  readonly kubelet?: KubeletTrust;
}

export interface KubernetesCluster {
  readonly source: Source;
  /** With the same credentials. It asks for nothing, and needs no right, until it is used. */
  readonly writer: Writer;
  /** Who this is, in the eyes of the API server. */
  readonly self: Self;
  /** The API server's URL. */
  readonly server: string;
  /** Lets running requests finish, then closes the connections. */
  close(): Promise<void>;
}

/**
 * One Kubernetes cluster under one identity. Throws `Refused` (code `KUBERNETES_CONFIG`) when the kubeconfig cannot be
 * used; says nothing about the API server, which is first asked by the first read.
 */
export async function clusterFrom(options: ClusterOptions): Promise<KubernetesCluster> {
  const { clock, kubelet, version } = options;
  const link = await linkFrom(options);
  try {
    return clusterOver(link, clock, await kubeletsOver(link, kubelet, version, clock));
  } catch (refused) {
    await link.close();
    throw refused;
  }
}

/** The kubelets of this cluster, where they may be asked. */
export async function kubeletsOver(
  { connection }: Link,
  trust: KubeletTrust | undefined,
  version: string,
  clock: Clock | undefined,
): Promise<Kubelets | undefined> {
  return trust && kubeletsOf(connection, { trust, version, ...(clock ? { clock } : {}) });
}

export function clusterOver(link: Link, clock?: Clock, kubelets?: Kubelets): KubernetesCluster {
  return {
    source: sourceOver(link, clock, kubelets),
    self: selfOver(link),
    // Made when somebody asks for it: a program that only looks need not hold its code.
    get writer() {
      return writerOver(link);
    },
    server: link.server.href,
    close: async () => {
      await Promise.all([link.close(), kubelets?.close()]);
    },
  };
}

export function sourceOver(link: Link, clock: Clock = { now: () => new Date() }, kubelets?: Kubelets): Source {
  const { connection } = link;
  const served = new Map<Kind, string>();

  async function readObject(request: ObjectRequest, turn: Turn): Promise<Answer> {
    const { versions } = resources[request.kind];
    const known = served.get(request.kind);
    const candidates = known === undefined ? versions : [known, ...versions.filter((version) => version !== known)];
    let reply: Reply | undefined;
    for (const version of candidates) {
      const asked = pathOf(request, version);
      reply = await link.ask({ path: asked, headers: { accept: acceptOf(request) } }, turn);
      if (reply.status === 404 && !isMissingObject(statusOf(reply.text), request)) continue; // not in this version
      if (reply.status !== 200) break;
      served.set(request.kind, version);
      return { body: withPresentNames(request.kind, json(reply)), bytes: reply.bytes, asked, asOf: clock.now() };
    }
    if (!reply) throw new ReadFailure('not-served', `${request.kind} has no API version`);
    throw failureOf(reply, request, connection);
  }

  async function readLogs(request: LogRequest, turn: Turn): Promise<Answer> {
    const asked = logPath(request);
    const reply = await link.ask({ path: asked, headers: { accept: '*/*' } }, turn);
    if (reply.status !== 200) throw failureOf(reply, request, connection);
    // Old kubelets send the beginning of a line of which nobody asked for any.
    return { body: request.lines === 0 ? '' : reply.text, bytes: reply.bytes, asked, asOf: clock.now() };
  }

  async function readProbe(request: Extract<ReadRequest, { verb: 'probe' }>, turn: Turn): Promise<Answer> {
    if (!/^\/(?!\/)/.test(request.path)) throw new ReadFailure('server-error', `not a URL path: ${request.path}`);
    const reply = await link.ask({ path: request.path, headers: { accept: JSON_ONLY } }, turn);
    if (reply.status === 401 || reply.status === 403) throw failureOf(reply, request, connection);
    const date = reply.header('date');
    const body: ProbeAnswer = { status: reply.status, text: reply.text, ...(date === undefined ? {} : { date }) };
    return { body, bytes: reply.bytes, asked: request.path, asOf: clock.now() };
  }

  async function readKubelet(request: KubeletRequest, turn: Turn): Promise<Answer> {
    if (kubelets === undefined) throw kubeletsNotConfigured();
    const { body } = await readObject({ verb: 'get', kind: 'Node', name: request.node }, turn);
    return kubelets.read(request, body, turn);
  }

  return {
    read: (request: ReadRequest, limits: ReadLimits) =>
      inTime(limits, (turn) => {
        switch (request.verb) {
          case 'get':
          case 'list':
            return readObject(request, turn);
          case 'logs':
            return readLogs(request, turn);
          case 'probe':
            return readProbe(request, turn);
          case 'kubelet':
            return readKubelet(request, turn);
          case 'incidents':
          case 'query':
          case 'range':
          case 'targets':
            throw new ReadFailure('not-configured', 'a Kubernetes API server answers no PromQL');
        }
      }),
  };
}

function kubeletsNotConfigured(): ReadFailure {
  return new ReadFailure('not-configured', 'the kubelets of this cluster may not be asked themselves', {
    remedy: [
      'If they may, add to clusters[] in nightshift.yaml: kubelet: { ca: cluster } where kubelets have serverTLSBootstrap: true,',
      'or kubelet: { caFile: PATH } with the authority that signs their serving certificates. Otherwise each signs its own,',
      'and a token is never sent to somebody who cannot be verified.',
    ].join(' '),
  });
}

const JSON_ONLY = 'application/json';
/** https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

function acceptOf(request: ObjectRequest): string {
  return request.verb === 'list' && request.as === 'table' ? TABLE : JSON_ONLY;
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
