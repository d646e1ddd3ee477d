import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { messageOf, Refused } from '../../engine/errors.ts';
import type { Connection } from './kubeconfig.ts';

/** Files are looked at again this often, as the library does with token files. */
const REREAD_MS = 60_000;

/** PEM texts and names for the TLS handshake. */
export interface TlsIdentity {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * The certificates of a connection, read again now and then because whoever issued them rotates them in place. Throws
 * `Refused` at once when they cannot be read or do not belong together; later it keeps the last ones that did.
 */
export function tlsOf(connection: Connection): () => TlsIdentity {
  let identity = readIdentity(connection);
  let readAt = performance.now();
  return () => {
    if (performance.now() - readAt < REREAD_MS) return identity;
    readAt = performance.now();
    try {
      identity = readIdentity(connection);
    } catch {
      // Half-written, or a certificate whose key has not arrived yet: look again next time.
    }
    return identity;
  };
}

export function sameIdentity(a: TlsIdentity, b: TlsIdentity): boolean {
  return a.ca === b.ca && a.cert === b.cert && a.key === b.key;
}

function readIdentity({ name, cluster, user }: Connection): TlsIdentity {
  try {
    const identity = withoutUndefined({
      ca: pem(cluster.caFile, cluster.caData),
      cert: pem(user.certFile, user.certData),
      key: pem(user.keyFile, user.keyData),
      servername: cluster.tlsServerName,
      rejectUnauthorized: cluster.skipTLSVerify ? false : undefined,
    });
    createSecureContext(identity);
    return identity;
  } catch (thrown) {
    throw new Refused(
      'KUBERNETES_CONFIG',
      `context "${name}": certificates are unusable: ${messageOf(thrown)}`,
      thrown,
    );
  }
}

/** A file wins over inline data, as in the library. */
export function pem(file: string | undefined, base64: string | undefined): string | undefined {
  if (file) return readFileSync(file, 'utf8');
  return base64 ? Buffer.from(base64, 'base64').toString('utf8') : undefined;
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;
}
