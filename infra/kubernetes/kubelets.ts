import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ReadFailure, Refused } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Answer } from '../../engine/readers.ts';
import { credentialsOf, type Presented } from './credentials.ts';
import { ask, duration, gist, jsonOf, type Reply, type Turn } from './http.ts';
import type { Connection } from './kubeconfig.ts';
import { isOrdinary, kubeletOf } from './kubelet-address.ts';
import { refusalOf, unreachableKubelet } from './kubelet-failures.ts';
import { identityCheck } from './kubelet-identity.ts';
import { poolOf } from './pool.ts';
import type { KubeletRequest } from './resources.ts';

/**
 * Whose signature on the serving certificate of a kubelet is believed: the cluster's own authority, or one in a PEM file.
 * There is no way to believe none: who asks sends the token of the reader.
 */
export type KubeletTrust = { readonly ca: 'cluster' } | { readonly caFile: string };

export interface KubeletOptions {
  readonly trust: KubeletTrust;
  /** Of Nightshift, for the User-Agent. */
  readonly version: string;
  readonly clock?: Clock;
  /** Which addresses may be asked. Only tests, whose stand-ins are on loopback, give another rule. */
  readonly mayAsk?: (address: string) => boolean;
}

/** The kubelets of a cluster, asked directly with the credentials of whoever reads its API server, and never through `nodes/proxy`. */
export interface Kubelets {
  /** `node`: its object, as the API server tells it. Throws `ReadFailure`. */
  read(request: KubeletRequest, node: unknown, turn: Turn): Promise<Answer>;
  close(): Promise<void>;
}

/** Throws `Refused` (`KUBERNETES_CONFIG`) where kubelets could not be verified, or would be asked as somebody else. */
export async function kubeletsOf(connection: Connection, options: KubeletOptions): Promise<Kubelets> {
  const { trust, version, clock = { now: () => new Date() }, mayAsk = isOrdinary } = options;
  const credentials = await credentialsOf(verifying(connection, trust));
  const names = identityCheck('ca' in trust);
  // Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not change it.
  const pool = poolOf(undefined, { checkServerIdentity: names.check, rejectUnauthorized: true });

  async function present(origin: string, path: string, turn: Turn) {
    turn.waitingFor(credentials.what);
    const presented = await credentials.present();
    const headers = { accept: 'application/json', 'user-agent': `nightshift/${version}`, ...bearerOf(presented) };
    const call = { origin, path, headers };
    return { presented, reply: await ask(pool.dispatcher(presented.tls), call, turn).catch(unreachableKubelet) };
  }

  async function answerOf(request: KubeletRequest, origin: string, turn: Turn): Promise<Reply> {
    const first = await present(origin, request.path, turn);
    if (first.reply.status !== 401 || !credentials.renew(first.presented)) return first.reply;
    return (await present(origin, request.path, turn)).reply;
  }

  return {
    close: () => {
      credentials.close();
      return pool.close();
    },
    async read(request, node, turn) {
      await untilThen(request, turn);
      const { host, origin } = kubeletOf(request.node, node, mayAsk);
      names.expect(host, request.node);
      const reply = await answerOf(request, origin, turn);
      if (reply.status !== 200) throw refusalOf(reply, request, { host: new URL(origin).host, what: credentials.what });
      const asked = `${origin}${request.path}`;
      return { body: checked(reply, request, asked), bytes: reply.bytes, asked, asOf: clock.now() };
    },
  };
}

/** The same identity, for peers whose certificates are verified whatever the kubeconfig says of the API server's. */
function verifying({ name, cluster, user, impersonation = {} }: Connection, trust: KubeletTrust): Connection {
  const refusal = (why: string) => new Refused('KUBERNETES_CONFIG', `kubelet: context "${name}" ${why}`);
  if (Object.keys(impersonation).length > 0)
    throw refusal('acts as somebody else ("as"), and a kubelet knows no impersonation: it would be asked as yourself');
  if (user.username) throw refusal('has a user name and a password, which no kubelet takes');
  const { server, caFile, caData } = cluster;
  const own = { ...(caFile ? { caFile } : {}), ...(caData ? { caData } : {}) };
  const trusted = 'ca' in trust ? own : { caFile: trust.caFile };
  if (Object.keys(trusted).length === 0)
    throw refusal('names no certificate authority of the cluster: give that of its kubelets, { caFile: PATH }');
  return { name: `${name}, kubelet`, user, cluster: { name, server, skipTLSVerify: false, ...trusted } };
}

/** Only the token: whatever else a request to the API server carries is not for kubelets. */
function bearerOf({ headers }: Presented): { readonly authorization?: string } {
  const authorization = headers.Authorization;
  return typeof authorization === 'string' && /^Bearer /.test(authorization) ? { authorization } : {};
}

async function untilThen({ afterSeconds = 0 }: KubeletRequest, turn: Turn): Promise<void> {
  if (afterSeconds === 0) return;
  const waitMs = afterSeconds * 1000;
  if (waitMs >= turn.remainingMs())
    throw new ReadFailure('timed-out', `no time is left to look again after ${duration(waitMs)}`);
  turn.waitingFor('the moment to look again');
  await sleep(waitMs, undefined, { signal: turn.signal });
}

const OfNode = z.object({ node: z.object({ nodeName: z.string() }) });

/** What one node tells is never taken for another's, as after an address has been given to a new one. */
function checked(reply: Reply, { node }: KubeletRequest, asked: string): unknown {
  const body = jsonOf(reply.text);
  const found = OfNode.safeParse(body).data?.node.nodeName;
  if (found === node) return body;
  const words = found === undefined ? `is not what a kubelet tells: ${gist(reply.text)}` : `is of the node ${found}`;
  throw new ReadFailure('unparsable', `the answer of ${asked} ${words}`);
}
