import { describe, expect, it } from 'vitest';
import { actions, limits } from './actions.ts';
import { mockedServer } from './mocked.ts';

const { answers, takes, read, writer, another } = mockedServer();

const FLOW_CONTROL = '/apis/flowcontrol.apiserver.k8s.io';
const coreV1 = (evictionVersion: string) => ({
  kind: 'APIResourceList',
  groupVersion: 'v1',
  resources: [
    { name: 'pods', namespaced: true, kind: 'Pod', verbs: ['get'] },
    { name: 'pods/eviction', group: 'policy', version: evictionVersion, kind: 'Eviction', verbs: ['create'] },
  ],
});
const flowVersions = (...versions: string[]) => ({
  kind: 'APIGroup',
  versions: versions.map((version) => ({ groupVersion: `flowcontrol.apiserver.k8s.io/${version}`, version })),
});
const done = { status: 200, body: { kind: 'Status', status: 'Success' } };

describe('a patch', () => {
  it('says its type, who writes, and the exact body', async () => {
    const { sent } = takes('PATCH', '/api/v1/nodes/worker-3?fieldManager=nightshift', done);
    const { asked } = await writer().apply(actions.cordon, limits);
    expect(asked).toBe('PATCH /api/v1/nodes/worker-3?fieldManager=nightshift');
    expect(sent().body).toEqual(actions.cordon.body);
    expect(sent().headers).toMatchObject({
      'content-type': 'application/merge-patch+json',
      'user-agent': 'nightshift/1.2.3',
      authorization: 'Bearer secret',
    });
  });

  it('may be strategic, so that lists are merged by key', async () => {
    const { sent } = takes('PATCH', '/apis/apps/v1/namespaces/shop/deployments/web?fieldManager=nightshift', done);
    await writer().apply(actions.restart, limits);
    expect(sent().headers['content-type']).toBe('application/strategic-merge-patch+json');
  });

  it('may go to a subresource, and answers what that says', async () => {
    const path = '/apis/apps/v1/namespaces/shop/deployments/web/scale?fieldManager=nightshift';
    takes('PATCH', path, 'dryrun-scale');
    const { object } = await writer().apply(actions.scale, limits);
    expect(object).toMatchObject({ kind: 'Scale', spec: { replicas: 5 } });
  });
});

describe('a rehearsal is the same request with dryRun=All', () => {
  it('of a patch and of a creation: in the query', async () => {
    const patch = takes('PATCH', '/api/v1/nodes/worker-3?fieldManager=nightshift&dryRun=All', done);
    await writer().rehearse(actions.cordon, limits);
    expect(patch.sent().body).toEqual(actions.cordon.body);
  });

  it('of a deletion: in the options too, because an API server that finds options in the body reads no others', async () => {
    const { sent } = takes('DELETE', '/api/v1/namespaces/shop/pods/web-1?dryRun=All', done);
    await writer().rehearse(actions.delete, limits);
    expect(sent().body).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      preconditions: { uid: actions.delete.uid },
      dryRun: ['All'],
    });
  });

  it('of an eviction: in both', async () => {
    answers('/api/v1', 200, coreV1('v1'));
    const { writer: fresh, close } = await another();
    const { sent } = takes('POST', '/api/v1/namespaces/shop/pods/web-1/eviction?dryRun=All', 'dryrun-evict-allowed');
    await fresh.rehearse(actions.evict, limits);
    expect(sent().body).toMatchObject({ deleteOptions: { dryRun: ['All'] } });
    await close();
  });
});

it('a deletion is of the one pod that was meant', async () => {
  const { sent } = takes('DELETE', '/api/v1/namespaces/shop/pods/web-1', done);
  await writer().apply(actions.delete, limits);
  expect(sent().body).toEqual({
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Background',
    preconditions: { uid: actions.delete.uid },
  });
});

describe('an eviction', () => {
  const path = '/api/v1/namespaces/shop/pods/web-1/eviction';

  it.each(['v1', 'v1beta1'])('has the version the cluster serves, asked once: policy/%s', async (version) => {
    const { writer: fresh, close } = await another();
    answers('/api/v1', 200, coreV1(version));
    for (let turn = 0; turn < 2; turn += 1) {
      const { sent } = takes('POST', path, 'dryrun-evict-allowed');
      await fresh.apply(actions.evict, limits);
      expect(sent().body).toEqual({
        apiVersion: `policy/${version}`,
        kind: 'Eviction',
        metadata: { namespace: 'shop', name: 'web-1' },
        deleteOptions: { preconditions: { uid: actions.evict.uid } },
      });
    }
    await close();
  });

  it('asks again after the cluster said that the version is not the right one', async () => {
    const { writer: fresh, close } = await another();
    answers('/api/v1', 200, coreV1('v1'));
    takes('POST', path, 'dryrun-evict-policyv1-refused');
    await expect(fresh.apply(actions.evict, limits)).rejects.toMatchObject({ kind: 'invalid', ambiguous: false });
    answers('/api/v1', 200, coreV1('v1beta1'));
    const { sent } = takes('POST', path, 'dryrun-evict-allowed');
    await fresh.apply(actions.evict, limits);
    expect(sent().body).toMatchObject({ apiVersion: 'policy/v1beta1' });
    await close();
  });

  it('is not sent when the cluster serves none, or does not say', async () => {
    const { writer: fresh, close } = await another();
    answers('/api/v1', 200, { resources: [{ name: 'pods' }] });
    await expect(fresh.apply(actions.evict, limits)).rejects.toMatchObject({ kind: 'not-served', ambiguous: false });
    answers('/api/v1', 200, '<html>Sign in</html>');
    await expect(fresh.apply(actions.evict, limits)).rejects.toMatchObject({ kind: 'server-error', ambiguous: false });
    answers('/api/v1', 403, {
      kind: 'Status',
      reason: 'Forbidden',
      message: 'forbidden: User "system:serviceaccount:ops:fixer" cannot get path "/api/v1"',
    });
    await expect(fresh.apply(actions.evict, limits)).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'ServiceAccount ops/fixer may not get the path /api/v1',
      remedy: expect.stringContaining('- nonResourceURLs: ["/api/v1"]'),
    });
    await close();
  });
});

describe('a creation', () => {
  const created = 'created-201-priority-level';

  it.each([
    ['v1', 'nominalConcurrencyShares', ['v1', 'v1beta3']],
    ['v1beta3', 'nominalConcurrencyShares', ['v1beta3', 'v1beta2']],
    ['v1beta2', 'assuredConcurrencyShares', ['v1beta2', 'v1beta1']],
    ['v1beta1', 'assuredConcurrencyShares', ['v1beta1', 'v1alpha1']],
  ])(
    'is in the newest version that both know, %s, with its name for the shares: %s',
    async (version, field, served) => {
      const { writer: fresh, close } = await another();
      answers(FLOW_CONTROL, 200, flowVersions(...served));
      const path = `${FLOW_CONTROL}/${version}/prioritylevelconfigurations?fieldManager=nightshift`;
      const { sent } = takes('POST', path, created);
      const { object } = await fresh.apply(actions.isolate, limits);
      expect(sent().body).toEqual({
        apiVersion: `flowcontrol.apiserver.k8s.io/${version}`,
        kind: 'PriorityLevelConfiguration',
        metadata: { ...actions.isolate.body.metadata, name: 'noisy' },
        spec: { type: 'Limited', limited: { [field]: 5, limitResponse: { type: 'Reject' } } },
      });
      expect(object, 'compared with what was meant, whatever the version').toMatchObject({
        spec: actions.isolate.body.spec,
      });
      await close();
    },
  );

  it('is not sent when no version is known', async () => {
    const { writer: fresh, close } = await another();
    answers(FLOW_CONTROL, 200, flowVersions('v1alpha1'));
    await expect(fresh.apply(actions.isolate, limits)).rejects.toMatchObject({
      kind: 'not-served',
      message: expect.stringContaining('PriorityLevelConfiguration (flowcontrol.apiserver.k8s.io/v1 or'),
    });
    await close();
  });
});

it('shares have one name for whoever reads them, too', async () => {
  const older = { spec: { type: 'Limited', limited: { assuredConcurrencyShares: 5 } } };
  const present = { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5 } } };
  const path = `${FLOW_CONTROL}/v1/prioritylevelconfigurations`;
  answers(`${path}/noisy`, 200, older);
  answers(path, 200, { items: [older, { spec: { type: 'Exempt' } }] });
  const kind = 'PriorityLevelConfiguration';
  expect((await read({ verb: 'get', kind, name: 'noisy', fresh: true })).body).toEqual(present);
  expect((await read({ verb: 'list', kind, fresh: true })).body).toEqual({
    items: [present, { spec: { type: 'Exempt' } }],
  });
});

describe('nothing is sent', () => {
  it.each(['', '..', 'a/b', 'a%2fb'])('to an object whose name is %j', async (name) => {
    const object = { kind: 'Node', name } as const;
    await expect(writer().apply({ ...actions.cordon, object }, limits)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      kind: 'not-found',
      ambiguous: false,
    });
  });

  it('to an object of a namespace without the namespace', async () => {
    const object = { kind: 'Pod', name: 'web-1' } as const;
    await expect(writer().apply({ ...actions.delete, object }, limits)).rejects.toThrow(/the request has no namespace/);
  });
});
