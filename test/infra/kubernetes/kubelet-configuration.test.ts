import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ReadLimits, ReadRequest } from '../../../engine/readers.ts';
import { clusterFrom, type KubernetesCluster } from '../../../infra/kubernetes/client.ts';
import { isOrdinary } from '../../../infra/kubernetes/kubelet-address.ts';
import type { KubeletTrust } from '../../../infra/kubernetes/kubelets.ts';
import { failureOf } from '../../contract/source.ts';
import { type TempDir, tempDir } from '../../harness/temp.ts';
import { loopback, loopbackTls, tlsFile, writeKubeconfig } from './loopback.ts';

const stats: ReadRequest = { verb: 'kubelet', node: 'worker-3', path: '/stats/summary' };
const limits: ReadLimits = { deadlineMs: 10_000, maxBytes: 1_000_000 };
const token = { token: 'the-token-of-the-reader' };
const trusted = { 'certificate-authority': tlsFile('ca.crt') };

let folder: TempDir;
const opened: (() => PromiseLike<unknown>)[] = [];
beforeAll(async () => {
  folder = await tempDir('kubelet-configuration');
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** As it is opened outside of tests, with an API server that tells of one Node. */
async function connect(status: object, kubelet?: KubeletTrust) {
  let asked = 0;
  const api = await loopback((_request, response) => {
    asked += 1;
    response.end(JSON.stringify({ kind: 'Node', status }));
  });
  opened.push(() => api[Symbol.asyncDispose]());
  const kubeconfig = await writeKubeconfig(folder.path, { server: api.url, ...trusted }, token);
  const made: KubernetesCluster = await clusterFrom({ kubeconfig, version: '1.2.3', ...(kubelet ? { kubelet } : {}) });
  opened.push(() => made.close());
  return { source: made.source, asked: () => asked };
}

describe('the kubelets of a cluster', () => {
  it('are not asked unless that is configured: nothing is read, and what to add is said', async () => {
    const { source, asked } = await connect({});
    const { message, remedy } = await failureOf(source.read(stats, limits), 'not-configured');
    expect(message).toBe('the kubelets of this cluster may not be asked themselves');
    expect(remedy).toMatch(/kubelet: \{ ca: cluster \}.*serverTLSBootstrap: true.*kubelet: \{ caFile: PATH \}/);
    expect(asked()).toBe(0);
  });

  it.each([
    '127.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '::1',
    'fe80::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '224.0.0.1',
  ])('are not looked for at %s, whatever a Node names', async (address) => {
    const here = await loopbackTls((_request, response) => response.end('{}'));
    opened.push(() => here[Symbol.asyncDispose]());
    const daemonEndpoints = { kubeletEndpoint: { Port: Number(new URL(here.url).port) } };
    const { source } = await connect(
      { addresses: [{ type: 'InternalIP', address }], daemonEndpoints },
      { ca: 'cluster' },
    );
    const failure = await failureOf(source.read(stats, limits), 'not-served');
    expect(failure.message).toBe(`Node worker-3 names the address ${address}, where no kubelet of a node listens`);
    expect(here.connections()).toBe(0);
  });

  it.each([
    '10.0.0.7',
    '192.168.1.5',
    '172.31.0.9',
    '100.64.3.2',
    '203.0.113.9',
    '::ffff:10.0.0.7',
    'fd00::7',
    '2001:db8::7',
  ])('may be at %s', (address) => expect(isOrdinary(address)).toBe(true));

  it.each<[string, KubeletTrust, Record<string, unknown>, Record<string, unknown>, RegExp]>([
    ['acts as somebody else', { ca: 'cluster' }, { ...token, as: 'jane' }, {}, /a kubelet knows no impersonation/],
    ['has a password', { ca: 'cluster' }, { username: 'jane', password: 'p' }, {}, /a user name and a password/],
    [
      'names no authority',
      { ca: 'cluster' },
      token,
      { 'certificate-authority': undefined },
      /names no certificate auth/,
    ],
    ['names a file that is none', { caFile: '/no/such.crt' }, token, {}, /certificates are unusable.*no\/such\.crt/],
  ])('cannot be asked with a configuration that %s', async (_what, kubelet, user, of, words) => {
    const kubeconfig = await writeKubeconfig(folder.path, { server: 'http://127.0.0.1:1', ...trusted, ...of }, user);
    await expect(clusterFrom({ kubeconfig, version: '1.2.3', kubelet })).rejects.toThrow(words);
  });
});
