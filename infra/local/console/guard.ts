import type { IncomingMessage } from 'node:http';

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);
const isLoopback = (address: string | undefined) =>
  address !== undefined && (/^(::ffff:)?127\./.test(address) || address === '::1');

/**
 * Why a request to the page is refused, or `undefined`. The page has no login, so it is for this machine: a foreign
 * Host name is a rebound DNS name, a foreign Origin is another site's script, and another machine needs an explicit
 * invitation (`allowedHosts`).
 */
export function refusal(request: IncomingMessage, allowedHosts: readonly string[]): string | undefined {
  const host = request.headers.host ?? '';
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (!loopbackHosts.has(name) && !allowedHosts.includes(name))
    return `The console does not answer to the host name "${name}". ${advice(request)}`;
  if (!isLoopback(request.socket.localAddress) && allowedHosts.length === 0)
    return `The console answers only on the loopback interface. ${advice(request)}`;
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  const origin = request.headers.origin;
  if (origin !== `http://${host}` && origin !== `https://${host}`)
    return 'Requests that change something must come from the console’s own page.';
  return undefined;
}

function advice({ socket: { localPort: port } }: IncomingMessage): string {
  return `It has no login, so it is for this machine: open http://127.0.0.1:${port} there. From another one: ssh -L ${port}:127.0.0.1:${port} and this machine's name, then http://127.0.0.1:${port}.`;
}
