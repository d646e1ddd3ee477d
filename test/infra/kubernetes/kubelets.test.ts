import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ReadLimits, ReadRequest, Source } from '../../../engine/readers.ts';
import { clusterOver } from '../../../infra/kubernetes/client.ts';
import { type KubeletTrust, kubeletsOf } from '../../../infra/kubernetes/kubelets.ts';
import { linkFrom } from '../../../infra/kubernetes/link.ts';
import { failureOf } from '../../contract/source.ts';
import { freePort } from '../../harness/ports.ts';
import { needs } from '../../harness/programs.ts';
import { type TempDir, tempDir } from '../../harness/temp.ts';
import { type Authority, authority, type Certificate, type StandIn, selfSigned, standIn } from './kubelet-stand-in.ts';
import { clientName, loopback, writeKubeconfig } from './loopback.ts';
import { recordedJson, recording } from './recorded.ts';

const NODE = 'rig-node-1';
const stats: ReadRequest = { verb: 'kubelet', node: NODE, path: '/stats/summary' };
const limits: ReadLimits = { deadlineMs: 10_000, maxBytes: 1_000_000 };
const token = { token: 'the-token-of-the-reader' };

const summary = recordedJson('kubernetes/kubelet-stats-summary');
const telling: RequestListener = (_request, response) => response.end(JSON.stringify(summary));
const answering =
  (name: string): RequestListener =>
  (_request, response) => {
    const { status, headers, body } = recording(name);
    response.writeHead(status, headers).end(body);
  };

describe.skipIf(needs('openssl'))('the kubelet of a node, asked directly', () => {
  let folder: TempDir;
  let cluster: Authority;
  let stranger: Authority;
  let own: Certificate;
  const opened: (() => PromiseLike<unknown>)[] = [];
  beforeAll(async () => {
    folder = await tempDir('kubelets');
    cluster = await authority(folder.path, 'cluster');
    stranger = await authority(folder.path, 'stranger');
    own = await cluster.serving(NODE);
  });
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  /** An API server that knows one Node, and counts how often it is asked for it. */
  async function apiServer(status: object) {
    let asked = 0;
    const server = await loopback((_request, response) => {
      asked += 1;
      response.end(JSON.stringify({ kind: 'Node', metadata: { name: NODE }, status }));
    });
    opened.push(() => server[Symbol.asyncDispose]());
    return { url: server.url, asked: () => asked };
  }

  const at = (port: number, address = '127.0.0.1') => ({
    addresses: [
      { type: 'Hostname', address: 'localhost' },
      { type: 'InternalIP', address },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  });

  async function kubelet(certificate: Certificate, handler = telling): Promise<StandIn> {
    const made = await standIn(certificate, handler, cluster.cert);
    opened.push(() => made[Symbol.asyncDispose]());
    return made;
  }

  /** Our stand-ins are on loopback, where no kubelet of a node is ever asked: so the rule for addresses is another one here. */
  async function sourceFor(
    status: object,
    trust: KubeletTrust = { ca: 'cluster' },
    user: Record<string, unknown> = token,
    of: Record<string, unknown> = {},
  ): Promise<Source> {
    const { url: server } = await apiServer(status);
    const at = { server, 'certificate-authority': cluster.cert, ...of };
    const link = await linkFrom({ kubeconfig: await writeKubeconfig(folder.path, at, user), version: '1.2.3' });
    const kubelets = await kubeletsOf(link.connection, { trust, version: '1.2.3', mayAsk: () => true });
    const made = clusterOver(link, undefined, kubelets);
    opened.push(() => made.close());
    return made.source;
  }

  it('is asked at the address and port that its Node names, with the token of the reader', async () => {
    const it = await kubelet(own);
    const source = await sourceFor(at(it.port));
    const { body, asked, bytes } = await source.read(stats, limits);

    expect(body).toEqual(summary);
    expect(asked).toBe(`https://127.0.0.1:${it.port}/stats/summary`);
    expect(bytes).toBe(JSON.stringify(summary).length);
    expect(it.asked.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ['GET', '/stats/summary', 'Bearer the-token-of-the-reader'],
    ]);
    expect(it.asked[0]?.headers['user-agent']).toBe('nightshift/1.2.3');
  });

  it('is asked with the client certificate of the reader, over a connection that is kept', async () => {
    const viewer = await cluster.client('viewer');
    const names = new Set<string | undefined>();
    const it = await kubelet(own, (request, response) => {
      names.add(clientName(request.socket));
      telling(request, response);
    });
    const certificate = { 'client-certificate': viewer.cert, 'client-key': viewer.key };
    const source = await sourceFor(at(it.port), { ca: 'cluster' }, certificate);
    for (let index = 0; index < 10; index += 1) await source.read(stats, limits);

    expect(names).toEqual(new Set(['viewer']));
    expect(it.asked.filter(({ headers }) => headers.authorization)).toEqual([]);
    expect(it.connections()).toBe(1);
  });

  it('is asked again after so many seconds, as far as there is time', async () => {
    const it = await kubelet(own);
    const source = await sourceFor(at(it.port));
    const startedAt = performance.now();
    await source.read({ ...stats, afterSeconds: 0.1 }, limits);
    expect(performance.now() - startedAt).toBeGreaterThan(90);

    const late = await failureOf(
      source.read({ ...stats, afterSeconds: 6 }, { ...limits, deadlineMs: 500 }),
      'timed-out',
    );
    expect(late.message).toBe('no time is left to look again after 6 s');
    expect(it.asked).toHaveLength(1);
  });

  describe('is never sent a token', () => {
    const refused = async (certificate: Certificate, trust?: KubeletTrust, of?: Record<string, unknown>) => {
      const it = await kubelet(certificate);
      const failure = await failureOf(
        (await sourceFor(at(it.port), trust, token, of)).read(stats, limits),
        'unreachable',
      );
      expect(it.asked).toEqual([]);
      return failure;
    };

    it('when it signed its certificate itself: what to add is said', async () => {
      const failure = await refused(await selfSigned(folder.path));
      expect(failure.message).toMatch(
        /serving certificate of 127\.0\.0\.1:\d+ is signed by an authority that is not trusted/,
      );
      expect(failure.remedy).toMatch(
        /serverTLSBootstrap: true.*\{ ca: cluster \}.*\{ caFile: PATH \}\. No token was sent\.$/,
      );
    });

    it('when an authority has signed it that is not the one configured', async () => {
      await refused(await stranger.serving(NODE));
      await refused(own, { caFile: stranger.cert });
    });

    it('when the kubeconfig waives the verification of the API server', async () => {
      const waived = { 'insecure-skip-tls-verify': true, 'certificate-authority': undefined };
      await refused(await selfSigned(folder.path), { caFile: cluster.cert }, waived);
    });

    it('when its certificate does not hold the address', async () => {
      const failure = await refused(await cluster.serving(NODE, '10.0.0.7'));
      expect(failure.message).toContain('is for another name');
      expect(failure.remedy).toBe("It must hold the node's InternalIP. No token was sent.");
    });

    it('when it is another node, or no node, whose certificate the cluster has signed', async () => {
      const failure = await refused(await cluster.serving('worker-4'));
      expect(failure.message).toMatch(/is not of the kubelet that was meant/);
      expect(failure.remedy).toBe('Another machine has the address that the Node object names. No token was sent.');
    });

    it('when it sends us elsewhere', async () => {
      const other = await kubelet(own);
      const it = await kubelet(own, (_request, response) =>
        response.writeHead(302, { location: `https://127.0.0.1:${other.port}/stats/summary` }).end(),
      );
      const failure = await failureOf((await sourceFor(at(it.port))).read(stats, limits), 'server-error');
      expect(failure.message).toContain('answered 302');
      expect(other.asked).toEqual([]);
    });
  });

  it('may have a certificate of another authority, which is named', async () => {
    const it = await kubelet(await stranger.serving('any name will do'));
    const source = await sourceFor(at(it.port), { caFile: stranger.cert });
    expect((await source.read(stats, limits)).body).toEqual(summary);
  });

  describe('that says no', () => {
    const failing = async (
      handler: RequestListener,
      kind: Parameters<typeof failureOf>[1],
      some: Partial<ReadLimits> = {},
    ) => {
      const it = await kubelet(own, handler);
      const source = await sourceFor(at(it.port));
      return failureOf(source.read(stats, { ...limits, ...some }), kind);
    };

    it('for want of a right: which, whose, and the rule to add', async () => {
      const { message, remedy } = await failing(answering('kubelet-direct-403'), 'forbidden');
      expect(message).toMatch(
        /^ServiceAccount shop\/default may not get nodes\/stats, says the kubelet of rig-node-1 \(127\.0\.0\.1:\d+\)$/,
      );
      expect(remedy).toBe(
        '# rule of a ClusterRole bound to ServiceAccount shop/default\n- apiGroups: [""]\n  resources: ["nodes/stats"]\n  verbs: ["get"]',
      );
    });

    it('to nobody in particular, or is a proxy on the way', async () => {
      const saying =
        (text: string): RequestListener =>
        (_request, response) =>
          response.writeHead(403).end(text);
      const nobody = 'Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource(s)=[stats])';
      expect((await failing(saying(nobody), 'forbidden')).message).toContain('saw no credentials it accepts');
      expect((await failing(saying('<h1>Blocked</h1>'), 'forbidden')).message).toContain(
        'answered 403, but not as a kubelet does: Blocked',
      );
    });

    it('to the credentials, as one also does that cannot ask the API server', async () => {
      const { message, remedy } = await failing(answering('kubelet-direct-401'), 'unauthorized');
      expect(message).toContain('does not accept the token of user "viewer" (401)');
      expect(message).toContain('as one that is stalled');
      expect(remedy).toContain('authentication.webhook.enabled');
    });

    it('because it serves no such path, or has failed', async () => {
      const status =
        (code: number): RequestListener =>
        (_request, response) =>
          response.writeHead(code).end('no\n');
      expect((await failing(status(404), 'not-served')).message).toContain('serves no /stats/summary');
      expect((await failing(status(500), 'server-error')).message).toMatch(
        /the kubelet of rig-node-1 .* answered 500: no$/,
      );
    });

    it('by answering nothing, too much, nonsense, or for another node', async () => {
      const late = await failing(() => {}, 'timed-out', { deadlineMs: 300 });
      expect(late.message).toMatch(/^gave up waiting for an answer from 127\.0\.0\.1:\d+ after 300 ms$/);
      await failing(telling, 'too-large', { maxBytes: 1_000 });
      await failing((_request, response) => response.end('<html>hello</html>'), 'unparsable');
      const other: RequestListener = (_request, response) => response.end('{"node":{"nodeName":"worker-4"},"pods":[]}');
      expect((await failing(other, 'unparsable')).message).toContain('is of the node worker-4');
    });

    it('by not listening at all', async () => {
      const source = await sourceFor(at(await freePort()));
      const failure = await failureOf(source.read(stats, limits), 'unreachable');
      expect(failure).toMatchObject({ refused: true });
      expect(failure.message).toContain('nothing listens on 127.0.0.1');
      expect(failure.remedy).toContain('Its kubelet does not run there');
    });
  });

  it.each([
    ['no address', { daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } } }],
    ['a name for an address', at(10_250, 'worker-3.example')],
    ['no port', { addresses: at(1).addresses }],
  ])('whose Node names %s is not asked', async (_what, status) => {
    const failure = await failureOf((await sourceFor(status)).read(stats, limits), 'not-served');
    expect(failure.message).toBe('Node rig-node-1 names no InternalIP with a port of its kubelet');
  });
});
