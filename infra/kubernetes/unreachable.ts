import { messageOf, ReadFailure } from '../../engine/errors.ts';
import { NOT_MEANT } from './kubelet-identity.ts';
import type { ProxyServer } from './proxies.ts';

/** What a failed connection means to the person who has to mend it, by error code of Node, OpenSSL or undici. */
const reasons: readonly (readonly [RegExp, (host: string) => string, string?])[] = [
  [/^ECONNREFUSED$/, (host) => `nothing listens on ${host} (connection refused)`],
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    (host) => `the name in ${host} does not resolve`,
    'Check the spelling, the DNS of this machine and the VPN.',
  ],
  [/^(EHOSTUNREACH|ENETUNREACH)$/, (host) => `there is no network route to ${host}`],
  [
    /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
    (host) => `${host} does not complete a connection`,
    'A firewall or a missing VPN drops the packets, or the machine there is dead or stuck.',
  ],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, (host) => `${host} closed the connection before the answer was complete`],
  [/^CERT_HAS_EXPIRED$/, (host) => `the serving certificate of ${host} has expired`],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    (host) => `the serving certificate of ${host} is for another name`,
    'Use a name the certificate holds, or set tls-server-name in the kubeconfig.',
  ],
  [new RegExp(`^${NOT_MEANT}$`), (host) => `the serving certificate of ${host} is not of the kubelet that was meant`],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    (host) => `the serving certificate of ${host} is signed by an authority that is not trusted`,
    'Give the right certificate authority (certificate-authority-data in the kubeconfig).',
  ],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/,
    (host) => `${host} does not speak TLS`,
    'Check the port, or use http:// if that is meant.',
  ],
  [
    /^ERR_SSL_.*ALERT/,
    (host) => `${host} refused the TLS handshake, most often because of the client certificate`,
    'Check that the client certificate is valid and signed by the authority the server asks for.',
  ],
  [/^(ERR_SSL_|EPROTO$)/, (host) => `the TLS handshake with ${host} failed`],
];

/** What goes wrong before the first byte: with a proxy on the way it is the proxy that was not reached. */
const BEFORE_TLS = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;

/**
 * Turns whatever a connection threw into words. The code stays in the message: people search for it. `proxy` is the one
 * on the way: that it refuses connections says nothing of the API server behind it.
 */
export function unreachable(thrown: unknown, host: string, proxy?: ProxyServer): ReadFailure {
  const code = codeOf(thrown);
  const [, reason, remedy] = reasons.find(([pattern]) => pattern.test(code)) ?? [];
  const place = proxy === undefined ? host : BEFORE_TLS.test(code) ? itself(proxy, host) : through(proxy.host, host);
  const words = reason ? `${reason(place)} [${code}]` : `talking to ${place} failed: ${messageOf(thrown)}`;
  const refused = code === 'ECONNREFUSED' && proxy === undefined;
  return new ReadFailure('unreachable', words, { cause: thrown, refused, ...(remedy === undefined ? {} : { remedy }) });
}

function itself(proxy: ProxyServer, host: string): string {
  return `${proxy.host}, the proxy (${proxy.namedBy}) on the way to ${host}`;
}

/** `prod.example:6443 (through the proxy squid:3128)` */
export function through(proxy: string, host: string): string {
  return `${host} (through the proxy ${proxy})`;
}

/** The connection ended under the request, as happens to a kept-alive one that the server had just given up. */
export function isCut(thrown: unknown): boolean {
  return /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(codeOf(thrown));
}

/** A failed attempt at several addresses (IPv6 and IPv4) carries its codes inside. */
export function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return '';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0]);
  return '';
}
