import { describe, expect, it } from 'vitest';
import { isGap } from '../../../../engine/gaps.ts';
import { parseWebhook } from '../../../../infra/alertmanager/webhook.ts';
import { fingerprintOf } from '../../../../infra/local/practice/alert.ts';
import { worlds } from '../../../../infra/local/practice/worlds/index.ts';
import { catalog } from '../../../../runbooks/catalog.ts';
import { diagnosed } from './diagnosis.ts';
import { fetchReply, recorded, type Stage, stage } from './practice.ts';

const alertsOf = (on: Stage, id: string) => {
  const parsed = parseWebhook(JSON.stringify(on.practice.alertFor(id)));
  if ('wrong' in parsed) throw new Error(parsed.wrong);
  return parsed.webhook.alerts;
};

const cases = worlds.map(({ id, expect: causes, gaps = [] }) => ({ id, causes, gaps }));

describe.each(cases)('the world $id', ({ id, causes, gaps }) => {
  it('is diagnosed right by its runbook, with all the evidence there is', async () => {
    await using on = await stage({ world: id });
    const report = await diagnosed(on, id);
    const confirmed = report.causes.filter(({ verdict }) => verdict === 'confirmed').map((cause) => cause.id);
    const failed = report.evidence.filter(isGap).map((evidence) => evidence.id);

    expect(confirmed).toEqual(causes);
    expect(failed).toEqual(gaps);
    if (causes.length === 0) expect(report.causes.map(({ verdict }) => verdict)).not.toContain('inconclusive');
  });

  it('sends a webhook that its runbook answers, fired after the trouble began and before now', async () => {
    await using on = await stage({ world: id });
    const runbook = catalog.find(
      (candidate) => candidate.id === on.practice.worlds().find((w) => w.id === id)?.runbook,
    );
    const alerts = alertsOf(on, id);

    expect(alerts.length).toBeGreaterThan(0);
    for (const { labels, startsAt } of alerts) {
      expect(runbook?.alerts.map(({ name }) => name)).toContain(labels.alertname);
      const began = worlds.find((world) => world.id === id)?.beganSecondsAgo ?? 0;
      const age = (on.now().getTime() - Date.parse(startsAt)) / 1000;
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThan(began);
    }
  });

  it('sends the same webhook again until it starts anew', async () => {
    await using on = await stage({ world: id });
    const first = on.practice.alertFor(id);
    on.wait(40);
    const again = on.practice.alertFor(id);
    on.practice.setWorld(id);
    const anew = on.practice.alertFor(id);

    expect(again).toEqual(first);
    expect(anew).not.toEqual(first);
    on.wait(5);
    on.practice.setWorld('quiet');
    expect(alertsOf(on, id)[0]?.fingerprint).toBe(alertsOf(on, id)[0]?.fingerprint);
  });
});

describe('alerts', () => {
  it('have the shape of a real webhook, and the fingerprint that Alertmanager would give', async () => {
    const [real] = Object.values(recorded('alertmanager/webhooks-0.25.json'));
    const body = JSON.parse(String(real?.body));
    await using on = await stage({ world: 'etcd-slow-disk' });
    const ours = JSON.parse(JSON.stringify(on.practice.alertFor('etcd-slow-disk')));

    expect(Object.keys(ours).sort()).toEqual(Object.keys(body).sort());
    expect(Object.keys(ours.alerts[0]).sort()).toEqual(Object.keys(body.alerts[0]).sort());
    for (const { labels, fingerprint } of body.alerts) expect(fingerprintOf(labels)).toBe(fingerprint);
    expect(ours.commonLabels).not.toHaveProperty('severity');
    expect(ours.groupLabels).toEqual({ namespace: 'kube-system' });
  });

  it('about a node carry the misleading labels of kube-state-metrics; its own pod has them', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const [alert] = alertsOf(on, 'kubelet-stopped');
    const { alertname, node, namespace, pod, instance } = alert?.labels ?? {};
    const { body } = await on.get(`/api/v1/namespaces/${namespace}/pods/${pod}`);

    expect([alertname, node]).toEqual(['KubeNodeNotReady', 'worker-3']);
    expect(pod).toContain('kube-state-metrics');
    expect(body.spec?.nodeName).not.toBe('worker-3');
    expect(instance).toBe(`${body.status?.podIP}:8080`);
  });

  it('have been earned: their expressions hold now', async () => {
    for (const { id } of worlds.filter((world) => world.expect.length > 0)) {
      await using on = await stage({ world: id });
      for (const { generatorURL, labels } of alertsOf(on, id)) {
        const expression = new URL(generatorURL ?? '').searchParams.get('g0.expr') ?? '';
        const firing = await on.query(expression);
        const about = (name: string) => firing.map(({ metric }) => metric[name]);
        expect(about(labels.node === undefined ? 'instance' : 'node'), expression).toEqual([
          labels.node ?? labels.instance,
        ]);
      }
    }
  });
});

describe('an etcd leader on a slow disk', () => {
  it('is the only slow member; links, leader and quorum are well', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    const p99 = 'histogram_quantile(0.99, sum by (pod, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket[5m])))';
    const byPod = Object.fromEntries((await on.query(p99)).map(({ metric, value }) => [metric.pod, value]));
    const one = async (promql: string) => (await on.query(promql))[0]?.value;

    expect(byPod['etcd-control-plane-1']).toBeGreaterThan(0.2);
    expect(byPod['etcd-control-plane-1']).toBeLessThan(0.3);
    expect(byPod['etcd-control-plane-2']).toBeLessThan(0.008);
    expect(byPod['etcd-control-plane-3']).toBeLessThan(0.008);
    expect(
      (await on.query('increase(etcd_server_heartbeat_send_failures_total[10m]) > 0')).map(({ metric }) => metric.pod),
    ).toEqual(['etcd-control-plane-1']);
    expect(await one('sum(etcd_server_is_leader)')).toBe(1);
    expect(await one('changes(etcd_server_leader_changes_seen_total[1h])')).toBe(0);
    expect(
      await one(
        'max(rate(etcd_network_peer_round_trip_time_seconds_sum[10m]) / rate(etcd_network_peer_round_trip_time_seconds_count[10m]))',
      ),
    ).toBeLessThan(0.002);
    const saturated = await on.query('rate(node_disk_io_time_seconds_total[5m]) > 0.9');
    expect(saturated.map(({ metric }) => metric.instance)).toEqual(['10.20.0.10:9100']);
    // Before it began, all was well.
    expect(await on.query('increase(etcd_server_heartbeat_send_failures_total[10m] offset 20m) > 0')).toEqual([]);
  });

  it('shows its members as static pods with the flags a runbook reads', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    const { body } = await on.get('/api/v1/namespaces/kube-system/pods/etcd-control-plane-1');
    const flags = Object.values(body.spec?.containers?.[0]?.command ?? {}).map(String);

    expect(flags[0]).toBe('etcd');
    expect(flags).toContain('--listen-metrics-urls=http://127.0.0.1:2381,http://10.20.0.10:2381');
    expect(flags.some((flag) => /heartbeat|election/.test(flag))).toBe(false);
    expect(body.metadata?.annotations).toHaveProperty('kubernetes.io/config.mirror');
    expect(body.metadata?.ownerReferences?.[0]).toMatchObject({ kind: 'Node', name: 'control-plane-1' });
  });
});

/** Bytes of what Prometheus tells of all its kubelets: it cannot be asked about one, and is only where that one fails. */
async function toldOfKubelets({ practice }: Stage): Promise<number> {
  const pools = [0, 1, 2].map((endpoint) => `serviceMonitor/monitoring/kube-prometheus-stack-kubelet/${endpoint}`);
  const path = `${practice.prometheusUrl}/api/v1/targets?state=active&scrapePool=`;
  const answers = await Promise.all(pools.map((pool) => fetchReply(path + encodeURIComponent(pool))));
  return answers.reduce((sum, { text }) => sum + text.length, 0);
}

describe('size', () => {
  it('is nothing a run feels: the same calls and nearly the same bytes with 12 and with 1,000 nodes', async () => {
    const costs = [];
    for (const nodes of [12, 1_000]) {
      await using on = await stage({ world: 'kubelet-stopped', nodes });
      const { causes } = await diagnosed(on, 'kubelet-stopped');
      expect(causes.find(({ verdict }) => verdict === 'confirmed')?.id).toBe('kubeletStopped');
      const { kubernetesCalls, bytes } = on.practice.stats();
      costs.push({ kubernetesCalls, bytes: bytes - (await toldOfKubelets(on)) });
    }
    const [small, large] = costs;

    expect(large?.kubernetesCalls).toBe(small?.kubernetesCalls);
    expect(large?.kubernetesCalls).toBeLessThanOrEqual(25);
    expect(large?.bytes).toBeLessThan(1.1 * (small?.bytes ?? 0));
    expect(large?.bytes).toBeLessThan(1_000_000);
  });

  it('costs the API server no more with 5,000 nodes, and names nothing else where Prometheus has too much to tell', async () => {
    await using small = await stage({ world: 'kubelet-stopped', nodes: 12 });
    await using large = await stage({ world: 'kubelet-stopped', nodes: 5_000 });
    await diagnosed(small, 'kubelet-stopped');
    const { causes } = await diagnosed(large, 'kubelet-stopped');
    const named = causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id);

    expect(named.filter((id) => id !== 'kubeletStopped')).toEqual([]);
    expect(causes.find(({ id }) => id === 'kubeletStopped')?.verdict).not.toBe('ruled-out');
    expect(large.practice.stats().kubernetesCalls).toBe(small.practice.stats().kubernetesCalls);
  });

  it('does not keep a client from giving up on 75,000 pods', async () => {
    await using on = await stage({ nodes: 5_000 });
    const stop = new AbortController();
    const authorization = `Bearer ${/token: "([^"]+)"/.exec(on.practice.kubeconfig)?.[1]}`;
    const response = await fetch(`${on.practice.kubernetesUrl}/api/v1/pods`, {
      headers: { authorization },
      signal: stop.signal,
    });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    stop.abort();

    expect(first?.value?.length).toBeGreaterThan(1000);
    expect((await on.get('/api/v1/nodes/worker-3')).status).toBe(200);
  });

  it('refuses a cluster too small for its own worlds, and worlds it does not know', async () => {
    await expect(stage({ nodes: 5 })).rejects.toThrow('needs 6 nodes');
    await using on = await stage({ nodes: 6 });
    expect(() => on.practice.setWorld('kubelet-stoped')).toThrow('did you mean kubelet-stopped?');
  });
});

describe('pace', () => {
  const took = async (work: () => Promise<unknown>) => {
    const from = performance.now();
    await work();
    return performance.now() - from;
  };

  it('adds the latency asked for to every answer', async () => {
    await using on = await stage({ latencyMs: 60 });

    expect(await took(() => on.get('/api/v1/nodes/worker-1'))).toBeGreaterThanOrEqual(59);
    expect(await took(() => on.query('up'))).toBeGreaterThanOrEqual(59);
  });

  it('can be changed while it runs', async () => {
    await using on = await stage({ latencyMs: 600_000 });
    const signal = AbortSignal.timeout(100);

    await expect(fetch(`${on.practice.kubernetesUrl}/version`, { signal })).rejects.toThrow();
    on.practice.setLatency(0);
    expect((await on.get('/version')).status).toBe(200);
  });

  it('plays a world for people only when asked to: some evidence comes late', async () => {
    const path = '/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-3';
    await using on = await stage({ world: 'kubelet-stopped', drama: true });

    expect(await took(() => on.get(path))).toBeGreaterThanOrEqual(899);
  });
});
