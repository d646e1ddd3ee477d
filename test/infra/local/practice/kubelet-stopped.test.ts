import { describe, expect, it } from 'vitest';
import { diagnosed } from './diagnosis.ts';
import { type Json, type Stage, stage } from './practice.ts';

/** In this world the kubelet stopped so many seconds before it begins to be played. */
const STOPPED_AGO = 180;
const POD_PATH = '/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-3&resourceVersion=0';

const items = (body: Json) => Object.values(body.items ?? {});
const conditionsOf = (object: Json) => Object.values(object.status?.conditions ?? {});
const conditionOf = (object: Json, wanted: string) => conditionsOf(object).find(({ type }) => String(type) === wanted);
const ageOf = (on: Stage, time: unknown) => (on.now().getTime() - Date.parse(String(time))) / 1000;

/** Of the kernel speaks node-problem-detector, which needs no kubelet for that. */
const isOfKubelet = ({ type }: Json) => !['KernelDeadlock', 'ReadonlyFilesystem'].includes(String(type));

async function node({ get }: Stage) {
  const { body } = await get('/api/v1/nodes/worker-3');
  return {
    conditions: conditionsOf(body).filter(isOfKubelet),
    taints: Object.values(body.spec?.taints ?? {}),
    version: body.metadata?.resourceVersion,
  };
}

async function lease({ get }: Stage, name: string) {
  return (await get(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`)).body;
}

describe('a node whose kubelet stopped', () => {
  it('has a frozen lease, while those of the living are never older than ten seconds', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const frozen = await lease(on, 'worker-3');

    expect(ageOf(on, frozen.spec?.renewTime)).toBeGreaterThanOrEqual(STOPPED_AGO);
    expect(ageOf(on, frozen.spec?.renewTime)).toBeLessThan(STOPPED_AGO + 10);
    for (let step = 0; step < 5; step += 1) {
      on.wait(7.3);
      expect(await lease(on, 'worker-3')).toEqual(frozen);
      const age = ageOf(on, (await lease(on, 'worker-4')).spec?.renewTime);
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThan(10);
    }
  });

  it('has all four conditions Unknown since one moment, heartbeats from before the stop, and both taints', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const { conditions, taints } = await node(on);
    const since = new Set(conditions.map(({ lastTransitionTime }) => String(lastTransitionTime)));
    const [noSchedule, noExecute] = taints;

    expect(conditions.map(({ type, status, reason }) => [type, status, reason])).toEqual(
      ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => [type, 'Unknown', 'NodeStatusUnknown']),
    );
    expect(conditions[3]?.message).toBe('Kubelet stopped posting node status.');
    expect(since.size).toBe(1);
    // The lease ran out 50 s after its last renewal, which was up to 10 s before the stop; looked at every 5 s.
    const silentFor = STOPPED_AGO - ageOf(on, [...since][0]);
    expect(silentFor).toBeGreaterThan(40);
    expect(silentFor).toBeLessThanOrEqual(55);
    for (const { lastHeartbeatTime } of conditions) expect(ageOf(on, lastHeartbeatTime)).toBeGreaterThan(STOPPED_AGO);
    expect(noSchedule).toMatchObject({
      key: 'node.kubernetes.io/unreachable',
      effect: 'NoSchedule',
      timeAdded: [...since][0],
    });
    expect(noExecute).toMatchObject({ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' });
    expect(ageOf(on, noSchedule?.timeAdded) - ageOf(on, noExecute?.timeAdded)).toBe(5);
  });

  it('keeps its pods running and their containers ready: only their condition Ready is false', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const pods = items((await on.get(POD_PATH)).body);

    expect(pods).toHaveLength(15);
    for (const pod of pods) {
      expect(pod.status?.phase).toBe('Running');
      expect(conditionOf(pod, 'Ready')?.status).toBe('False');
      expect(conditionOf(pod, 'ContainersReady')?.status).toBe('True');
      expect(pod.status?.containerStatuses?.[0]?.ready).toBe(true);
      expect(pod.metadata).not.toHaveProperty('deletionTimestamp');
    }
  });

  it('is told of in events: Normal on the node, Warning on each of its pods', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const events = items((await on.get('/api/v1/events')).body).filter(
      ({ reason }) => String(reason) === 'NodeNotReady',
    );
    const kinds = events.map(({ involvedObject, type }) => `${involvedObject?.kind} ${type}`);

    expect(kinds.filter((kind) => kind === 'Node Normal')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'Pod Warning')).toHaveLength(15);
  });

  it('counts against budgets, deployments and endpoints', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const here = items((await on.get(POD_PATH)).body).filter(({ metadata }) =>
      String(metadata?.name).startsWith('web-'),
    );
    const budget = (await on.get('/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web')).body.status;
    const web = (await on.get('/apis/apps/v1/namespaces/shop/deployments/web')).body.status;
    const slices = await on.get(
      '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?labelSelector=kubernetes.io/service-name%3Dweb',
    );
    const endpoints = items(slices.body).flatMap((slice) => Object.values(slice.endpoints ?? {}));
    const unready = endpoints.filter(({ conditions }) => String(conditions?.ready) === 'false');

    expect(here.length).toBeGreaterThan(0);
    expect(Number(budget?.expectedPods) - Number(budget?.currentHealthy)).toBe(here.length);
    expect(Number(budget?.disruptionsAllowed)).toBe(0);
    expect(Number(web?.unavailableReplicas)).toBe(here.length);
    expect(unready.map(({ nodeName }) => String(nodeName))).toEqual(here.map(() => 'worker-3'));
  });

  it('after five minutes of the NoExecute taint loses what does not tolerate it; replacements run elsewhere', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const before = items((await on.get('/api/v1/namespaces/shop/pods')).body).length;
    on.wait(300);
    const pods = items((await on.get(POD_PATH)).body);
    const terminating = pods.filter(({ metadata }) => metadata?.deletionTimestamp !== undefined);
    const daemons = pods.filter(({ metadata }) => String(metadata?.ownerReferences?.[0]?.kind) === 'DaemonSet');
    const shop = items((await on.get('/api/v1/namespaces/shop/pods')).body);
    const young = shop.filter(({ metadata }) => ageOf(on, metadata?.creationTimestamp) < 300);
    const lost = shop.filter(({ metadata }) => metadata?.deletionTimestamp !== undefined);
    const sets = lost.filter(({ metadata }) => String(metadata?.ownerReferences?.[0]?.kind) === 'StatefulSet');

    expect(terminating).toHaveLength(15 - daemons.length);
    expect(daemons).toHaveLength(3);
    // No kubelet is there to end them: still running, their deletion time already passed.
    on.wait(60);
    for (const { metadata, status } of terminating) {
      expect(status?.phase).toBe('Running');
      expect(ageOf(on, metadata?.deletionTimestamp)).toBeGreaterThan(0);
    }
    expect(young).toHaveLength(lost.length - sets.length);
    expect(shop).toHaveLength(before + young.length);
    expect(young.map(({ spec }) => String(spec?.nodeName))).not.toContain('worker-3');
    const { body } = await on.get(`/api/v1/namespaces/shop/pods/${young[0]?.metadata?.name}`);
    expect(conditionOf(body, 'Ready')?.status).toBe('True');
  });

  it('was well before: the same node, seen from the moment of the stop on', async () => {
    let time = Date.parse('2026-11-21T07:00:03.217Z');
    await using on = await stage({ world: 'kubelet-stopped', clock: { now: () => new Date(time) } });
    const stoppedAt = time - STOPPED_AGO * 1000;
    const seen = [];
    for (const after of [-5, 20, 39, 56, 62]) {
      time = stoppedAt + after * 1000;
      const { conditions, taints, version } = await node(on);
      seen.push({ after, ready: String(conditions[3]?.status), taints: taints.length, version: Number(version) });
    }

    expect(seen.map(({ after, ready, taints }) => [after, ready, taints])).toEqual([
      [-5, 'True', 0],
      [20, 'True', 0],
      [39, 'True', 0],
      [56, 'Unknown', expect.any(Number)],
      [62, 'Unknown', 2],
    ]);
    const versions = seen.map(({ version }) => version);
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions);
  });

  it('is told by what the API server meets at its port; only where no log may be read, Prometheus is asked for its targets', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    await using blind = await stage({ world: 'kubelet-stopped', forbidden: ['pods/log'] });
    const told = async (by: Stage) => {
      const { causes, evidence } = await diagnosed(by, 'kubelet-stopped');
      const { verdict, reason } = causes.find(({ id }) => id === 'kubeletStopped') ?? {};
      const targets = evidence.some(({ query }) => query.includes('/api/v1/targets'));
      return { verdict, reason: reason?.replace(/, and it renewed.*/, ''), targets };
    };

    expect(await told(on)).toEqual({
      verdict: 'confirmed',
      reason: expect.stringMatching(/^its port refuses at once \(the API server is refused at 10[.0-9]+:10250\)$/),
      targets: false,
    });
    expect(await told(blind)).toEqual({
      verdict: 'confirmed',
      reason: 'its port refuses at once (connection refused after 0.6 ms)',
      targets: true,
    });
  });

  it('is the same story in Prometheus, now and back in time', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const one = async (promql: string) => (await on.query(promql)).map(({ value }) => value);
    const readiness = 'kube_node_status_condition{node="worker-3",condition="Ready"';
    const kubelet = 'job="kubelet",metrics_path="/metrics",node="worker-3"';

    expect(await one(`up{${kubelet}}`)).toEqual([0]);
    expect(await one(`max_over_time(up{${kubelet}}[1h])`)).toEqual([1]);
    // Refused, not hanging: the machine is there, nobody listens.
    expect((await one(`scrape_duration_seconds{${kubelet}}`))[0]).toBeLessThan(0.01);
    expect(await one('up{job="node-exporter"} == 0')).toEqual([]);
    expect(await one('count(up{job="kubelet"} == 0)')).toEqual([3]);
    // What the kubelet told of itself went stale with the first scrape that failed.
    expect(await one('kubelet_running_pods{node="worker-3"}')).toEqual([]);
    expect(await one('last_over_time(kubelet_running_pods{node="worker-3"}[10m])')).toEqual([15]);
    expect(await one(`${readiness},status="unknown"}`)).toEqual([1]);
    expect(await one(`${readiness},status="true"} offset 5m`)).toEqual([1]);
    expect(await one('kube_node_spec_taint{node="worker-3"}')).toEqual([1, 1]);
    expect(await one('sum(node_collector_unhealthy_nodes_in_zone)')).toEqual([1]);
    const renewTime = (await lease(on, 'worker-3')).spec?.renewTime;
    expect(await one('kube_lease_renew_time{lease="worker-3"}')).toEqual([
      Math.floor(Date.parse(String(renewTime)) / 1000),
    ]);
    expect(await one('count(kube_pod_status_ready{condition="true",pod!="reports-0"} == 0)')).toEqual([15]);
  });
});
