import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { webProxy } from '../infra/kubernetes/web-proxy.ts';
import { nightshift, workplace } from './process.ts';

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: "https://api.example:6443" } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
current-context: c
`;

const line = ['investigate', 'node-not-ready', '--target', 'worker-3'];

function inPlace(directory: string): void {
  writeFileSync(join(directory, 'kubeconfig'), kubeconfig);
  writeFileSync(
    join(directory, 'nightshift.yaml'),
    'clusters: [{ name: a, kubernetes: { kubeconfig: kubeconfig }, prometheus: { url: "http://prom.example:9090" } }]\n',
  );
}

/** What a command asked of the proxy that its environment names, for a cluster that nobody reaches otherwise. */
async function askedOfProxy(exceptions: Readonly<Record<string, string>>): Promise<ReadonlySet<string>> {
  using place = workplace();
  await using proxy = await webProxy('http://127.0.0.1:1');
  inPlace(place.directory);
  await nightshift(line, { https_proxy: proxy.url, HTTP_PROXY: proxy.url, ...exceptions }, place.directory);
  return new Set(proxy.asked.map((asked) => asked.replace(/(:9090)\/.*/, '$1')));
}

it('a command asks API servers and Prometheus through the proxies of its environment', async () => {
  expect(await askedOfProxy({})).toEqual(new Set(['CONNECT api.example:6443', 'GET http://prom.example:9090']));
});

it('and directly where NO_PROXY names them', async () => {
  expect(await askedOfProxy({ no_proxy: '.example' })).toEqual(new Set());
});

it.each(['HTTPS_PROXY', 'HTTP_PROXY'])('a %s that nobody can speak to is named, without its password', async (name) => {
  using place = workplace();
  inPlace(place.directory);
  const { code, stderr } = await nightshift(line, { [name]: 'socks4://me:s3cret@squid:1080' }, place.directory);
  expect(code).toBe(2);
  expect(stderr.replace(/\s+/g, ' ')).toMatch(
    /clusters\.a.*: HTTP\w*_PROXY socks4:\/\/squid:1080: only http, https and socks5/,
  );
});

it.each([
  [{}, []],
  [{ NODE_USE_ENV_PROXY: '1' }, ['CONNECT slack.example:443']],
])('Slack is asked through them only where Node is told so: %o', async (told, asked) => {
  await using proxy = await webProxy('http://127.0.0.1:1');
  const program = `
    import { webClient } from './infra/slack/web.ts';
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const client = webClient({ botToken: 'xoxb-1', apiUrl: 'https://slack.example/api/', timeoutMs: 5000, log });
    await client.auth.test().catch(() => {});`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: join(import.meta.dirname, '../..'),
    env: { HTTPS_PROXY: proxy.url, ...told },
    timeout: 30_000,
  });
  expect(proxy.asked).toEqual(asked);
});
