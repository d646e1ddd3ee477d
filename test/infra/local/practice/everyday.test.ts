import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Json, type Stage, stage } from './practice.ts';

const items = (body: Json) => Object.values(body.items ?? {});
const reports = '/api/v1/namespaces/shop/pods/reports-0';

async function container({ get }: Stage) {
  return (await get(reports)).body.status?.containerStatuses?.[0] ?? {};
}

describe('a pod that is ended again and again, in every world', () => {
  it('waits in CrashLoopBackOff, and says how its last run ended', async () => {
    await using on = await stage();
    const { body } = await on.get(reports);
    const { state, lastState, restartCount, ready } = await container(on);

    expect([ready, restartCount]).toEqual([false, 56]);
    expect(state).toEqual({
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off 5m0s restarting failed container=reports pod=reports-0_shop(${body.metadata?.uid})`,
      },
    });
    expect(lastState?.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
  });

  it('runs for twenty seconds after five minutes, with one restart more, and is never ready', async () => {
    await using on = await stage();
    const before = await container(on);
    const finishedAt = Date.parse(String(before.lastState?.terminated?.finishedAt));
    on.wait((finishedAt - on.now().getTime()) / 1000 + 305);
    const running = await container(on);
    on.wait(20);
    const after = await container(on);

    expect(Date.parse(String(running.state?.running?.startedAt)) - finishedAt).toBe(300_000);
    expect(running).toMatchObject({ restartCount: 57, ready: false, lastState: before.lastState });
    expect(after).toMatchObject({ restartCount: 57, ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } });
    expect(after.lastState).not.toEqual(before.lastState);
  });

  it('is the same story in its StatefulSet, its events and in Prometheus', async () => {
    await using on = await stage();
    const one = async (promql: string) => (await on.query(promql)).map(({ value }) => value);
    const { body: set } = await on.get('/apis/apps/v1/namespaces/shop/statefulsets/reports');
    const { body: events } = await on.get(
      '/api/v1/namespaces/shop/events?fieldSelector=involvedObject.name%3Dreports-0',
    );
    const about = 'namespace="shop",pod="reports-0"';

    expect(set.status).not.toHaveProperty('readyReplicas');
    expect(items(events).map(({ reason, type, count }) => [reason, type, count])).toEqual(
      expect.arrayContaining([
        ['BackOff', 'Warning', 57],
        ['Started', 'Normal', 57],
      ]),
    );
    expect(await one(`kube_pod_container_status_restarts_total{${about}}`)).toEqual([56]);
    expect(await one('sum(increase(kube_pod_container_status_restarts_total[30m])) > 4')).toHaveLength(1);
    expect(await one(`kube_pod_status_ready{${about},condition="true"}`)).toEqual([0]);
    expect(await on.query('kube_pod_container_status_last_terminated_reason')).toMatchObject([
      { metric: { pod: 'reports-0', reason: 'OOMKilled' } },
    ]);
  });
});

describe('a worker whose disk has filled up, in every world', () => {
  it('is ready and under DiskPressure, with its taint and its event', async () => {
    await using on = await stage();
    const { body: node } = await on.get('/api/v1/nodes/worker-7');
    const { body: events } = await on.get(
      '/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DNode%2CinvolvedObject.name%3Dworker-7',
    );
    const conditions = Object.values(node.status?.conditions ?? {}).map(({ type, status }) => `${type}=${status}`);

    const watched = ['KernelDeadlock=False', 'ReadonlyFilesystem=False'];
    expect(conditions).toEqual([
      ...watched,
      ...['MemoryPressure=False', 'DiskPressure=True', 'PIDPressure=False', 'Ready=True'],
    ]);
    expect(Object.values(node.spec?.taints ?? {})).toEqual([
      { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule', timeAdded: expect.any(String) },
    ]);
    expect(items(events)).toMatchObject([{ reason: 'NodeHasDiskPressure', involvedObject: { uid: 'worker-7' } }]);
  });

  it('is the same story in Prometheus, now and before it began', async () => {
    await using on = await stage();
    const pressed = 'kube_node_status_condition{condition="DiskPressure",status="true"} == 1';
    const free = 'node_filesystem_avail_bytes{instance="10.20.0.19:9100"} / node_filesystem_size_bytes';

    expect((await on.query(pressed)).map(({ metric }) => metric.node)).toEqual(['worker-7']);
    expect(await on.query(pressed.replace('} ==', '} offset 1h =='))).toEqual([]);
    expect((await on.query(free)).map(({ value }) => value)).toEqual([0.17]);
    expect((await on.query(free.replace('"}', '"} offset 1h'))).map(({ value }) => value)).toEqual([0.61]);
  });
});

describe('the alerts in docs', () => {
  it.each(['alertmanager-webhook.json', 'crash-looping-webhook.json'])(
    'docs/%s has been earned: its expression holds, for exactly its labels',
    async (file) => {
      const { alerts } = JSON.parse(readFileSync(new URL(`../../../../docs/${file}`, import.meta.url), 'utf8'));
      await using on = await stage();
      for (const { labels, generatorURL } of alerts) {
        const firing = await on.query(String(new URL(generatorURL).searchParams.get('g0.expr')));
        const { alertname: _alert, severity: _severity, prometheus: _external, ...scraped } = labels;
        expect(firing.map(({ metric: { __name__: _name, ...metric } }) => metric)).toEqual([scraped]);
      }
    },
  );
});
