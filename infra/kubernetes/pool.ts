import type { ConnectionOptions } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { ReadFailure, Refused } from '../../engine/errors.ts';
import { poolOptions } from './http.ts';
import type { TlsIdentity } from './tls.ts';

/** The one pool of connections of a cluster. */
export interface Pool {
  /** The pool, made anew when the identity changed (a rotated certificate); the old one finishes what it runs. */
  dispatcher(tls: TlsIdentity): Dispatcher;
  close(): Promise<void>;
}

/** What else a connection without a proxy looks at. */
export type Checks = Pick<ConnectionOptions, 'checkServerIdentity' | 'rejectUnauthorized'>;

/** `proxyUrl`: `proxy-url` of the kubeconfig (http, https or socks5). */
export function poolOf(proxyUrl?: string, checks: Checks = {}): Pool {
  if (proxyUrl && !/^(https?|socks5):\/\//.test(proxyUrl)) {
    throw new Refused('KUBERNETES_CONFIG', `proxy-url ${proxyUrl}: only http, https and socks5 proxies are supported`);
  }
  let current: { readonly tls: TlsIdentity; readonly dispatcher: Dispatcher } | undefined;
  let closing: Promise<void> | undefined;
  return {
    dispatcher: (tls) => {
      if (closing) throw new ReadFailure('unreachable', 'the connections to this cluster were closed');
      if (current?.tls !== tls) {
        void current?.dispatcher.close();
        current = { tls, dispatcher: proxyUrl ? throughProxy(proxyUrl, tls) : direct(tls, checks) };
      }
      return current.dispatcher;
    },
    close: () => {
      closing ??= current?.dispatcher.close() ?? Promise.resolve();
      return closing;
    },
  };
}

function direct(tls: TlsIdentity, checks: Checks): Dispatcher {
  return new Agent({ ...poolOptions, connect: { ...tls, ...checks } });
}

function throughProxy(uri: string, tls: TlsIdentity): Dispatcher {
  return new ProxyAgent({ ...poolOptions, uri, requestTls: tls });
}
