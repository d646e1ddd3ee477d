import { describe, expect, it } from 'vitest';
import { cordon, deletePod, evict, podsOn } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Stage, stage } from './practice.ts';

const WORLD = 'late-heartbeats';
const NODE = 'worker-1';
const one = async ({ query }: Stage, promql: string) => (await query(promql))[0]?.value;
const ready = `kube_node_status_condition{node="${NODE}",condition="Ready",status="true"}`;
const eventsOf = async (on: Stage, kind: string, name: string, namespace: string) => {
  const { body } = await on.get(
    `/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.kind%3D${kind},involvedObject.name%3D${name}`,
  );
  const events = Object.values(body.items ?? {}) as unknown as {
    reason: string;
    count: number;
    source: { component: string };
  }[];
  return events.toSorted((a, b) => (a.reason < b.reason ? -1 : 1));
};

describe('a node whose heartbeats come a little later than the controller manager waits', () => {
  it('falls silent for seconds, and its pods with it, though their containers run on', async () => {
    await using on = await stage({ world: WORLD });
    const [pod] = (await podsOn(on, NODE)).filter(({ namespace }) => namespace === 'shop');
    if (!pod) throw new Error('it has a pod of the shop');
    const of = `{namespace="${pod.namespace}",pod="${pod.name}"}`;

    expect(await one(on, `changes(${ready}[15m])`)).toBeGreaterThanOrEqual(4);
    expect(
      await one(on, `changes(kube_pod_status_ready${of.replace('}', ',condition="true"}')}[15m])`),
    ).toBeGreaterThanOrEqual(4);
    expect(await one(on, `changes(kube_pod_container_status_ready${of}[15m])`)).toBe(0);
    expect(await eventsOf(on, 'Node', NODE, 'default')).toMatchObject([
      { reason: 'NodeNotReady', count: 5, source: { component: 'node-controller' } },
      { reason: 'NodeReady', count: 5, source: { component: 'kubelet' } },
    ]);
    expect(await eventsOf(on, 'Pod', pod.name, pod.namespace)).toMatchObject([{ reason: 'NodeNotReady', count: 5 }]);
    // Its kubelet answers all the time, and relists its pods every second.
    expect(await one(on, `min_over_time(up{job="kubelet",metrics_path="/metrics",node="${NODE}"}[20m])`)).toBe(1);
  });

  it('is not healed by moving its pods about', async () => {
    await using on = await stage({ world: WORLD });
    const [first, second] = (await podsOn(on, NODE)).filter(({ namespace }) => namespace === 'shop');
    if (!first || !second) throw new Error('it has pods of the shop');
    await evict(on, first);
    await deletePod(on, second);
    await cordon(on, NODE);
    on.wait(620);

    expect(confirmedIn(await diagnosed(on, WORLD))).toContain('graceTooSmall');
    expect((await diagnosed(on, WORLD)).recovered.verdict).toBe('ruled-out');
  });

  it('is healed by a grace period that outlasts a connection that hangs, which goes on to hang', async () => {
    await using on = await stage({ world: WORLD });
    on.practice.heal();
    on.wait(20);
    const early = await diagnosed(on, WORLD);
    on.wait(1_900);
    const later = await diagnosed(on, WORLD);
    const { body } = await on.get('/api/v1/namespaces/kube-system/pods/kube-controller-manager-control-plane-1');

    expect(early.causes.find(({ id }) => id === 'graceTooSmall')?.verdict).toBe('ruled-out');
    expect(early.recovered.verdict).toBe('ruled-out');
    expect(Object.values(body.spec?.containers?.[0]?.command ?? {})).toContain('--node-monitor-grace-period=50s');
    expect(confirmedIn(later)).toEqual([]);
    expect(later.recovered.verdict).toBe('confirmed');
    expect(await one(on, `changes(${ready}[30m])`)).toBe(0);
    expect(
      await one(
        on,
        `max_over_time((timestamp(kube_lease_renew_time{lease="${NODE}"}) - kube_lease_renew_time{lease="${NODE}"})[30m:15s])`,
      ),
    ).toBeGreaterThan(30);
  });
});
