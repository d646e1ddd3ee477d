import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadRequest } from '../../../engine/readers.ts';
import { proxiesOf } from '../../../infra/kubernetes/proxies.ts';
import { prometheusFrom } from '../../../infra/prometheus/client.ts';
import { failureOf } from '../../contract/source.ts';
import { guardedServer, limits, node, trusted } from './guarded.ts';
import { loopback, loopbackTls, tlsFile, writeKubeconfig } from './loopback.ts';
import { type WebProxy, webProxy } from './web-proxy.ts';

const through = (except: string, to: string) =>
  proxiesOf({ https: 'http://squid:3128', http: 'http://plain:3128', except })(new URL(to))?.host;

describe('by the environment', () => {
  it('each scheme has a proxy of its own', () => {
    expect(through('', 'https://prod.example:6443')).toBe('squid:3128');
    expect(through('', 'http://prom.example:9090')).toBe('plain:3128');
    expect(proxiesOf({ http: 'http://plain:3128' })(new URL('https://prod.example'))).toBeUndefined();
  });

  it.each(['localhost', '127.0.0.1', '127.9.9.9', '[::1]'])('%s, this machine itself, has none', (host) => {
    expect(through('', `https://${host}:6443`)).toBeUndefined();
  });

  it.each([
    ['*', 'https://prod.example'],
    ['example', 'https://prod.example'],
    ['prod.example', 'https://prod.example:6443'],
    ['.example', 'https://prod.example'],
    ['*.example', 'https://prod.example'],
    ['other, PROD.example', 'https://prod.example'],
    ['prod.example:6443', 'https://prod.example:6443'],
    ['prod.example:443', 'https://prod.example'],
    ['prod.example:80', 'http://prod.example'],
    ['10.0.0.1', 'https://10.0.0.1:6443'],
    ['10.0.0.1:6443', 'https://10.0.0.1:6443'],
    ['10.0.0.0/8', 'https://10.20.30.40:6443'],
    ['fd00::/8', 'https://[fd00::1]:6443'],
    ['fd00:0::1', 'https://[fd00::1]:6443'],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443'],
  ])('NO_PROXY=%s leaves %s without', (except, to) => {
    expect(through(except, to)).toBeUndefined();
  });

  it.each([
    ['ample', 'https://prod.example'],
    ['.prod.example', 'https://prod.example'],
    ['*.prod.example', 'https://prod.example'],
    ['prod.example:443', 'https://prod.example:6443'],
    ['prod.example', 'https://prod.example.org'],
    ['10.0.0.2', 'https://10.0.0.1'],
    ['10.0.0.1:443', 'https://10.0.0.1:6443'],
    ['10.0.0.0/8', 'https://11.0.0.1'],
    ['10.0.0.0/8', 'https://10.example'],
    ['10.0.0.0/99', 'https://10.0.0.1'],
    ['fd00::/8', 'https://10.0.0.1'],
    [' , ,', 'https://prod.example'],
  ])('NO_PROXY=%s says nothing of %s', (except, to) => {
    expect(through(except, to)).toBe('squid:3128');
  });

  it('a proxy without a scheme is spoken to in plain HTTP', () => {
    expect(proxiesOf({ https: 'squid:3128' })(new URL('https://prod.example'))?.url).toBe('http://squid:3128');
  });

  it('one of another kind is refused where it would be used, without its password', () => {
    const proxies = proxiesOf({ https: 'socks4://me:s3cret@squid:1080' });
    expect(proxies(new URL('http://prod.example'))).toBeUndefined();
    expect(() => proxies(new URL('https://prod.example'))).toThrow(
      /^HTTPS_PROXY socks4:\/\/squid:1080: only http, https and socks5 proxies are supported$/,
    );
  });
});

const api = guardedServer();
const opened: AsyncDisposable[] = [];
let proxy: WebProxy;
beforeEach(async () => {
  proxy = await webProxy(api.url());
  opened.push(proxy);
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** Through that proxy `prod.example` is the API server of this test. */
const prod = { server: 'https://prod.example:6443', 'tls-server-name': 'localhost', ...trusted };
const connected = async (cluster: Record<string, unknown>, except = '') =>
  api.cluster({
    kubeconfig: await writeKubeconfig(api.path('.'), { ...prod, ...cluster }, { token: 'abc' }),
    proxies: proxiesOf({ https: proxy.url, except }),
  });

describe('an API server', () => {
  it('is reached through HTTPS_PROXY, over tunnels that are kept, with TLS to its end', async () => {
    const { source } = await connected({});
    for (let index = 0; index < 5; index += 1) await source.read(node, limits);
    expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT prod.example:6443']));
    expect(proxy.asked.length).toBeLessThanOrEqual(2);
    expect(api.seen[0]?.authorization).toBe('Bearer abc');
  });

  it('that NO_PROXY names is asked directly', async () => {
    const { source } = await connected({ server: 'https://prod.invalid:6443' }, '.invalid');
    const failure = await failureOf(source.read(node, limits), 'unreachable');
    expect(failure.message).toMatch(/^the name in prod\.invalid:6443 does not resolve/);
    expect(proxy.asked).toEqual([]);
  });

  it('on this machine is asked directly', async () => {
    const { source } = await connected({ server: api.url() });
    await source.read(node, limits);
    expect(proxy.asked).toEqual([]);
  });

  it('goes by the proxy-url of its kubeconfig first, whatever NO_PROXY says', async () => {
    await using own = await webProxy(api.url());
    const { source } = await connected({ 'proxy-url': own.url }, '*');
    await source.read(node, limits);
    expect([own.asked, proxy.asked]).toEqual([['CONNECT prod.example:6443'], []]);
  });

  it('behind a proxy that is gone is not said to be down', async () => {
    const { source } = await api.cluster({
      kubeconfig: await writeKubeconfig(api.path('.'), prod, { token: 'abc' }),
      proxies: proxiesOf({ https: 'http://127.0.0.1:1' }),
    });
    const failure = await failureOf(source.read(node, limits), 'unreachable');
    expect(failure).toMatchObject({ refused: false });
    expect(failure.message).toBe(
      'nothing listens on 127.0.0.1:1, the proxy (HTTPS_PROXY) on the way to prod.example:6443 (connection refused) [ECONNREFUSED]',
    );
  });
});

describe('a Prometheus', () => {
  const up: ReadRequest = { verb: 'query', promql: 'up' };
  const empty = '{"status":"success","data":{"resultType":"vector","result":[]}}';

  it('at an http address is asked through HTTP_PROXY', async () => {
    const server = await loopback((_request, response) => response.end(empty));
    opened.push(server);
    await using plain = await webProxy(server.url);
    const proxies = proxiesOf({ http: plain.url, https: proxy.url });
    const { source, close } = prometheusFrom({ url: 'http://prom.example:9090/base', version: '1.2.3', proxies });
    expect((await source.read(up, limits)).body).toEqual([]);
    await close();
    expect(plain.asked).toHaveLength(1);
    expect(plain.asked[0]).toMatch(/^GET http:\/\/prom\.example:9090\/base\/api\/v1\/query\?query=up&/);
    expect(proxy.asked).toEqual([]);
  });

  it('at an https address through HTTPS_PROXY, with its own authority', async () => {
    const server = await loopbackTls((_request, response) => response.end(empty));
    opened.push(server);
    await using tunnels = await webProxy(server.url);
    const ca = readFileSync(tlsFile('ca.crt'), 'utf8');
    const proxies = proxiesOf({ https: tunnels.url });
    // With its dot at the end it is a name like any other, and the one that the certificate of this test is for.
    const { source, close } = prometheusFrom({ url: 'https://localhost.:9090', ca, version: '1.2.3', proxies });
    expect((await source.read(up, limits)).body).toEqual([]);
    await close();
    expect(tunnels.asked).toEqual(['CONNECT localhost.:9090']);
  });

  it('on this machine is asked directly', async () => {
    const server = await loopback((_request, response) => response.end(empty));
    opened.push(server);
    const proxies = proxiesOf({ http: proxy.url, https: proxy.url });
    const { source, close } = prometheusFrom({ url: server.url, version: '1.2.3', proxies });
    await source.read(up, limits);
    await close();
    expect(proxy.asked).toEqual([]);
  });
});
