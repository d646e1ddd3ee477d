import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathOf } from './programs.ts';

/** Paths of PEM files. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

export interface Pki {
  readonly ca: Credentials;
  /** Signs the tokens of ServiceAccounts. */
  readonly serviceAccounts: { readonly publicKey: string; readonly key: string };
  /** The API server's and the controller manager's serving certificate, for 127.0.0.1 and localhost. */
  readonly serving: Credentials;
  /** A member of system:masters: no RBAC rule and no priority level ever stops it. */
  readonly admin: Credentials;
  readonly controllerManager: Credentials;
}

const openssl = (...args: readonly string[]) => promisify(execFile)(pathOf('openssl'), args);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const;

/** The certificates of a control plane, made in `folder` with openssl; good for a day. */
export async function makePki(folder: string): Promise<Pki> {
  const at = (name: string) => join(folder, name);
  const ca = { cert: at('ca.crt'), key: at('ca.key') };
  await openssl('req', '-x509', ...newKey, '-days', '1', '-subj', '/CN=test-ca', '-keyout', ca.key, '-out', ca.cert);

  const certificate = async (name: string, subject: string, extensions: readonly string[]): Promise<Credentials> => {
    const made = { cert: at(`${name}.crt`), key: at(`${name}.key`) };
    await writeFile(at(`${name}.ext`), ['basicConstraints=CA:FALSE', ...extensions].join('\n'));
    await openssl('req', '-new', ...newKey, '-subj', subject, '-keyout', made.key, '-out', at(`${name}.csr`));
    await openssl(
      ...['x509', '-req', '-days', '1', '-in', at(`${name}.csr`), '-out', made.cert, '-extfile', at(`${name}.ext`)],
      ...['-CA', ca.cert, '-CAkey', ca.key, '-set_serial', `0x${Buffer.from(name).toString('hex')}`],
    );
    return made;
  };
  const client = ['extendedKeyUsage=clientAuth'];
  const server = ['extendedKeyUsage=serverAuth', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const serviceAccounts = { publicKey: at('sa.pub'), key: at('sa.key') };
  await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', serviceAccounts.key);
  await openssl('pkey', '-in', serviceAccounts.key, '-pubout', '-out', serviceAccounts.publicKey);
  const [serving, admin, controllerManager] = await Promise.all([
    certificate('serving', '/CN=localhost', server),
    certificate('admin', '/O=system:masters/CN=admin', client),
    certificate('controller-manager', '/CN=system:kube-controller-manager', client),
  ]);
  return { ca, serviceAccounts, serving, admin, controllerManager };
}

/** A kubeconfig that stands alone: certificates and keys are in it, no paths. */
export async function writeKubeconfig(
  path: string,
  to: { readonly url: string; readonly caFile: string },
  user: Credentials | { readonly token: string },
): Promise<string> {
  const base64 = async (file: string) => (await readFile(file)).toString('base64');
  const cluster = { server: to.url, 'certificate-authority-data': await base64(to.caFile) };
  const credentials =
    'token' in user
      ? user
      : { 'client-certificate-data': await base64(user.cert), 'client-key-data': await base64(user.key) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster }],
    users: [{ name: 'user', user: credentials }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'user' } }],
    'current-context': 'real',
  };
  await writeFile(path, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  return path;
}
