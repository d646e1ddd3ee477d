import { BlockList, isIP } from 'node:net';
import { Refused } from '../../engine/errors.ts';

/** One on the way, and what names it, for messages. */
export interface ProxyServer {
  readonly url: string;
  /** With its port, without credentials. */
  readonly host: string;
  readonly namedBy: string;
}

/** The proxy on the way to there, if there is one. Throws `Refused` (`PROXY`) for one that we cannot speak to. */
export type Proxies = (to: URL) => ProxyServer | undefined;

/** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of an environment. */
export interface ProxyVariables {
  readonly https?: string | undefined;
  readonly http?: string | undefined;
  readonly except?: string | undefined;
}

/**
 * By the rules of Go, so that what kubectl reaches from here is reached: one variable for each scheme, none of them for this
 * machine itself, and none where NO_PROXY names the host (golang.org/x/net/http/httpproxy).
 */
export function proxiesOf({ https, http, except = '' }: ProxyVariables): Proxies {
  const exceptions = except.split(',').map((entry) => entry.trim().toLowerCase());
  return (to) => {
    const [namedBy, proxy] = to.protocol === 'https:' ? ['HTTPS_PROXY', https] : ['HTTP_PROXY', http];
    if (!proxy) return undefined;
    const host = bare(to.hostname);
    const port = to.port || (to.protocol === 'https:' ? '443' : '80');
    if (isHere(host) || exceptions.some((entry) => isExcepted(entry, host, port))) return undefined;
    // `squid:3128` is a proxy, too.
    return proxyAt(/^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`, namedBy, 'PROXY');
  };
}

/** Throws `Refused` with this code for one that we cannot speak to. */
export function proxyAt(url: string, namedBy: string, code: string): ProxyServer {
  const parsed = URL.parse(url);
  if (parsed?.hostname && /^(https?|socks5):$/.test(parsed.protocol)) return { url, host: parsed.host, namedBy };
  throw new Refused(code, `${namedBy} ${withoutUser(url)}: only http, https and socks5 proxies are supported`);
}

function withoutUser(url: string): string {
  return url.replace(/\/\/.*@/, '//');
}

function isHere(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, familyOf(host)));
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** `*`, a domain with all below it (`.domain`, `*.domain`: only below), an address, each with a port or not; or a network. */
function isExcepted(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const network = networkOf(entry);
  if (network) return isIP(host) !== 0 && network.check(host, familyOf(host));
  const [, name = '', ofPort] = isIP(entry) ? [entry, entry] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (name === '' || (ofPort !== undefined && ofPort !== port)) return false;
  if (isIP(bare(name))) return isIP(host) !== 0 && listOf(bare(name)).check(host, familyOf(host));
  const domain = name.replace(/^\*(?=\.)/, '');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function networkOf(entry: string): BlockList | undefined {
  const [, address = '', bits = ''] = /^([\da-f.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 6 ? 128 : 32)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, Number(bits), familyOf(address));
  return network;
}

function listOf(address: string): BlockList {
  const list = new BlockList();
  list.addAddress(address, familyOf(address));
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
