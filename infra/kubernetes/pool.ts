import type { ConnectionOptions } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { ReadFailure } from '../../engine/errors.ts';
import { poolOptions } from './http.ts';
import type { ProxyServer } from './proxies.ts';
import type { TlsIdentity } from './tls.ts';

/** The one pool of connections of a cluster. */
export interface Pool {
  /** The pool, made anew when the identity changed (a rotated certificate); the old one finishes what it runs. */
  dispatcher(tls: TlsIdentity): Dispatcher;
  close(): Promise<void>;
}

/** What else a connection without a proxy looks at. */
export type Checks = Pick<ConnectionOptions, 'checkServerIdentity' | 'rejectUnauthorized'>;

export function poolOf(proxy?: ProxyServer, checks: Checks = {}): Pool {
  let current: { readonly tls: TlsIdentity; readonly dispatcher: Dispatcher } | undefined;
  let closing: Promise<void> | undefined;
  return {
    dispatcher: (tls) => {
      if (closing) throw new ReadFailure('unreachable', 'the connections to this cluster were closed');
      if (current?.tls !== tls) {
        void current?.dispatcher.close();
        current = { tls, dispatcher: connections(proxy, tls, checks) };
      }
      return current.dispatcher;
    },
    close: () => {
      closing ??= current?.dispatcher.close() ?? Promise.resolve();
      return closing;
    },
  };
}

/** Kept alive, and straight to where a call goes unless there is a proxy. */
export function connections(proxy: ProxyServer | undefined, tls: TlsIdentity, checks: Checks = {}): Dispatcher {
  return proxy
    ? new ProxyAgent({ ...poolOptions, uri: proxy.url, requestTls: tls })
    : new Agent({ ...poolOptions, connect: { ...tls, ...checks } });
}
