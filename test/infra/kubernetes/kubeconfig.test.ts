import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refused } from '../../../engine/errors.ts';
import { type ClusterOptions, clusterFrom } from '../../../infra/kubernetes/client.ts';
import { connectionFromFile } from '../../../infra/kubernetes/kubeconfig.ts';
import { type TempDir, tempDir } from '../../harness/temp.ts';
import { tlsFile, writeKubeconfig } from './loopback.ts';

let folder: TempDir;
beforeAll(async () => {
  folder = await tempDir('kubeconfig');
});
afterAll(() => folder[Symbol.asyncDispose]());

const fileWith = async (text: string): Promise<string> => {
  const file = join(folder.path, 'kubeconfig');
  await writeFile(file, text);
  return file;
};

const two = `
apiVersion: v1
kind: Config
current-context: staging
clusters:
- name: a
  cluster: { server: 'https://a.example:6443/' }
- name: b
  cluster: { server: 'https://b.example/k8s/clusters/c-1' }
contexts:
- { name: staging, context: { cluster: a, user: me } }
- { name: prod, context: { cluster: b, user: me, namespace: shop } }
- { name: torn, context: { cluster: gone, user: me } }
- { name: nobody, context: { cluster: a, user: gone } }
users:
- { name: me, user: { token: secret } }
`;

describe('a kubeconfig', () => {
  it('gives the server of its current context, or of the one asked for', async () => {
    const kubeconfig = await fileWith(two);
    const current = await clusterFrom({ kubeconfig, version: '1.2.3' });
    const asked = await clusterFrom({ kubeconfig, context: 'prod', version: '1.2.3' });
    expect([current.server, asked.server]).toEqual(['https://a.example:6443/', 'https://b.example/k8s/clusters/c-1']);
    await Promise.all([current.close(), asked.close()]);
  });

  it('is taken with paths relative to itself, and a plug-in path too', async () => {
    await mkdir(join(folder.path, 'pki'), { recursive: true });
    await writeFile(join(folder.path, 'pki/ca.crt'), readFileSync(tlsFile('ca.crt')));
    const file = await writeKubeconfig(
      folder.path,
      { server: 'https://a.example', 'certificate-authority': 'pki/ca.crt' },
      { 'client-certificate': 'pki/me.crt', 'client-key': 'pki/me.key', exec: { command: './login.sh' } },
    );
    const { cluster, user } = await connectionFromFile(file);
    expect(cluster.caFile).toBe(join(folder.path, 'pki/ca.crt'));
    expect([user.certFile, user.keyFile]).toEqual([join(folder.path, 'pki/me.crt'), join(folder.path, 'pki/me.key')]);
    expect(user.exec.command).toBe(join(folder.path, 'login.sh'));
  });
});

describe('a kubeconfig that cannot be used is refused with what to mend', () => {
  const refusal = async (options: Omit<ClusterOptions, 'version'>): Promise<string> => {
    const thrown: unknown = await clusterFrom({ ...options, version: '1.2.3' }).catch((reason) => reason);
    expect(thrown).toBeInstanceOf(Refused);
    expect((thrown as Refused).code).toBe('KUBERNETES_CONFIG');
    return (thrown as Refused).message;
  };
  const withUser = async (user: Record<string, unknown>, cluster: Record<string, unknown> = {}) =>
    refusal({ kubeconfig: await writeKubeconfig(folder.path, { server: 'https://a.example', ...cluster }, user) });

  it('when the file does not exist', async () => {
    expect(await refusal({ kubeconfig: '/no/such/kubeconfig' })).toMatch(
      'kubeconfig /no/such/kubeconfig: cannot be read (ENOENT',
    );
  });

  it('when it is broken YAML, by line', async () => {
    expect(await refusal({ kubeconfig: await fileWith('clusters:\n- name: "a\n') })).toMatch(
      /is not valid YAML: .*line \d/,
    );
  });

  it.each([['some text'], ['- a list'], [''], ['clusters: 3']])('when it is something else: %j', async (text) => {
    expect(await refusal({ kubeconfig: await fileWith(text) })).toMatch(/is not a kubeconfig: /);
  });

  it('when the context is not in it, listing those that are', async () => {
    const kubeconfig = await fileWith(two);
    expect(await refusal({ kubeconfig, context: 'prd' })).toContain(
      'has no context "prd" (its contexts: staging, prod, torn, nobody)',
    );
  });

  it('when it has no current context and none was given', async () => {
    const kubeconfig = await fileWith(two.replace(/current-context.*/, ''));
    expect(await refusal({ kubeconfig })).toMatch(/has no current-context.*staging, prod/);
    expect(await refusal({ kubeconfig: await fileWith('clusters: null\n') })).toMatch('it has no contexts');
  });

  it('when a context points at nothing', async () => {
    const kubeconfig = await fileWith(two);
    expect(await refusal({ kubeconfig, context: 'torn' })).toMatch(
      'names the cluster "gone", which is not in the file',
    );
    expect(await refusal({ kubeconfig, context: 'nobody' })).toMatch('names the user "gone", which is not in the file');
  });

  it('when a cluster has no server, by its place', async () => {
    const kubeconfig = await fileWith(
      two.replace("server: 'https://a.example:6443/'", 'insecure-skip-tls-verify: true'),
    );
    expect(await refusal({ kubeconfig })).toMatch('clusters[0].cluster.server is missing');
  });

  it('when the server is no URL, or would get credentials unencrypted', async () => {
    expect(await withUser({}, { server: 'a.example:6443' })).toMatch('its server is no http(s) URL: a.example:6443');
    expect(await withUser({ token: 'x' }, { server: 'http://a.example' })).toMatch(
      'would send credentials unencrypted',
    );
  });

  it('when a certificate file is missing, or does not fit its key', async () => {
    expect(await withUser({}, { 'certificate-authority': 'no-ca.crt' })).toMatch(
      /certificates are unusable: ENOENT.*no-ca/,
    );
    expect(
      await withUser({ 'client-certificate': tlsFile('client.crt'), 'client-key': tlsFile('expired.key') }),
    ).toMatch(/certificates are unusable: .*key/i);
  });

  it('when the proxy or the auth provider is of an unknown kind', async () => {
    expect(await withUser({}, { 'proxy-url': 'socks4://localhost:1080' })).toMatch('only http, https and socks5');
    expect(await withUser({ 'auth-provider': { name: 'ldap' } })).toMatch('unknown auth-provider "ldap"');
  });

  it('when a plug-in has no command', async () => {
    expect(await withUser({ exec: { args: [] } })).toMatch('users.0.user.exec.command');
  });

  it('when we are in no pod', async () => {
    expect(await refusal({ inCluster: { host: '10.96.0.1', port: '443', serviceAccountDir: folder.path } })).toMatch(
      /ca\.crt does not exist: this is no pod/,
    );
    expect(await refusal({})).toMatch('needs either a kubeconfig file or inCluster');
  });
});

const base64Of = (name: string) => readFileSync(tlsFile(name)).toString('base64');

describe('a kubeconfig with nothing beside it, as in AWS Lambda', () => {
  const opened = async (user: string, cluster = '') => {
    const kubeconfig = await fileWith(
      two
        .replace('{ token: secret }', user)
        .replace("'https://a.example:6443/'", `'https://a.example:6443/'${cluster}`),
    );
    const { close } = await clusterFrom({ kubeconfig, alone: true, version: '1.2.3' });
    await close();
  };

  it.each([
    ['a token', '{ token: secret }'],
    [
      'a certificate',
      `{ client-certificate-data: ${base64Of('client.crt')}, client-key-data: ${base64Of('client.key')} }`,
    ],
    ['a name and password', '{ username: me, password: secret }'],
  ])('can be used with %s', async (_what, user) => {
    await expect(opened(user)).resolves.toBeUndefined();
  });

  it.each([
    [
      "EKS' program",
      '{ exec: { apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [eks, get-token] } }',
      /user "me" asks the program aws for its token.*write \{ eks: \{ region: …, clusterName: … \} \} instead/,
    ],
    [
      'another program',
      '{ exec: { apiVersion: client.authentication.k8s.io/v1, command: gke-gcloud-auth-plugin, interactiveMode: Never } }',
      /program gke-gcloud-auth-plugin.*kubectl create token/,
    ],
    [
      'a token that gcloud renews',
      '{ auth-provider: { name: gcp, config: { access-token: t, cmd-path: /usr/bin/gcloud, expiry: "2026-11-21T04:00:00Z" } } }',
      /a token of gcp that the program \/usr\/bin\/gcloud renews.*kubectl create token/,
    ],
    [
      'a token that will be over',
      '{ auth-provider: { name: azure, config: { access-token: t, expires-on: "1795228860" } } }',
      /a token of azure that will be over, and nothing renews it.*kubectl create token/,
    ],
    ['a token in a file', '{ tokenFile: /var/run/token }', /in the file \/var\/run\/token.*--flatten/],
    [
      'a certificate in a file',
      '{ client-certificate: /a.crt, client-key: /a.key }',
      /in the file \/a\.crt.*--flatten/,
    ],
    ['no credentials', '{}', /user "me" has no credentials.*kubectl create token/],
  ])('cannot be used with %s, and says what to write instead', async (_what, user, words) => {
    await expect(opened(user)).rejects.toThrow(words);
  });

  it("cannot be used with the cluster's certificate in a file", async () => {
    await expect(opened('{ token: secret }', ', certificate-authority: /ca.crt')).rejects.toThrow(
      'the cluster has its certificate in the file /ca.crt',
    );
  });
});
