import { describe, expect, it } from 'vitest';
import { stage } from './practice.ts';

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
