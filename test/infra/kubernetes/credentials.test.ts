import { copyFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { clusterFrom } from '../../../infra/kubernetes/client.ts';
import { credentialsOf } from '../../../infra/kubernetes/credentials.ts';
import { connectionFromFile } from '../../../infra/kubernetes/kubeconfig.ts';
import { failureOf } from '../../contract/source.ts';
import { bearer, guardedServer, limits, node, trusted } from './guarded.ts';
import { clientName, tlsFile, writeKubeconfig } from './loopback.ts';
import { webProxy } from './web-proxy.ts';

const api = guardedServer();

describe('what the library would send, we send', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a token', { token: 'abc' }],
    ['a user name and password', { username: 'jane', password: 'pass:word' }],
    ['a client certificate', { 'client-certificate': tlsFile('client.crt'), 'client-key': tlsFile('client.key') }],
    ['a user to act as', { token: 'abc', as: 'jane' }],
    ['nothing', {}],
  ])('%s', async (_what, user) => {
    const kubeconfig = await writeKubeconfig(api.path('.'), { server: api.url(), ...trusted }, user);
    const library = new KubeConfig();
    library.loadFromFile(kubeconfig);
    const theirs: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
    await library.applyToHTTPSOptions(theirs);
    const ours = await (await credentialsOf(await connectionFromFile(kubeconfig))).present();

    const basic = typeof theirs.auth === 'string' ? Buffer.from(theirs.auth).toString('base64') : undefined;
    expect(ours.headers).toEqual({ ...theirs.headers, ...(basic ? { Authorization: `Basic ${basic}` } : {}) });
    expect(ours.tls).toEqual(
      Object.fromEntries(
        [['ca', theirs.ca] as const, ['cert', theirs.cert] as const, ['key', theirs.key] as const]
          .filter(([, value]) => value)
          .map(([name, value]) => [name, String(value)]),
      ),
    );
  });
});

describe('acting as somebody', () => {
  const asJane = {
    ...{ token: 'abc', as: 'jane', 'as-uid': '4f1', 'as-groups': ['viewers', 'on-call'] },
    'as-user-extra': { 'example.org/(scope)': ['read', 'list'] },
  };

  it('brings the uid, every group and every extra value to the API server', async () => {
    const lines: string[] = [];
    const server = createServer((request, response) => {
      lines.push(...request.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : [])));
      response.setHeader('content-type', 'application/json').end('{}');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const kubeconfig = await writeKubeconfig(api.path('.'), { server: `http://127.0.0.1:${port}` }, asJane);
    const { source, close } = await clusterFrom({ kubeconfig, version: '1.2.3' });
    onTestFinished(close);
    await source.read(node, limits);

    expect(lines.filter((line) => /^impersonate/i.test(line))).toEqual([
      'Impersonate-User: jane',
      'Impersonate-Uid: 4f1',
      'Impersonate-Group: viewers',
      'Impersonate-Group: on-call',
      'Impersonate-Extra-example.org%2F%28scope%29: read',
      'Impersonate-Extra-example.org%2F%28scope%29: list',
    ]);
  });

  it.each(['as-uid', 'as-groups', 'as-user-extra'] as const)('by %s alone is refused, in words', async (part) => {
    const kubeconfig = await writeKubeconfig(
      api.path('.'),
      { server: api.url(), ...trusted },
      { [part]: asJane[part] },
    );
    await expect(connectionFromFile(kubeconfig)).rejects.toThrow(
      /user "viewer" has as-uid, as-groups or as-user-extra without "as": say whom to act as/,
    );
  });
});

describe('a token file', () => {
  it('named in the kubeconfig is read, whatever white space ends it', async () => {
    await writeFile(api.path('token'), 'first\n');
    const { source } = await api.clusterAs({ tokenFile: 'token' });
    await source.read(node, limits);
    expect(api.seen[0]?.authorization).toBe('Bearer first');
  });

  it('goes before a token beside it, with what was last read in it', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { source } = await api.clusterAs({ token: 'of-old', tokenFile: 'token' });
    const told = async (change: Promise<void>) => {
      await change;
      vi.setSystemTime(Date.now() + 61_000);
      await source.read(node, limits);
      return api.seen.at(-1)?.authorization;
    };
    expect(await told(Promise.resolve())).toBe('Bearer of-old');
    expect(await told(writeFile(api.path('token'), 'first\n'))).toBe('Bearer first');
    expect(await told(writeFile(api.path('token'), 'second\n'))).toBe('Bearer second');
    expect(await told(rm(api.path('token')))).toBe('Bearer second');
  });

  it('whose token is no longer accepted, and that is gone, leaves the token beside it', async () => {
    await writeFile(api.path('token'), 'first');
    const { source } = await api.clusterAs({ token: 'spare', tokenFile: 'token' });
    await source.read(node, limits);
    await rm(api.path('token'));
    api.accepts = bearer('spare');
    await expect(source.read(node, limits)).resolves.toBeDefined();
  });

  it('that vanished is named', async () => {
    const { source } = await api.clusterAs({ tokenFile: 'token' });
    const failure = await failureOf(source.read(node, limits), 'unauthorized');
    expect(failure.message).toMatch(/^no credentials for user "viewer": ENOENT.*token/);
  });
});

describe('in a pod', () => {
  const inPod = async () => {
    await copyFile(tlsFile('ca.crt'), api.path('ca.crt'));
    await writeFile(api.path('token'), 'first');
    const { hostname: host, port } = new URL(api.url());
    return api.cluster({ inCluster: { host, port, serviceAccountDir: api.path('.') } });
  };

  it('the ServiceAccount speaks to the server of the environment', async () => {
    const { source, server } = await inPod();
    await source.read(node, limits);
    expect(server).toBe(`${api.url()}/`);
    expect(api.seen[0]?.authorization).toBe('Bearer first');
  });

  it('the token is read again after a minute', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { source } = await inPod();
    await source.read(node, limits);
    await writeFile(api.path('token'), 'second');
    await source.read(node, limits);
    vi.setSystemTime(Date.now() + 61_000);
    await source.read(node, limits);
    expect(api.seen.map(({ authorization }) => authorization)).toEqual([
      'Bearer first',
      'Bearer first',
      'Bearer second',
    ]);
  });

  it('the token is read again at once when it is no longer accepted', async () => {
    const { source } = await inPod();
    await source.read(node, limits);
    await writeFile(api.path('token'), 'second');
    api.accepts = bearer('second');
    const answers = await Promise.all(Array.from({ length: 5 }, () => source.read(node, limits)));
    expect(answers).toHaveLength(5);
  });

  it('a token that stays refused fails, without asking for ever', async () => {
    const { source } = await inPod();
    api.accepts = () => false;
    const failure = await failureOf(source.read(node, limits), 'unauthorized');
    expect(failure.message).toContain(`does not accept the token in ${api.path('token')} (401)`);
    expect(api.seen).toHaveLength(2);
    await failureOf(source.read(node, limits), 'unauthorized');
    expect(api.seen).toHaveLength(3);
  });
});

describe('a client certificate', () => {
  it('that expired is told with its date', async () => {
    api.accepts = ({ socket }) => clientName(socket) !== undefined;
    const { source } = await api.clusterAs({
      'client-certificate': tlsFile('expired.crt'),
      'client-key': tlsFile('expired.key'),
    });
    const failure = await failureOf(source.read(node, limits), 'unauthorized');
    expect(failure.message).toContain('does not accept the client certificate of user "viewer"');
    expect(failure.remedy).toContain('It expired on 2025-01-01.');
  });

  it('that is replaced in its file is taken up within a minute or so', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const put = async (name: string) => {
      await copyFile(tlsFile(`${name}.crt`), api.path('me.crt'));
      await copyFile(tlsFile(`${name}.key`), api.path('me.key'));
    };
    api.accepts = ({ socket }) => clientName(socket) !== undefined;
    await put('expired');
    const { source } = await api.clusterAs({ 'client-certificate': 'me.crt', 'client-key': 'me.key' });
    await failureOf(source.read(node, limits), 'unauthorized');

    await copyFile(tlsFile('client.crt'), api.path('me.crt')); // its key is still to come
    vi.advanceTimersByTime(61_000);
    await failureOf(source.read(node, limits), 'unauthorized');

    await put('client');
    vi.advanceTimersByTime(61_000);
    expect((await source.read(node, limits)).body).toEqual({ kind: 'Node' });
  });
});

describe('an auth provider of old', () => {
  it('such as oidc goes through the library', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const idToken = `${part({ alg: 'none' })}.${part({ exp: 32_503_680_000 })}.signature`;
    const { source } = await api.clusterAs({ 'auth-provider': { name: 'oidc', config: { 'id-token': idToken } } });
    await source.read(node, limits);
    expect(api.seen[0]?.authorization).toBe(`Bearer ${idToken}`);
  });
});

describe('a proxy of the kubeconfig', () => {
  it('is the way to the API server, with TLS to its end', async () => {
    await using proxy = await webProxy();
    const { source, close } = await api.clusterAs({ token: 'abc' }, { 'proxy-url': proxy.url });
    for (let index = 0; index < 5; index += 1) await source.read(node, limits);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(api.url()).host}`]));
    expect(proxy.asked.length).toBeLessThanOrEqual(2); // kept alive
    await close();
  });

  it('that is gone is named itself, and says nothing of the API server behind it', async () => {
    const { source, close } = await api.clusterAs({ token: 'abc' }, { 'proxy-url': 'http://127.0.0.1:1' });
    const failure = await failureOf(source.read(node, limits), 'unreachable');

    expect(failure).toMatchObject({ refused: false });
    expect(failure.message).toBe(
      `nothing listens on 127.0.0.1:1, the proxy (proxy-url of the kubeconfig) on the way to ${new URL(api.url()).host} (connection refused) [ECONNREFUSED]`,
    );
    await close();
  });
});
