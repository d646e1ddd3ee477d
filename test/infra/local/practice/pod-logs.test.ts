import { describe, expect, it } from 'vitest';
import { quietFacts, withNode } from '../../../../infra/local/practice/facts.ts';
import { podLog } from '../../../../infra/local/practice/kubernetes/pod-logs.ts';
import { podNamed } from '../../../../infra/local/practice/placement.ts';
import { stage } from './practice.ts';

const POD_PATH = '/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-3&resourceVersion=0';
const log = '/api/v1/namespaces/shop/pods/reports-0/log';

describe('the log of a container in the practice cluster', () => {
  it('is its latest lines as text, of the run before if that is asked for', async () => {
    await using on = await stage();
    const last = await on.get(`${log}?container=reports&previous=true&tailLines=1&limitBytes=65536`);
    expect([last.status, last.text, last.headers.get('content-type')]).toEqual([
      200,
      'loading the orders of 36 months into memory\n',
      'text/plain; charset=utf-8',
    ]);
    expect((await on.get(log)).text.split('\n')).toHaveLength(4);
  });

  it('is none where there was no run before, no such container, or no such pod', async () => {
    await using on = await stage();
    const web = '/api/v1/namespaces/shop/pods/orders-db-0/log';
    const failures = [
      [`${web}?previous=true`, 400, /^previous terminated container "[\w-]+" in pod "orders-db-0" not found$/],
      [`${log}?container=nope`, 400, /^container nope is not valid for pod reports-0$/],
      [log.replace('reports-0', 'reports-9'), 404, /^pods "reports-9" not found$/],
    ] as const;
    for (const [path, status, message] of failures) {
      const reply = await on.get(path);
      expect([path, reply.status]).toEqual([path, status]);
      expect(JSON.parse(reply.text)).toMatchObject({ message: expect.stringMatching(message) });
    }
  });

  it('is not for whoever may not read logs', async () => {
    await using on = await stage({ forbidden: ['pods/log'] });
    expect((await on.get(log)).status).toBe(403);
    expect((await on.get('/api/v1/namespaces/shop/pods/reports-0')).status).toBe(200);
  });

  it('is not to be had where the kubelet is stopped, in the words of what the API server met at its port', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const [pod] = Object.values((await on.get(POD_PATH)).body.items ?? {});
    const { name, namespace } = pod?.metadata ?? {};
    const reply = await on.get(`/api/v1/namespaces/${namespace}/pods/${name}/log?tailLines=0&limitBytes=1`);
    expect(reply.status).toBe(500);
    expect(JSON.parse(reply.text).message).toMatch(
      new RegExp(
        `^Get "https://(10[.0-9]+:10250)/containerLogs/${namespace}/${name}/[\\w-]+\\?limitBytes=1&tailLines=0": dial tcp \\1: connect: connection refused$`,
      ),
    );
    expect((await on.get(`${log}?tailLines=0`)).status, 'of another node').toBe(200);

    on.practice.heal();
    on.wait(10);
    expect((await on.get(`/api/v1/namespaces/${namespace}/pods/${name}/log?tailLines=0`)).status).toBe(200);
  });

  it('keeps the API server waiting where the kubelet is held up, until that gives up', () => {
    const now = Date.parse('2026-11-21T07:00:00Z') / 1000;
    const quiet = quietFacts({ nodes: 12, podsPerNode: 15 }, now);
    const asked = { namespace: 'shop', name: 'orders-db-0', query: new URLSearchParams({ tailLines: '0' }) };
    const { name: node, address } = podNamed(quiet, asked.namespace, asked.name, now)?.node ?? {
      name: '',
      address: '',
    };
    const held = withNode(quiet, node, { lapses: [{ from: now - 20, until: now + 20 }] });
    expect(podLog(held, now, asked)).toEqual({
      code: 500,
      message: expect.stringMatching(
        `^Get "https://${address}:10250/containerLogs/shop/orders-db-0/[\\w-]+\\?tailLines=0": net/http: TLS handshake timeout$`,
      ),
      afterMs: 10_000,
    });
    expect(podLog(held, now + 30, asked)).toBe('');
    // One that nobody hears still answers.
    const unheard = withNode(quiet, node, { lapses: [{ from: now - 20, until: now + 20, unheard: true }] });
    expect(podLog(unheard, now, asked)).toBe('');
  });

  it('of an etcd is calm, and of a leader on a slow disk tells of late heartbeats, since so long', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    const of = (node: string, query = '') =>
      on.get(`/api/v1/namespaces/kube-system/pods/etcd-${node}/log?container=etcd${query}`);
    const leader = (await of('control-plane-1', '&sinceSeconds=60')).text.trim().split('\n');
    const follower = (await of('control-plane-2')).text;

    expect(leader.length).toBeGreaterThan(40);
    expect(leader.at(-1)).toMatch(
      /"msg":"leader failed to send out heartbeat on time; .*"exceeded-duration":"140.000ms"/,
    );
    expect(on.now().getTime() - Date.parse(JSON.parse(leader[0] ?? '{}').ts)).toBeLessThan(60_000);
    expect(follower).toContain('finished scheduled compaction');
    expect(follower).not.toContain('heartbeat');
  });
});
