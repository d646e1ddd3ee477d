import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** A path of the certificates kept for these tests. */
export function tlsFile(name: string): string {
  return fileURLToPath(new URL(`tls/${name}`, import.meta.url));
}

export interface Loopback extends AsyncDisposable {
  readonly url: string;
  /** Connections accepted so far. */
  connections(): number;
}

/** A real HTTPS server that asks for client certificates and, like an API server, leaves judging them to its handler. */
export function loopbackTls(handler: RequestListener): Promise<Loopback> {
  const options = {
    cert: readFileSync(tlsFile('server.crt')),
    key: readFileSync(tlsFile('server.key')),
    ca: readFileSync(tlsFile('ca.crt')),
    requestCert: true,
    rejectUnauthorized: false,
  };
  return listening(createHttpsServer(options, handler), 'https', 'secureConnection');
}

export function loopback(handler: RequestListener): Promise<Loopback> {
  return listening(createHttpServer(handler), 'http', 'connection');
}

async function listening(
  server: ReturnType<typeof createHttpServer> | ReturnType<typeof createHttpsServer>,
  scheme: string,
  accepted: string,
): Promise<Loopback> {
  let connections = 0;
  server.on(accepted, () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The common name of the client certificate a request came with, if it is one our authority signed. */
export function clientName(socket: unknown): string | undefined {
  const tls = socket as TLSSocket;
  return tls.authorized ? String(tls.getPeerCertificate().subject.CN) : undefined;
}

/** Writes a kubeconfig with one context `prod` and returns its path. */
export async function writeKubeconfig(
  folder: string,
  cluster: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const file = join(folder, 'kubeconfig');
  const config = {
    'current-context': 'prod',
    clusters: [{ name: 'prod-cluster', cluster }],
    users: [{ name: 'viewer', user }],
    contexts: [{ name: 'prod', context: { cluster: 'prod-cluster', user: 'viewer' } }],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}
