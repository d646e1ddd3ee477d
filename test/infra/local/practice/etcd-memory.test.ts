import { describe, expect, it } from 'vitest';
import { levelBody } from '../../../../engine/changes/flow-objects.ts';
import { hung } from '../../../../infra/local/practice/kubernetes/stalled.ts';
import type { Onset } from '../../../../runbooks/api-429/onset.ts';
import { cordon, deletePod, evict, type Pod, podAt, podsOf, scale, workloadPath } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Reply, type Stage, stage } from './practice.ts';

const WORLD = 'etcd-memory';
const [MIB, GIB] = [2 ** 20, 2 ** 30];
const CAUSES = ['etcdAtMemoryLimit', 'etcdSlow'];
/** Any version will do, also an old one. */
const CACHED = '?resourceVersion=0';
const ETCD = '/api/v1/namespaces/kube-system/pods/etcd-control-plane-2';
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager';

/** What an answer that does not come is after a while: nothing. */
async function soon(answer: Promise<Reply>, withinMs = 300): Promise<number | 'nothing'> {
  const late = new Promise<'nothing'>((resolve) => setTimeout(resolve, withinMs, 'nothing'));
  return Promise.race([answer.then(({ status }) => status).catch(() => 'nothing' as const), late]);
}

const values = async (on: Stage, promql: string) => (await on.query(promql)).map(({ value }) => value);
const limitIn = ({ body }: Reply) => String(body.spec?.containers?.[0]?.resources?.limits?.memory);
const ago = (on: Stage, { body }: Reply) => (on.now().getTime() - Date.parse(String(body.spec?.renewTime))) / 1000;
/** As the watch cache knows it. */
async function cachedPod(on: Stage, path: string): Promise<Pod> {
  const { body } = await on.get(path + CACHED);
  const { metadata } = body.items?.[0] ?? body;
  const { namespace, name, uid } = { namespace: '', name: '', uid: '', ...metadata };
  const unread = { node: '', phase: '', ready: true, terminating: false, body };
  return { namespace: String(namespace), name: String(name), uid: String(uid), ...unread };
}

describe('etcd at its memory limit', () => {
  it('hangs on all members with memory that stands at the limit, and is not killed', async () => {
    await using on = await stage({ world: WORLD });
    const etcd = 'namespace="kube-system",container="etcd"';
    const share = `container_memory_working_set_bytes{${etcd}} / on (pod) container_spec_memory_limit_bytes{${etcd}}`;

    expect(await values(on, 'up{job="kube-etcd"}')).toEqual([0, 0, 0]);
    expect(await values(on, 'scrape_duration_seconds{job="kube-etcd"}')).toEqual([10, 10, 10]);
    for (const part of await values(on, share)) expect(part).toBeCloseTo(0.97, 2);
    expect(await values(on, `max(stddev_over_time(container_memory_working_set_bytes{${etcd}}[10m]))`)).toEqual([0]);
    const limit = `kube_pod_container_resource_limits{${etcd},resource="memory",unit="byte"}`;
    expect(await values(on, limit)).toEqual([512 * MIB, 512 * MIB, 512 * MIB]);
    const stalled = `min(rate(container_pressure_memory_stalled_seconds_total{${etcd}}[5m]))`;
    expect((await values(on, stalled))[0]).toBeGreaterThan(0.9);
    expect(await values(on, `max(increase(kube_pod_container_status_restarts_total{${etcd}}[30m]))`)).toEqual([0]);
    // Hanging members answer no instant query; what they said last is still known.
    expect(await on.query('process_resident_memory_bytes{job="kube-etcd"}')).toEqual([]);
    const [last = 0] = await values(on, 'max(last_over_time(process_resident_memory_bytes{job="kube-etcd"}[6h]))');
    const [lowest = 0] = await values(on, 'min(min_over_time(process_resident_memory_bytes{job="kube-etcd"}[6h]))');
    expect(last).toBeGreaterThan(2.5 * lowest);
    const [quota] = await values(on, 'max(last_over_time(etcd_server_quota_backend_bytes[1h]))');
    expect(quota).toBe(2 * GIB);
  });

  it('is answered by old copies where they will do, and not at all where they will not', async () => {
    await using on = await stage({ world: WORLD });
    const kubeSystem = '/api/v1/namespaces/kube-system/pods?labelSelector=component%3Detcd';

    expect(limitIn(await on.get(ETCD + CACHED))).toBe('512Mi');
    expect(ago(on, await on.get(LEASE + CACHED))).toBeGreaterThan(899);
    expect((await on.get(`${kubeSystem}&resourceVersion=0`)).body.items).toHaveLength(3);
    for (const path of [ETCD, kubeSystem, `/api/v1/events${CACHED}`, `${ETCD}/log${CACHED}`]) {
      expect(await soon(on.get(path)), path).toBe('nothing');
    }
    expect(hung({ bornAt: 0, nodes: [], members: [], podsPerNode: 0, etcdStall: { from: 0 } }, 100, {})).toMatchObject({
      status: 504,
      body: expect.stringContaining('request did not complete within 1m0s'),
      afterMs: 60_000,
    });
  });

  it('fails the checks of the API server after two seconds, which answers about itself at once', async () => {
    await using on = await stage({ world: WORLD });
    const dumps = '/debug/api_priority_and_fairness/dump_';
    const from = performance.now();
    const [readyz, alone, livez] = await Promise.all(
      ['/readyz?verbose', '/readyz/etcd', '/livez'].map((path) => on.get(path)),
    );
    const tookMs = performance.now() - from;

    expect([readyz?.status, alone?.status, livez?.status]).toEqual([500, 500, 500]);
    expect(readyz?.text).toMatch(
      /^\[\+\]ping ok\n\[\+\]log ok\n\[-\]etcd failed: reason withheld\n\[-\]etcd-readiness/,
    );
    expect(readyz?.text).toMatch(/\[\+\]shutdown ok\nreadyz check failed\n$/);
    expect(tookMs).toBeGreaterThan(1_990);
    expect((await on.get('/readyz/ping')).status).toBe(200);
    expect((await on.get(`${dumps}priority_levels`)).text).toMatch(/workload-low, .*203, 245\n/);
    expect((await on.get(`${dumps}requests?includeRequestDetails=1`)).text.split('\n').length).toBe(203 + 2);
  });

  it('is named, with its limit and its quota, after etcd and before the seats', async () => {
    await using on = await stage({ world: WORLD });
    const report = await diagnosed(on, WORLD);
    const { reason = '' } = report.causes.find(({ id }) => id === 'etcdAtMemoryLimit') ?? {};

    expect(reason).toContain('etcd-control-plane-1 uses 497 MiB of its memory limit of 512 MiB (97 %)');
    expect(reason).toContain('the limit is below the quota of its database (2 GiB)');
    expect(reason).toContain('3 members hang (scrapes run into their time-out)');
    expect(report.causes.find(({ id }) => id === 'noisyFlow')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('whoever waits for it fills the seats'),
    });
    const onset = report.evidence.find(({ id }) => id === 'onset')?.value as Onset | undefined;
    const { etcdMean = 0, etcdSilent = 0, seats = 0, rejected = 0 } = onset?.first ?? {};
    expect([etcdMean, etcdSilent, seats, rejected]).not.toContain(0);
    expect(etcdMean).toBeLessThan(seats);
    expect(etcdSilent).toBeLessThan(seats);
    expect(seats).toBeLessThanOrEqual(rejected);
    expect(report.remedies.filter((remedy) => !('unavailable' in remedy))).toEqual([]);
    expect(report.manualSteps.map(({ id }) => id)).toEqual(['raiseMemory', 'askEtcd', 'whatNotToDo']);
    expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(6);
  });

  it('is answered 429 and 5xx beside it, in the metrics of the API server', async () => {
    await using on = await stage({ world: WORLD });
    const rate = 'sum by (code) (rate(apiserver_request_total{code!="200"}[5m])) > 0';
    const codes = (await on.query(rate)).map(({ metric }) => metric.code);

    expect(codes.toSorted()).toEqual(['429', '500', '504']);
    expect(await on.query(rate.replace('[5m]', '[5m] offset 20m'))).toEqual([]);
    const [refused = 0] = await values(on, 'sum(rate(apiserver_request_total{code="429"}[5m]))');
    const [rejected] = await values(on, 'sum(rate(apiserver_flowcontrol_rejected_requests_total[5m]))');
    expect(refused).toBeCloseTo(rejected ?? 0);
  });

  it('is not healed by anything that is written, for nothing can be; nor by time, or by other fixes made by hand', async () => {
    await using on = await stage({ world: WORLD });
    const pod = await cachedPod(on, '/api/v1/namespaces/governance/pods');
    const server = await cachedPod(on, '/api/v1/namespaces/kube-system/pods/kube-apiserver-control-plane-1');
    const flow = '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations';
    const writes = [
      scale(on, workloadPath('governance', 'policy-reporter'), 0),
      evict(on, pod),
      deletePod(on, server),
      deletePod(on, await cachedPod(on, ETCD)),
      cordon(on, 'worker-2'),
      on.send('POST', flow, {
        kind: 'PriorityLevelConfiguration',
        ...levelBody('nightshift-shop-default', 'plan-1', 10),
      }),
    ];
    expect(new Set(await Promise.all(writes.map((write) => soon(write))))).toEqual(new Set(['nothing']));
    for (const fix of ['endInstance', 'calmClient', 'askEtcd', 'acceptFaster', 'giveCpu', 'whatNotToDo'])
      on.practice.doneByHand(fix);
    on.wait(600);
    const report = await diagnosed(on, WORLD);

    expect(confirmedIn(report)).toEqual(CAUSES);
    expect(report.recovered.verdict).toBe('ruled-out');
    on.practice.heal();
    on.wait(60);
    // Nothing of what was asked meanwhile was done.
    expect((await on.get('/api/v1/nodes/worker-2')).body.spec).not.toHaveProperty('unschedulable');
    expect(await podsOf(on, 'governance', 'policy-reporter')).toMatchObject([{ ready: true, terminating: false }]);
  });

  it('is healed by the higher limit: the members start anew, and all that was frozen goes on', async () => {
    await using on = await stage({ world: WORLD });
    on.practice.doneByHand('raiseMemory');
    on.wait(5);
    // The members have just ended; the API servers know nothing of it yet.
    expect(await values(on, 'scrape_duration_seconds{job="kube-etcd"}')).not.toContain(0.012);
    const before = await on.get(ETCD + CACHED);
    expect([limitIn(before), before.body.status?.containerStatuses?.[0]?.ready]).toEqual(['512Mi', true]);
    on.wait(55);
    expect(await values(on, 'up{job="kube-etcd"}')).toEqual([1, 1, 1]);
    expect(await values(on, 'changes(process_start_time_seconds{job="kube-etcd"}[30m])')).toEqual([1, 1, 1]);
    expect(confirmedIn(await diagnosed(on, WORLD))).not.toContain('etcdAtMemoryLimit');
    on.wait(340);
    const report = await diagnosed(on, WORLD);

    expect(confirmedIn(report)).toEqual([]);
    expect(report.recovered.verdict).toBe('confirmed');
    expect(report.evidence.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(limitIn(await on.get(ETCD))).toBe('2Gi');
    expect(await podAt(on, 'kube-system', 'etcd-control-plane-2')).toMatchObject({ ready: true, phase: 'Running' });
    expect(ago(on, await on.get(LEASE))).toBeLessThan(3);
    expect((await on.get('/readyz/etcd')).text).toBe('ok');
    expect((await cordon(on, 'worker-2')).status).toBe(200);
    expect(await on.query('max(rate(etcd_request_errors_total[5m])) > 0')).toEqual([]);
  });
});
