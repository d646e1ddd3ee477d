import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface WebProxy extends AsyncDisposable {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** What was asked of it so far: `CONNECT prod.example:6443`, `GET http://prom.example/…`. */
  readonly asked: string[];
}

/**
 * An HTTP proxy on loopback, with tunnels for TLS and without for plain HTTP. It knows every name: `end` is where all of them
 * lead (`https://127.0.0.1:PORT`); without it they lead where they say.
 */
export async function webProxy(end?: string): Promise<WebProxy> {
  const asked: string[] = [];
  const target = (named: string) => new URL(end ?? named);
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const named = new URL(request.url ?? '');
    const { hostname, port } = target(named.origin);
    const { method, headers } = request;
    const onward = httpRequest(
      { hostname, port, method, headers, path: `${named.pathname}${named.search}` },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    const { hostname, port } = target(`https://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    socket.on('error', () => {});
    onward.on('close', () => socket.end());
    socket.on('close', () => onward.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
