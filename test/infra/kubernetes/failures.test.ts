import nock from 'nock';
import { describe, expect, it } from 'vitest';
import type { ReadRequest } from '../../../engine/readers.ts';
import { clusterFrom } from '../../../infra/kubernetes/client.ts';
import { failureOf } from '../../contract/source.ts';
import { writeKubeconfig } from './loopback.ts';
import { getNode, mockedServer } from './mocked.ts';
import { recordedJson } from './recorded.ts';

const { answers, recorded, read, another, folder } = mockedServer();
const listBudgets: ReadRequest = { verb: 'list', kind: 'PodDisruptionBudget', namespace: 'shop' };

describe('an API server that has no such object', () => {
  it('means absent when it names the object', async () => {
    recorded('/api/v1/nodes/nosuch', 'notfound-404-node');
    expect((await failureOf(read(getNode), 'not-found')).message).toBe('nodes "nosuch" not found');
  });

  it('is no Kubernetes API server when it does not even know nodes', async () => {
    answers('/api/v1/nodes/nosuch', 404, '<html><title>404 Not Found</title>nginx</html>');
    const failure = await failureOf(read(getNode), 'not-served');
    expect(failure.message).toBe('prod.example:6443 answers 404 for Node objects: this is no Kubernetes API server');
  });
});

describe('an older cluster', () => {
  const v1 = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets';
  const v1beta1 = '/apis/policy/v1beta1/namespaces/shop/poddisruptionbudgets';
  const noResource = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: 'the server could not find the requested resource',
    reason: 'NotFound',
    details: {},
    code: 404,
  };

  it('is asked in the version it serves, and that is remembered until it is upgraded', async () => {
    const older = await another();
    const budgets = () => older.source.read(listBudgets, { deadlineMs: 5_000, maxBytes: 100_000 });
    answers(v1, 404, '404 page not found\n', { 'content-type': 'text/plain' });
    answers(v1beta1, 200, recordedJson('kubernetes/pdb-shop'));
    const first = await budgets();
    expect(first.asked).toBe(v1beta1);
    expect(first.body).toMatchObject({ kind: 'PodDisruptionBudgetList' });

    answers(v1beta1, 200, recordedJson('kubernetes/pdb-shop'));
    expect((await budgets()).asked).toBe(v1beta1);

    answers(v1beta1, 404, noResource);
    answers(v1, 200, { kind: 'PodDisruptionBudgetList', apiVersion: 'policy/v1', items: [] });
    expect((await budgets()).asked).toBe(v1);
    await older.close();
  });

  it('says "not served" when no version is there, and that is not "not found"', async () => {
    answers(v1, 404, '404 page not found\n');
    answers(v1beta1, 404, noResource);
    const failure = await failureOf(read(listBudgets), 'not-served');
    expect(failure.message).toBe('PodDisruptionBudget (policy/v1 or policy/v1beta1) is not served by this cluster');
  });

  it('still says "not found" for an object that is missing in the version it serves', async () => {
    answers('/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/web', 404, noResource);
    answers('/apis/discovery.k8s.io/v1beta1/namespaces/shop/endpointslices/web', 404, {
      ...noResource,
      message: 'endpointslices.discovery.k8s.io "web" not found',
      details: { name: 'web', group: 'discovery.k8s.io', kind: 'endpointslices' },
    });
    const slice: ReadRequest = { verb: 'get', kind: 'EndpointSlice', namespace: 'shop', name: 'web', fresh: true };
    await failureOf(read(slice), 'not-found');
  });
});

describe('an API server that does not let us', () => {
  it('names the account and the exact RBAC rule', async () => {
    recorded('/api/v1/nodes/fake-0010', 'forbidden-403-sa-get-node');
    const failure = await failureOf(read({ verb: 'get', kind: 'Node', name: 'fake-0010', fresh: true }), 'forbidden');
    expect(failure.message).toBe('ServiceAccount shop/default may not get nodes');
    expect(failure.remedy).toBe(
      [
        '# rule of a ClusterRole bound to ServiceAccount shop/default',
        '- apiGroups: [""]',
        '  resources: ["nodes"]',
        '  verbs: ["get"]',
      ].join('\n'),
    );
  });

  it('offers the narrower Role for a read in one namespace', async () => {
    answers('/apis/policy/v1/namespaces/shop/poddisruptionbudgets', 403, {
      kind: 'Status',
      message:
        'poddisruptionbudgets.policy is forbidden: User "jane" cannot list resource "poddisruptionbudgets" in API group "policy" in the namespace "shop"',
      reason: 'Forbidden',
      code: 403,
    });
    const failure = await failureOf(read(listBudgets), 'forbidden');
    expect(failure.message).toBe('jane may not list poddisruptionbudgets in namespace shop');
    expect(failure.remedy).toContain('# rule of a Role in namespace shop, or a ClusterRole, bound to jane\n');
    expect(failure.remedy).toContain('apiGroups: ["policy"]');
  });

  it('names the URL rule for a path, without its query', async () => {
    recorded('/metrics?x=1', 'forbidden-403-sa-metrics');
    const failure = await failureOf(read({ verb: 'probe', path: '/metrics?x=1' }), 'forbidden');
    expect(failure.remedy).toContain('- nonResourceURLs: ["/metrics"]\n  verbs: ["get"]');
  });

  it('says that no credentials arrived, rather than naming a right, when we count as anonymous', async () => {
    recorded('/api/v1/nodes?resourceVersion=0', 'forbidden-403-anonymous');
    const failure = await failureOf(read({ verb: 'list', kind: 'Node' }), 'forbidden');
    expect(failure.message).toContain('saw no credentials it accepts');
    expect(failure.remedy).not.toContain('apiGroups');
  });

  it('does not blame RBAC when a proxy on the way says no', async () => {
    answers('/api/v1/nodes/nosuch', 403, '<html><head><title>Access denied by WAF</title></head></html>');
    const failure = await failureOf(read(getNode), 'forbidden');
    expect(failure.message).toContain('Access denied by WAF');
    expect(failure.remedy).toContain('RBAC is not the reason');
  });

  it('says what to do about a token that is not accepted', async () => {
    recorded('/api/v1/nodes/nosuch', 'unauthorized-401');
    const failure = await failureOf(read(getNode), 'unauthorized');
    expect(failure.message).toBe(
      'prod.example:6443 does not accept the token of user "viewer" (401): expired or invalid',
    );
    expect(failure.remedy).toContain('kubectl create token');
    expect(`${failure.message}${failure.remedy}`).not.toContain('secret');
  });
});

describe('an API server in trouble', () => {
  it.each([
    ['timeout-future-rv', 'prod.example:6443 answered 500: etcdserver: mvcc: required revision is a future revision'],
    ['gone-410-old-rv-watch', 'prod.example:6443 answered 410: The resourceVersion for the provided list is too old.'],
    [
      'proxy-unreachable-node',
      /answered 500: error trying to reach service: dial tcp 10.200.12.10:10250: i\/o timeout/,
    ],
  ])('is quoted: %s', async (name, message) => {
    recorded('/api/v1/nodes/nosuch', name);
    expect((await failureOf(read(getNode), 'server-error')).message).toMatch(message);
  });

  it('is quoted without the markup when a load balancer speaks for it', async () => {
    answers('/api/v1/nodes/nosuch', 502, '<html><head><title>502 Bad Gateway</title></head><body>…</body></html>');
    expect((await failureOf(read(getNode), 'server-error')).message).toBe(
      'prod.example:6443 answered 502: 502 Bad Gateway',
    );
  });

  it('is recognised when it is a login page', async () => {
    answers('/api/v1/nodes/nosuch', 302, '', { location: 'https://login.example/' });
    expect((await failureOf(read(getNode), 'server-error')).message).toContain('redirects to https://login.example/');
  });

  it.each(['{"kind":"Node","metadata":{"na', '<html>Sign in</html>', ''])(
    'may answer 200 and no JSON: %j',
    async (body) => {
      answers('/api/v1/nodes/nosuch', 200, body, { 'content-type': 'text/html' });
      const failure = await failureOf(read(getNode), 'unparsable');
      expect(failure.message).toContain('not the JSON it should be (text/html)');
    },
  );
});

describe('a probe', () => {
  const readyz: ReadRequest = { verb: 'probe', path: '/readyz?verbose' };

  it.each([
    ['sa-readyz-verbose', 200, '[+]etcd ok'],
    ['etcdstop-readyz-verbose', 500, '[-]etcd failed: reason withheld'],
  ])('has an answer whatever the status: %s', async (name, status, line) => {
    recorded('/readyz?verbose', name);
    const { body } = await read(readyz);
    expect(body).toEqual({ status, text: expect.stringContaining(line) });
  });

  it('bears the time of the server, by which our own clock is judged', async () => {
    const date = 'Sat, 21 Nov 2026 03:00:00 GMT';
    answers('/readyz?verbose', 200, '[+]etcd ok', { date });
    expect((await read(readyz)).body).toEqual({ status: 200, text: '[+]etcd ok', date });
  });

  it('is only ever made of a path of this server', async () => {
    await failureOf(read({ verb: 'probe', path: '//elsewhere.example/' }), 'server-error');
    await failureOf(read({ verb: 'probe', path: 'https://elsewhere.example/' }), 'server-error');
  });
});

describe('a request', () => {
  it('says who asks, and keeps the path a cluster is served under', async () => {
    const kubeconfig = await writeKubeconfig(
      folder(),
      { server: 'https://rancher.example/k8s/clusters/c-1/' },
      { token: 'secret\n' },
    );
    const behindRancher = await clusterFrom({ kubeconfig, version: '1.2.3' });
    nock('https://rancher.example', {
      reqheaders: { 'user-agent': 'nightshift/1.2.3', authorization: 'Bearer secret', accept: 'application/json' },
    })
      .get('/k8s/clusters/c-1/api/v1/nodes/worker-3?resourceVersion=0')
      .reply(200, { kind: 'Node' });
    const { asked } = await behindRancher.source.read(
      { verb: 'get', kind: 'Node', name: 'worker-3' },
      { deadlineMs: 5_000, maxBytes: 10_000 },
    );
    expect(asked).toBe('/api/v1/nodes/worker-3?resourceVersion=0');
    await behindRancher.close();
  });

  it('is no PromQL', async () => {
    await failureOf(read({ verb: 'query', promql: 'up' }), 'not-configured');
  });
});
