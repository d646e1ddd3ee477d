import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WriteLimits, Writer } from '../../../engine/action.ts';
import { clusterFrom, type KubernetesCluster } from '../../../infra/kubernetes/client.ts';
import { freePort } from '../../harness/ports.ts';
import { type TempDir, tempDir } from '../../harness/temp.ts';
import { actions } from './actions.ts';
import { type Loopback, loopbackTls, tlsFile, writeKubeconfig } from './loopback.ts';

const limits: WriteLimits = { deadlineMs: 10_000 };
const short: WriteLimits = { deadlineMs: 300 };
const trusted = { 'certificate-authority': tlsFile('ca.crt') };

let folder: TempDir;
const opened: (() => PromiseLike<unknown>)[] = [];
beforeAll(async () => {
  folder = await tempDir('writer-doubt');
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function connect(server: string, cluster = trusted, user: Record<string, unknown> = { token: 'abc' }) {
  const kubeconfig = await writeKubeconfig(folder.path, { server, ...cluster }, user);
  const made: KubernetesCluster = await clusterFrom({ kubeconfig, version: '1.2.3' });
  opened.push(() => made.close());
  return made;
}

/** A server and the writes it was sent; reads are not counted. */
async function serve(handler: RequestListener): Promise<Loopback & { readonly writes: string[] }> {
  const writes: string[] = [];
  const server = await loopbackTls((request, response) => {
    if (request.method !== 'GET') writes.push(`${request.method} ${request.url}`);
    handler(request, response);
  });
  opened.push(() => server[Symbol.asyncDispose]());
  return Object.assign(server, { writes });
}

const succeeds: RequestListener = (_request, response) => response.end('{"kind":"Node"}');
const cordon = (writer: Writer, within = limits) => writer.apply(actions.cordon, within);

describe('surely nothing was done', () => {
  it('when nothing listens', async () => {
    const { writer } = await connect(`https://127.0.0.1:${await freePort()}`);
    const failure = { code: 'WRITE_FAILED', kind: 'unreachable', ambiguous: false };
    await expect(cordon(writer)).rejects.toMatchObject(failure);
    await expect(cordon(writer)).rejects.toThrow(/connection refused/);
  });

  it('when the name does not resolve', async () => {
    const { writer } = await connect('https://prod.invalid:6443');
    await expect(cordon(writer)).rejects.toMatchObject({ kind: 'unreachable', ambiguous: false });
  });

  it('when the other side is not trusted', async () => {
    const server = await serve(succeeds);
    const { writer } = await connect(server.url, { 'certificate-authority': tlsFile('other-ca.crt') });
    await expect(cordon(writer)).rejects.toMatchObject({ kind: 'unreachable', ambiguous: false });
    expect(server.writes).toEqual([]);
  });

  it('when the time is up before there is a connection', async () => {
    const sockets: Socket[] = [];
    const frozen = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(frozen, 'listening');
    const { writer } = await connect(`https://127.0.0.1:${(frozen.address() as AddressInfo).port}`);
    opened.push(async () => {
      for (const socket of sockets) socket.destroy();
      frozen.close();
    });
    await expect(cordon(writer, short)).rejects.toMatchObject({ kind: 'timed-out', ambiguous: false });
  });

  it('when the time is up while all connections wait for others', async () => {
    const server = await serve(() => {});
    const { writer, source } = await connect(server.url);
    const over = new AbortController();
    const patient = { deadlineMs: 60_000, maxBytes: 1_000, signal: over.signal };
    const reads = Array.from({ length: 8 }, (_, index) =>
      source.read({ verb: 'get', kind: 'Node', name: `worker-${index}` }, patient),
    );
    await expect(cordon(writer, short)).rejects.toMatchObject({ kind: 'timed-out', ambiguous: false });
    over.abort();
    await Promise.allSettled(reads);
    expect(server.writes).toEqual([]);
  });

  it('when there is no time, or nobody waits any more', async () => {
    const server = await serve(succeeds);
    const { writer } = await connect(server.url);
    const none = { kind: 'timed-out', ambiguous: false };
    await expect(cordon(writer, { deadlineMs: 0 })).rejects.toMatchObject(none);
    await expect(cordon(writer, { ...limits, signal: AbortSignal.abort() })).rejects.toMatchObject(none);
    expect(server.writes).toEqual([]);
  });

  it('when the connections were closed', async () => {
    const server = await serve(succeeds);
    const cluster = await connect(server.url);
    await cluster.close();
    await expect(cordon(cluster.writer)).rejects.toMatchObject({ kind: 'unreachable', ambiguous: false });
  });

  it('by a rehearsal, whatever becomes of it', async () => {
    const server = await serve((request) => (server.writes.length > 1 ? request.socket.destroy() : undefined));
    const { writer } = await connect(server.url);
    const late = await writer.rehearse(actions.cordon, short).catch((failure: Error) => failure);
    expect(late).toMatchObject({ kind: 'timed-out', ambiguous: false });
    expect(late).toHaveProperty('message', expect.not.stringContaining('may have been done'));
    await expect(writer.rehearse(actions.cordon, limits)).rejects.toMatchObject({ ambiguous: false });
  });

  it('by a rehearsal over a connection that was forgotten meanwhile, and it is asked again', async () => {
    const server = await serve((request, response) =>
      server.writes.length === 2 ? request.socket.destroy() : response.end('{"kind":"Node"}'),
    );
    const { writer } = await connect(server.url);
    await writer.rehearse(actions.cordon, limits);
    await expect(writer.rehearse(actions.cordon, limits)).resolves.toMatchObject({ status: 200 });
    expect(server.writes).toHaveLength(3);
  });

  it('by a rehearsal under a token that is no longer accepted, and it is asked again under the next', async () => {
    const file = join(folder.path, 'rotated-token');
    await writeFile(file, 'first');
    const server = await serve((request, response) => {
      if (server.writes.length > 1 && request.headers.authorization === 'Bearer first') response.writeHead(401);
      response.end('{"kind":"Node"}');
    });
    const { writer } = await connect(server.url, trusted, { tokenFile: file });
    await writer.rehearse(actions.cordon, limits);
    await writeFile(file, 'second');
    await expect(writer.rehearse(actions.cordon, limits)).resolves.toMatchObject({ status: 200 });
  });
});

describe('nobody knows, and it is not sent again', () => {
  it('when no answer comes in time', async () => {
    const server = await serve(() => {});
    const { writer } = await connect(server.url);
    const failure = await cordon(writer, short).catch((thrown: Error) => thrown);
    expect(failure).toMatchObject({ kind: 'timed-out', ambiguous: true });
    expect(failure).toHaveProperty(
      'message',
      expect.stringMatching(
        /^gave up waiting for an answer from \S+ after 300 ms; it may have been done all the same$/,
      ),
    );
    expect(server.writes).toHaveLength(1);
  });

  it('when whoever waited goes away', async () => {
    const gone = new AbortController();
    const server = await serve(() => gone.abort());
    const { writer } = await connect(server.url);
    const failure = { kind: 'timed-out', ambiguous: true };
    await expect(cordon(writer, { ...limits, signal: gone.signal })).rejects.toMatchObject(failure);
    expect(server.writes).toHaveLength(1);
  });

  it('when the connection is cut instead of an answer', async () => {
    const server = await serve((request) => request.socket.destroy());
    const { writer } = await connect(server.url);
    await expect(cordon(writer)).rejects.toMatchObject({ kind: 'unreachable', ambiguous: true });
    expect(server.writes).toHaveLength(1);
  });

  it('when a kept-alive connection is cut, which reads take to be closed by age', async () => {
    const server = await serve((request, response) =>
      server.writes.length === 2 ? request.socket.destroy() : succeeds(request, response),
    );
    const { writer } = await connect(server.url);
    await cordon(writer);
    await expect(cordon(writer)).rejects.toMatchObject({ kind: 'unreachable', ambiguous: true });
    expect(server.writes).toHaveLength(2);
    await cordon(writer);
    expect(server.writes).toHaveLength(3);
  });

  it('when the answer breaks off', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"kind":', () => response.destroy());
    });
    const { writer } = await connect(server.url);
    await expect(cordon(writer)).rejects.toMatchObject({ kind: 'unreachable', ambiguous: true });
    expect(server.writes).toHaveLength(1);
  });

  it('when the answer is larger than any object', async () => {
    const server = await serve((_request, response) => response.end(Buffer.alloc(9 * 1024 * 1024, 'x')));
    const { writer } = await connect(server.url);
    await expect(cordon(writer)).rejects.toMatchObject({ kind: 'server-error', ambiguous: true });
    expect(server.writes).toHaveLength(1);
  });
});

describe('once', () => {
  it('a connection that was given up while idle is replaced before anything is sent', async () => {
    const closed: Promise<unknown>[] = [];
    const server = await serve((request, response) => {
      closed.push(once(request.socket, 'close'));
      response.end('{"kind":"Node"}', () => request.socket.end());
    });
    const { writer } = await connect(server.url);
    await cordon(writer);
    await Promise.all(closed);
    await cordon(writer);
    expect(server.writes).toHaveLength(2);
    expect(server.connections()).toBe(2);
  });

  it('credentials that are refused are renewed for the next write, not for this one again', async () => {
    const tokenFile = join(folder.path, 'token');
    await writeFile(tokenFile, 'old');
    let accepted = 'old';
    const server = await serve((request, response) =>
      request.headers.authorization === `Bearer ${accepted}`
        ? succeeds(request, response)
        : response.writeHead(401).end(),
    );
    const { writer } = await connect(server.url, trusted, { tokenFile });
    await cordon(writer);
    accepted = 'new';
    await writeFile(tokenFile, 'new');
    await expect(cordon(writer)).rejects.toMatchObject({ kind: 'unauthorized', ambiguous: false });
    expect(server.writes).toHaveLength(2);
    await cordon(writer);
    expect(server.writes).toHaveLength(3);
  });

  it('an answer is one: Retry-After is passed on', async () => {
    const server = await serve((_request, response) => response.writeHead(429, { 'retry-after': '0' }).end('slow'));
    const { writer } = await connect(server.url);
    await expect(cordon(writer)).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 0, ambiguous: false });
    expect(server.writes).toHaveLength(1);
  });

  it('a thousand writes at a server that fails in every way are a thousand requests at most', async () => {
    let turn = 0;
    const server = await serve((request, response) => {
      turn += 1;
      if (turn % 4 === 0) request.socket.destroy();
      else if (turn % 4 === 1) response.writeHead(503, { 'retry-after': '0' }).end();
      else if (turn % 4 === 2) response.writeHead(401).end();
      else succeeds(request, response);
    });
    const { writer } = await connect(server.url);
    const results = await Promise.allSettled(Array.from({ length: 1_000 }, () => cordon(writer)));
    expect(server.writes.length).toBe(1_000);
    const unsure = results.filter(({ status, ...rest }) => status === 'rejected' && isAmbiguous(rest));
    expect(unsure.length, 'cut and 503').toBe(500);
  });
});

function isAmbiguous(result: object): boolean {
  return 'reason' in result && (result.reason as { ambiguous: boolean }).ambiguous;
}
