import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ReadLimits, ReadRequest } from '../../../engine/readers.ts';
import { clusterFrom, type KubernetesCluster } from '../../../infra/kubernetes/client.ts';
import { failureOf } from '../../contract/source.ts';
import { freePort } from '../../harness/ports.ts';
import { type TempDir, tempDir } from '../../harness/temp.ts';
import { clientName, type Loopback, loopback, loopbackTls, tlsFile, writeKubeconfig } from './loopback.ts';

const node: ReadRequest = { verb: 'get', kind: 'Node', name: 'worker-3' };
const limits: ReadLimits = { deadlineMs: 10_000, maxBytes: 1_000_000 };

let folder: TempDir;
const opened: (() => PromiseLike<unknown>)[] = [];
beforeAll(async () => {
  folder = await tempDir('connections');
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
afterAll(() => folder[Symbol.asyncDispose]());

const clientCertificate = { 'client-certificate': tlsFile('client.crt'), 'client-key': tlsFile('client.key') };
const trusted = { 'certificate-authority': tlsFile('ca.crt') };

async function connect(
  server: string,
  cluster: Record<string, unknown> = trusted,
  user: Record<string, unknown> = clientCertificate,
): Promise<KubernetesCluster> {
  const kubeconfig = await writeKubeconfig(folder.path, { server, ...cluster }, user);
  const made = await clusterFrom({ kubeconfig, version: '1.2.3' });
  opened.push(() => made.close());
  return made;
}

async function serve(start: typeof loopback, handler: RequestListener): Promise<Loopback> {
  const server = await start(handler);
  opened.push(() => server[Symbol.asyncDispose]());
  return server;
}

const asNode: RequestListener = (_request, response) => response.end('{"kind":"Node"}');

describe('over one pool of kept-alive connections', () => {
  it('fifty reads one after the other, with a client certificate, use one connection', async () => {
    const names = new Set<string | undefined>();
    const server = await serve(loopbackTls, (request, response) => {
      names.add(clientName(request.socket));
      response.end('{"kind":"Node"}');
    });
    const { source } = await connect(server.url);
    for (let index = 0; index < 50; index += 1) await source.read(node, limits);
    expect(names).toEqual(new Set(['nightshift']));
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  it('a hundred reads at once open no more than eight', async () => {
    const server = await serve(loopbackTls, asNode);
    const { source } = await connect(server.url);
    await Promise.all(Array.from({ length: 100 }, () => source.read(node, limits)));
    expect(server.connections()).toBeLessThanOrEqual(8);
  });

  it('a connection that the server closed under a read is replaced, and the read answered', async () => {
    let asked = 0;
    const server = await serve(loopbackTls, (request, response) => {
      asked += 1;
      if (asked === 2) request.socket.destroy();
      else response.end('{"kind":"Node"}');
    });
    const { source } = await connect(server.url);
    await source.read(node, limits);
    expect((await source.read(node, limits)).body).toEqual({ kind: 'Node' });
    expect(asked).toBe(3);
  });

  it('a server that cuts every connection is unreachable', async () => {
    const server = await serve(loopback, (request) => request.socket.destroy());
    const { source } = await connect(server.url, {});
    const failure = await failureOf(source.read(node, limits), 'unreachable');
    expect(failure.message).toMatch(/^127\.0\.0\.1:\d+ closed the connection before the answer was complete/);
  });
});

describe('a deadline', () => {
  const silent: RequestListener = () => {};

  it('ends a read that nobody answers, and says how long it waited for whom', async () => {
    const server = await serve(loopbackTls, silent);
    const { source } = await connect(server.url);
    const failure = await failureOf(source.read(node, { ...limits, deadlineMs: 300 }), 'timed-out');
    expect(failure.message).toMatch(/^gave up waiting for an answer from 127\.0\.0\.1:\d+ after 300 ms$/);
  });

  it('ends a read whose answer trickles, and says how much came', async () => {
    const server = await serve(loopbackTls, (_request, response) => {
      response.write('{"kind":');
    });
    const { source } = await connect(server.url);
    const failure = await failureOf(source.read(node, { ...limits, deadlineMs: 300 }), 'timed-out');
    expect(failure.message).toMatch(/the rest of an answer from .* \(8 bytes so far\) after 300 ms$/);
  });

  it('leaves the next read untouched', async () => {
    let asked = 0;
    const server = await serve(loopbackTls, (request, response) => {
      asked += 1;
      if (asked > 1) asNode(request, response);
    });
    const { source } = await connect(server.url);
    await failureOf(source.read(node, { ...limits, deadlineMs: 300 }), 'timed-out');
    expect((await source.read(node, limits)).body).toEqual({ kind: 'Node' });
  });

  it('is not outlived by a wait that Retry-After asks for when the run ends', async () => {
    const run = new AbortController();
    const server = await serve(loopback, (_request, response) => {
      response.writeHead(429, { 'retry-after': '5' }).end('Too many requests, please try again later.');
      response.on('close', () => run.abort());
    });
    const { source } = await connect(server.url, {});
    const failure = await failureOf(source.read(node, { ...limits, signal: run.signal }), 'over-budget');
    expect(failure.message).toMatch(/the run ended while waiting for/);
  });
});

describe('Retry-After', () => {
  it('is waited for, then the read is answered', async () => {
    const askedAt: number[] = [];
    const server = await serve(loopback, (request, response) => {
      askedAt.push(performance.now());
      if (askedAt.length > 1) asNode(request, response);
      else response.writeHead(429, { 'retry-after': '1' }).end('Too many requests, please try again later.');
    });
    const { source } = await connect(server.url, {});
    expect((await source.read(node, limits)).body).toEqual({ kind: 'Node' });
    const [first = 0, second = 0] = askedAt;
    expect(askedAt).toHaveLength(2);
    expect(second - first).toBeGreaterThanOrEqual(990); // timers may be a little early
  });
});

describe('the cap', () => {
  it('stops an endless answer soon after it is reached', async () => {
    let sent = 0;
    const closed = Promise.withResolvers<void>();
    const server = await serve(loopbackTls, (_request, response) => {
      const more = () => {
        while (!response.destroyed) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'x'))) return;
        }
      };
      response.on('drain', more).on('close', closed.resolve);
      more();
    });
    const { source } = await connect(server.url);
    const failure = await failureOf(source.read(node, { ...limits, maxBytes: 200_000 }), 'too-large');
    expect(failure.message).toContain('larger than 200000 bytes');
    await closed.promise;
    expect(sent).toBeLessThan(20_000_000);
  });

  it('lets an answer of exactly that size through', async () => {
    const server = await serve(loopbackTls, asNode);
    const { source } = await connect(server.url);
    expect((await source.read(node, { ...limits, maxBytes: 15 })).bytes).toBe(15);
    await failureOf(source.read(node, { ...limits, maxBytes: 14 }), 'too-large');
  });
});

describe('an API server that cannot be reached', () => {
  it('because nothing listens there', async () => {
    const port = await freePort();
    const { source } = await connect(`https://127.0.0.1:${port}`);
    const failure = await failureOf(source.read(node, limits), 'unreachable');
    expect(failure.message).toBe(`nothing listens on 127.0.0.1:${port} (connection refused) [ECONNREFUSED]`);
    expect(failure.refused).toBe(true);
  });

  it('because its name does not resolve', async () => {
    const { source } = await connect('https://prod.invalid:6443');
    const failure = await failureOf(source.read(node, limits), 'unreachable');
    expect(failure.message).toMatch(/^the name in prod\.invalid:6443 does not resolve/);
    expect(failure.refused).toBe(false);
  });

  it('because it accepts connections and then says nothing, not even TLS', async () => {
    const sockets: Socket[] = [];
    const frozen = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(frozen, 'listening');
    const { source } = await connect(`https://127.0.0.1:${(frozen.address() as AddressInfo).port}`);
    opened.push(async () => {
      for (const socket of sockets) socket.destroy();
      frozen.close();
    });
    const failure = await failureOf(source.read(node, limits), 'unreachable');
    expect(failure.message).toContain('does not complete a connection [UND_ERR_CONNECT_TIMEOUT]');
  });

  it('because its certificate is signed by somebody else', async () => {
    const server = await serve(loopbackTls, asNode);
    const { source } = await connect(server.url, { 'certificate-authority': tlsFile('other-ca.crt') });
    const failure = await failureOf(source.read(node, limits), 'unreachable');
    expect(failure.message).toContain('signed by an authority that is not trusted');
    expect(failure.remedy).toContain('certificate-authority-data');
  });

  it('because its certificate is for another name, unless the kubeconfig names that', async () => {
    const server = await serve(loopbackTls, asNode);
    const wrong = await connect(server.url, { ...trusted, 'tls-server-name': 'prod.example' });
    const failure = await failureOf(wrong.source.read(node, limits), 'unreachable');
    expect(failure.message).toContain('is for another name');
    const right = await connect(server.url, { ...trusted, 'tls-server-name': 'localhost' });
    await expect(right.source.read(node, limits)).resolves.toBeDefined();
  });

  it('because it does not speak TLS', async () => {
    const server = await serve(loopback, asNode);
    const { source } = await connect(server.url.replace('http:', 'https:'));
    const failure = await failureOf(source.read(node, limits), 'unreachable');
    expect(failure.message).toContain('does not speak TLS');
  });

  it('but with insecure-skip-tls-verify any certificate will do', async () => {
    const server = await serve(loopbackTls, asNode);
    const { source } = await connect(server.url, { 'insecure-skip-tls-verify': true });
    await expect(source.read(node, limits)).resolves.toBeDefined();
  });
});

describe('closing', () => {
  it('lets running reads finish first', async () => {
    const started = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const server = await serve(loopbackTls, async (request, response) => {
      started.resolve();
      await go.promise;
      asNode(request, response);
    });
    const cluster = await connect(server.url);
    const reading = cluster.source.read(node, limits);
    await started.promise;
    const closing = cluster.close();
    go.resolve();
    expect((await reading).body).toEqual({ kind: 'Node' });
    await closing;
    await failureOf(cluster.source.read(node, limits), 'unreachable');
  });
});
