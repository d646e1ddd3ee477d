import type { Dispatcher } from 'undici';
import { Refused } from '../../engine/errors.ts';
import { credentialsOf, type Presented } from './credentials.ts';
import { ask, askNow, type Call, type Reply, type Turn, tell } from './http.ts';
import { type Connection, connectionFromFile, connectionInCluster, type InCluster } from './kubeconfig.ts';
import { poolOf } from './pool.ts';
import { type Proxies, type ProxyServer, proxyAt } from './proxies.ts';
import { checkSelfContained } from './self-contained.ts';

export interface LinkOptions {
  /** A kubeconfig file, and the context in it (default: its current-context). */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly inCluster?: InCluster;
  /** There are no programs and no files beside the kubeconfig: one that names any is refused. */
  readonly alone?: boolean;
  /** The way there where the kubeconfig names no `proxy-url`. */
  readonly proxies?: Proxies;
  /** Of Nightshift, for the User-Agent. */
  readonly version: string;
}

/** A call without what says where to and from whom. `path` is the API server's, with its query. */
export type Message = Omit<Call, 'origin' | 'proxy'>;

/** One API server under one identity, over one pool of kept-alive connections. */
export interface Link {
  readonly connection: Connection;
  /** `prod.example:6443` */
  readonly host: string;
  readonly server: URL;
  /** A question: asked again when a connection breaks, when the server says when, and with renewed credentials. */
  ask(message: Message, turn: Turn): Promise<Reply>;
  /** The same, without waiting where the server asks to come later. */
  askNow(message: Message, turn: Turn): Promise<Reply>;
  /** Sent once at most, whatever happens. `sending` is called when it is about to leave; before, it surely has not. */
  tell(message: Message, turn: Turn, sending: () => void): Promise<Reply>;
  /** Lets running requests finish, then closes the connections; nobody waits for a credential any more. */
  close(): Promise<void>;
}

/** Throws `Refused` (code `KUBERNETES_CONFIG`) when the kubeconfig cannot be used; asks the API server nothing yet. */
export async function linkFrom(options: LinkOptions): Promise<Link> {
  const connection = await connectionOf(options);
  if (options.alone) checkSelfContained(connection);
  return linkTo(connection, options.version, options.proxies);
}

export async function linkTo(connection: Connection, version: string, proxies?: Proxies): Promise<Link> {
  const server = checkedServer(connection);
  const credentials = await credentialsOf(connection);
  const proxy = proxyOf(connection, server, proxies);
  const pool = poolOf(proxy);
  const basePath = server.pathname.replace(/\/$/, '');

  type Way = (dispatcher: Dispatcher, call: Call) => Promise<Reply>;
  async function present(message: Message, turn: Turn, way: Way) {
    turn.waitingFor(credentials.what);
    const presented = await credentials.present();
    const headers = { ...message.headers, 'user-agent': `nightshift/${version}`, ...presented.headers };
    const call = { ...message, proxy, origin: server.origin, path: `${basePath}${message.path}`, headers };
    return { presented, reply: await way(pool.dispatcher(presented.tls), call) };
  }
  /** After a 401: whoever comes next presents newer credentials, if there are any. */
  const renewed = ({ presented, reply }: { readonly presented: Presented; readonly reply: Reply }) =>
    reply.status === 401 && credentials.renew(presented);

  async function asking(way: typeof ask, message: Message, turn: Turn): Promise<Reply> {
    const once = () => present(message, turn, (dispatcher, call) => way(dispatcher, call, turn));
    const first = await once();
    return renewed(first) ? (await once()).reply : first.reply;
  }

  return {
    connection,
    server,
    host: server.host,
    close: () => {
      credentials.close();
      return pool.close();
    },
    ask: (message, turn) => asking(ask, message, turn),
    askNow: (message, turn) => asking(askNow, message, turn),
    tell: async (message, turn, sending) => {
      const told = await present(message, turn, (dispatcher, call) => tell(dispatcher, call, turn, sending));
      renewed(told);
      return told.reply;
    },
  };
}

/** What the kubeconfig says goes first, and holds for this machine, too. */
function proxyOf({ cluster: { proxyUrl } }: Connection, server: URL, proxies?: Proxies): ProxyServer | undefined {
  if (proxyUrl) return proxyAt(proxyUrl, 'proxy-url of the kubeconfig', 'KUBERNETES_CONFIG');
  return proxies?.(server);
}

async function connectionOf({ kubeconfig, context, inCluster }: LinkOptions): Promise<Connection> {
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
