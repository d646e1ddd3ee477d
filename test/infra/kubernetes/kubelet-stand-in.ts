import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathOf } from '../../harness/programs.ts';

/** Paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const openssl = (...args: readonly string[]) => promisify(execFile)(pathOf('openssl'), args);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'] as const;

export interface Authority extends Certificate {
  /** A serving certificate, as `kubernetes.io/kubelet-serving` signs it for a kubelet. */
  serving(node: string, address?: string): Promise<Certificate>;
  client(name: string): Promise<Certificate>;
}

/** An authority whose certificates are good for a day. */
export async function authority(folder: string, name: string): Promise<Authority> {
  const at = (file: string) => join(folder, `${name}-${file}`);
  const ca = { cert: at('ca.crt'), key: at('ca.key') };
  await openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-keyout', ca.key, '-out', ca.cert);
  const signed = async (file: string, subject: string, extensions: readonly string[]): Promise<Certificate> => {
    const made = { cert: at(`${file}.crt`), key: at(`${file}.key`) };
    await writeFile(at(`${file}.ext`), ['basicConstraints=CA:FALSE', ...extensions].join('\n'));
    await openssl(
      'req',
      '-new',
      ...newKey.slice(0, -2),
      '-subj',
      subject,
      '-keyout',
      made.key,
      '-out',
      at(`${file}.csr`),
    );
    await openssl(
      ...['x509', '-req', '-days', '1', '-in', at(`${file}.csr`), '-out', made.cert, '-extfile', at(`${file}.ext`)],
      ...['-CA', ca.cert, '-CAkey', ca.key, '-set_serial', `0x${Buffer.from(file).toString('hex')}`],
    );
    return made;
  };
  return {
    ...ca,
    serving: (node, address = '127.0.0.1') =>
      signed(`${node}-${address}`, `/O=system:nodes/CN=system:node:${node}`, [
        'extendedKeyUsage=serverAuth',
        `subjectAltName=IP:${address}`,
      ]),
    client: (user) => signed(user, `/CN=${user}`, ['extendedKeyUsage=clientAuth']),
  };
}

/** What a kubelet makes for itself without serverTLSBootstrap. */
export async function selfSigned(folder: string): Promise<Certificate> {
  const made = { cert: join(folder, 'self.crt'), key: join(folder, 'self.key') };
  const address = ['-addext', 'subjectAltName=IP:127.0.0.1'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    ...address,
    '-subj',
    '/CN=worker-3@1763700000',
    '-keyout',
    made.key,
    '-out',
    made.cert,
  );
  return made;
}

export interface StandIn extends AsyncDisposable {
  readonly port: number;
  /** The requests that reached it, whatever they carried. */
  readonly asked: readonly IncomingMessage[];
  connections(): number;
}

/** A kubelet's port on loopback. It asks for client certificates as a kubelet does, and leaves judging them to the handler. */
export async function standIn(
  { cert, key }: Certificate,
  handler: RequestListener,
  clientCa?: string,
): Promise<StandIn> {
  const asked: IncomingMessage[] = [];
  let connections = 0;
  const tls = { cert: readFileSync(cert), key: readFileSync(key), requestCert: true, rejectUnauthorized: false };
  const server = createServer(clientCa ? { ...tls, ca: readFileSync(clientCa) } : tls, (request, response) => {
    asked.push(request);
    handler(request, response);
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
