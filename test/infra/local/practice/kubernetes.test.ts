import { CoordinationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { fetchReply, type Json, recordedText, stage, tokenOf } from './practice.ts';

const names = (body: Json) => Object.values(body.items ?? {}).map((item) => String(item.metadata?.name));

describe('the Kubernetes API of the practice cluster', () => {
  it('is read by the official client with the kubeconfig it gives', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const config = new KubeConfig();
    config.loadFromString(on.practice.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);

    const node = await core.readNode({ name: 'worker-3' });
    const pods = await core.listPodForAllNamespaces({ fieldSelector: 'spec.nodeName=worker-3', resourceVersion: '0' });
    const lease = await config
      .makeApiClient(CoordinationV1Api)
      .readNamespacedLease({ name: 'worker-3', namespace: 'kube-node-lease' });

    expect(node.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('Unknown');
    expect(pods.items).toHaveLength(15);
    expect(Date.parse(String(lease.spec?.renewTime))).toBeLessThan(on.now().getTime() - 180_000);
    await expect(core.readNode({ name: 'nosuch' })).rejects.toMatchObject({ code: 404 });
  });

  describe('answers what goes wrong letter for letter as a real API server', () => {
    it.each([
      ['an object that does not exist', 'notfound-404-node', '/api/v1/nodes/nosuch', {}],
      ['a token that is none', 'unauthorized-401', '/api/v1/nodes', { authorization: 'Bearer wrong' }],
      [
        'an old revision',
        'gone-410-old-rv-watch',
        '/api/v1/nodes?resourceVersion=1&resourceVersionMatch=Exact&limit=1',
        {},
      ],
      ['a revision from the future', 'timeout-future-rv', '/api/v1/nodes?resourceVersion=9999999999&limit=1', {}],
    ])('%s', async (_, recording, path, headers) => {
      await using on = await stage();
      const { status, body, headers: sent } = await on.get(path, headers);
      const real = recordedText(`kubernetes/${recording}.txt`);

      expect(body).toEqual(JSON.parse(real.slice(real.indexOf('\n\n'))));
      expect(status).toBe(Number(/^HTTP\S+ (\d+)/.exec(real)?.[1]));
      expect(sent.get('content-type')).toBe('application/json');
      expect(sent.has('x-kubernetes-pf-flowschema-uid')).toBe(/x-kubernetes-pf/.test(real));
    });

    it('no credentials: forbidden to the anonymous, not unauthorized; but health and version are open to all', async () => {
      await using on = await stage();
      const { kubernetesUrl } = on.practice;
      const real = recordedText('kubernetes/forbidden-403-anonymous.txt');
      const list = await fetchReply(`${kubernetesUrl}/api/v1/nodes`);

      expect(list.status).toBe(403);
      expect(list.body).toEqual(JSON.parse(real.slice(real.indexOf('\n\n'))));
      expect((await fetchReply(`${kubernetesUrl}/version`)).status).toBe(200);
      expect((await fetchReply(`${kubernetesUrl}/readyz?verbose`)).text).toMatch(/^\[\+\]etcd ok$/m);
    });

    it('no rights: the same for what exists and what does not', async () => {
      await using on = await stage({ forbidden: ['nodes'] });
      const [there, absent] = [await on.get('/api/v1/nodes/worker-3'), await on.get('/api/v1/nodes/nosuch')];

      expect([there.status, absent.status]).toEqual([403, 403]);
      expect(String(there.body.message)).toBe(
        'nodes "worker-3" is forbidden: User "system:serviceaccount:nightshift:nightshift" cannot get resource "nodes" in API group "" at the cluster scope',
      );
      expect((await on.get('/api/v1/namespaces/shop/pods')).status).toBe(200);
    });

    it('writing and watching: rights that a reader does not have', async () => {
      await using on = await stage();
      const url = `${on.practice.kubernetesUrl}/api/v1/nodes/worker-3`;
      const authorization = `Bearer ${tokenOf(on.practice)}`;
      const patch = await fetch(url, { method: 'PATCH', headers: { authorization }, body: '{}' });

      expect(patch.status).toBe(403);
      expect(await patch.text()).toContain('cannot patch resource \\"nodes\\"');
      expect((await on.get('/api/v1/nodes?watch=true')).status).toBe(403);
    });

    it('what is not served: no Status, a plain page', async () => {
      await using on = await stage();
      for (const path of [
        '/apis/policy/v1beta1/poddisruptionbudgets',
        '/apis/nosuch.io/v1/things',
        '/api/v1/secrets',
      ]) {
        expect(await on.get(path)).toMatchObject({ status: 404, text: '404 page not found\n' });
      }
    });

    it('selectors it cannot use', async () => {
      await using on = await stage();
      const field = await on.get('/api/v1/pods?fieldSelector=spec.hostname%3Dx');
      const label = await on.get('/api/v1/pods?labelSelector=a%20b');

      expect(field).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
      expect(String(field.body.message)).toContain('field label not supported: spec.hostname');
      expect(label.status).toBe(400);
    });
  });

  describe('selects', () => {
    it.each([
      ['pods of a node', '/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-3&resourceVersion=0', 15],
      ['pods of no node', '/api/v1/pods?fieldSelector=spec.nodeName%3Dnosuch', 0],
      [
        'pods of one node and namespace',
        '/api/v1/namespaces/kube-system/pods?fieldSelector=spec.nodeName%3Dworker-3',
        2,
      ],
      ['by two labels', '/api/v1/namespaces/kube-system/pods?labelSelector=component%3Detcd%2Ctier%3Dcontrol-plane', 3],
      [
        'by a set of values',
        '/api/v1/namespaces/kube-system/pods?labelSelector=component%20in%20(etcd,kube-scheduler)',
        6,
      ],
      ['by absence', '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app,!tier', 26],
      ['by inequality', '/api/v1/namespaces/kube-system/pods?labelSelector=tier!%3Dcontrol-plane', 26],
      ['by name', '/api/v1/namespaces/kube-system/pods?fieldSelector=metadata.name%3Detcd-control-plane-1', 1],
      ['not by phase', '/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-3,status.phase!%3DRunning', 0],
      ['one lease', '/apis/coordination.k8s.io/v1/leases?fieldSelector=metadata.name%3Dworker-3', 1],
    ])('%s', async (_, path, count) => {
      await using on = await stage();

      expect(names((await on.get(path)).body)).toHaveLength(count);
    });

    it('events of a node by kind and name; the uid is the real one only where the controller manager wrote it', async () => {
      await using on = await stage({ world: 'kubelet-stopped' });
      const about = (name: string) => `involvedObject.kind%3DNode%2CinvolvedObject.name%3D${name}`;
      const events = await on.get(`/api/v1/namespaces/default/events?fieldSelector=${about('worker-3')}`);
      const { body: node } = await on.get('/api/v1/nodes/worker-3');
      const [event] = Object.values(events.body.items ?? {});

      expect(names(events.body)).toHaveLength(1);
      expect(event).toMatchObject({ type: 'Normal', reason: 'NodeNotReady', source: { component: 'node-controller' } });
      expect(event?.involvedObject?.uid).toBe(node.metadata?.uid);
      expect(names((await on.get(`/api/v1/events?fieldSelector=${about('worker-4')}`)).body)).toEqual([]);
    });

    it('every pod by its own name, wherever it runs', async () => {
      await using on = await stage({ nodes: 6 });
      const { body } = await on.get('/api/v1/pods');
      const pods = Object.values(body.items ?? {});

      expect(pods).toHaveLength(3 * 7 + 3 * 15);
      expect(new Set(names(body)).size).toBe(pods.length);
      for (const { metadata } of pods) {
        const { body: pod } = await on.get(`/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}`);
        expect(pod.metadata?.uid).toBe(metadata?.uid);
      }
    });
  });

  describe('lists', () => {
    it('in the order of etcd keys', async () => {
      await using on = await stage({ nodes: 14 });
      const nodes = names((await on.get('/api/v1/nodes')).body);

      expect(nodes.slice(3, 7)).toEqual(['worker-1', 'worker-10', 'worker-11', 'worker-2']);
    });

    it('page by page with limit and continue', async () => {
      await using on = await stage();
      const first = await on.get('/api/v1/nodes?limit=5');
      const { continue: token, remainingItemCount } = first.body.metadata ?? {};
      const second = await on.get(`/api/v1/nodes?limit=7&continue=${token}`);

      expect(remainingItemCount).toBe(7);
      expect([...names(first.body), ...names(second.body)]).toEqual(names((await on.get('/api/v1/nodes')).body));
      expect(second.body.metadata).not.toHaveProperty('continue');
      expect((await on.get('/api/v1/nodes?limit=5&continue=nonsense')).status).toBe(400);
    });

    it('whole with resourceVersion=0, whatever the limit', async () => {
      await using on = await stage();

      expect(names((await on.get('/api/v1/nodes?limit=5&resourceVersion=0')).body)).toHaveLength(12);
    });

    it('nodes as the table of kubectl get nodes -o wide', async () => {
      await using on = await stage({ world: 'kubelet-stopped' });
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
      const { body } = await on.get('/api/v1/nodes?resourceVersion=0&includeObject=None', { accept });
      const columns = Object.values(body.columnDefinitions ?? {}).map(({ name }) => String(name));
      const rows = Object.values(body.rows ?? {}).map(({ cells }) => Object.values(cells ?? {}).map(String));
      const row = rows.find(([name]) => name === 'worker-3') ?? [];

      expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
      expect(Object.fromEntries(columns.map((column, index) => [column, row[index]]))).toMatchObject({
        Name: 'worker-3',
        Status: 'NotReady',
        Age: '42d',
        'Internal-IP': '10.20.0.15',
        'External-IP': '<none>',
      });
    });

    it('metadata alone when asked for it', async () => {
      await using on = await stage();
      const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
      const { body } = await on.get('/api/v1/nodes', { accept });

      expect(body.kind).toBe('PartialObjectMetadataList');
      expect(Object.keys(body.items?.[0] ?? {})).toEqual(['kind', 'apiVersion', 'metadata']);
    });

    it('compressed only from 128 KiB on', async () => {
      await using on = await stage();
      const encodings = await Promise.all(
        ['/api/v1/nodes', '/api/v1/pods'].map(async (path) => (await on.get(path)).headers.get('content-encoding')),
      );

      expect(encodings).toEqual([null, 'gzip']);
    });
  });

  it('describes itself, so that clients find every kind', async () => {
    await using on = await stage();
    const groups = Object.values((await on.get('/apis')).body.groups ?? {}).map(({ name }) => String(name));

    expect(groups).toEqual([
      ...['networking.k8s.io', 'coordination.k8s.io', 'discovery.k8s.io', 'apps', 'policy', 'autoscaling'],
      'flowcontrol.apiserver.k8s.io',
    ]);
    expect((await on.get('/api/v1')).body.kind).toBe('APIResourceList');
    const kinds = Object.values((await on.get('/apis/apps/v1')).body.resources ?? {});
    for (const { name } of kinds.filter((each) => !String(each.name).includes('/'))) {
      const { body } = await on.get(`/apis/apps/v1/${name}`);
      expect(names(body).length, String(name)).toBeGreaterThan(0);
    }
  });

  it('counts calls, bytes, paths and who asked', async () => {
    await using on = await stage();
    const { text } = await on.get('/api/v1/nodes/worker-1', { 'user-agent': 'nightshift/1.2.3' });
    await on.get('/api/v1/nodes?limit=1');

    expect(on.practice.stats()).toMatchObject({
      kubernetesCalls: 2,
      prometheusQueries: 0,
      byPath: { '/api/v1/nodes': 1 },
    });
    expect(on.practice.stats().kubernetesBytes).toBeGreaterThan(text.length);
    expect(on.practice.stats().userAgents).toContain('nightshift/1.2.3');
  });
});
