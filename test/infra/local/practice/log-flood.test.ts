import { describe, expect, it } from 'vitest';
import { cordon, evict, podsOf, podsOn, workloadPath } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Stage, stage } from './practice.ts';

const WORLD = 'log-flood';
const NODE = 'worker-2';
const one = async ({ query }: Stage, promql: string) => (await query(promql))[0]?.value;
const ready = (node: string) => `kube_node_status_condition{node="${node}",condition="Ready",status="true"}`;
const busy = (on: Stage) => on.query('rate(node_disk_io_time_seconds_total[1m]) > 0.9');

async function flooder(on: Stage) {
  const [pod] = await podsOf(on, 'telemetry', 'trace-exporter');
  if (!pod) throw new Error('there is a pod of trace-exporter');
  return pod;
}

async function rollBack(on: Stage): Promise<void> {
  const sets = await on.get('/apis/apps/v1/namespaces/telemetry/replicasets');
  const former = Object.values(sets.body.items ?? {}).find(({ spec }) => Number(spec?.replicas) === 0);
  await on.send(
    'PATCH',
    workloadPath('telemetry', 'trace-exporter'),
    {
      spec: {
        template: { $patch: 'replace', ...former?.spec?.template, metadata: { labels: { app: 'trace-exporter' } } },
      },
    },
    { content: 'application/strategic-merge-patch+json' },
  );
}

describe('a node whose disk a log floods', () => {
  it('comes and goes: NotReady again and again, for seconds, with one event that is counted up', async () => {
    await using on = await stage({ world: WORLD });
    const { body } = await on.get(
      `/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DNode,involvedObject.name%3D${NODE}`,
    );
    const events = Object.values(body.items ?? {}) as unknown as { reason: string; count: number }[];

    expect(await one(on, `changes(${ready(NODE)}[30m])`)).toBeGreaterThanOrEqual(4);
    expect(events.find(({ reason }) => reason === 'NodeNotReady')?.count).toBeGreaterThanOrEqual(2);
    expect((await one(on, `max_over_time(scrape_duration_seconds{node="${NODE}"}[20m])`)) ?? 0).toBe(10);
    expect(await one(on, `changes(process_start_time_seconds{job="kubelet",node="${NODE}"}[30m])`)).toBe(0);
    expect((await podsOn(on, NODE)).length).toBe(15);
  });

  it('charges nobody for the log: its pod writes nothing itself', async () => {
    await using on = await stage({ world: WORLD });
    const { name } = await flooder(on);
    const writes = await one(on, `rate(container_fs_writes_bytes_total{pod="${name}"}[5m])`);
    const log = await one(on, `max_over_time(kubelet_container_log_filesystem_used_bytes{pod="${name}"}[10m])`);

    expect(writes).toBeLessThan(10_000);
    expect(log).toBeGreaterThan(1e9);
    expect((await busy(on)).map(({ metric }) => metric.instance)).toHaveLength(1);
  });

  it('is offered the way back to the version before, and that heals it', async () => {
    await using on = await stage({ world: WORLD });
    const { remedies } = await diagnosed(on, WORLD);
    await rollBack(on);
    on.wait(420);
    const report = await diagnosed(on, WORLD);

    expect(remedies.find(({ id }) => id === 'rollBack')).toMatchObject({
      changes: [{ verb: 'undo', workload: { namespace: 'telemetry', name: 'trace-exporter' } }],
    });
    expect(await busy(on)).toEqual([]);
    expect(report.recovered).toMatchObject({ verdict: 'confirmed' });
    on.wait(1_800);
    expect(confirmedIn(await diagnosed(on, WORLD))).toEqual([]);
    expect(await one(on, `changes(${ready(NODE)}[20m])`)).toBe(0);
  });

  it('is helped by an eviction, and another node has the flood then', async () => {
    await using on = await stage({ world: WORLD });
    await cordon(on, NODE);
    await evict(on, await flooder(on));
    on.wait(600);
    const next = await flooder(on);

    expect(next.node).not.toBe(NODE);
    expect((await diagnosed(on, WORLD)).recovered.verdict).toBe('confirmed');
    expect(await busy(on)).toHaveLength(1);
    expect(await one(on, `changes(${ready(next.node)}[10m])`)).toBeGreaterThanOrEqual(1);
  });

  it('is not helped by a cordon, nor by the eviction of somebody else', async () => {
    await using on = await stage({ world: WORLD });
    await cordon(on, NODE);
    const [other] = (await podsOn(on, NODE)).filter(({ namespace }) => namespace === 'shop');
    if (other) await evict(on, other);
    on.wait(400);
    const report = await diagnosed(on, WORLD);

    expect(confirmedIn(report)).toEqual(['logFlood']);
    expect(report.recovered.verdict).toBe('ruled-out');
  });

  it('is mended by hand as well: less logging', async () => {
    await using on = await stage({ world: WORLD });
    on.practice.doneByHand('quietLog');
    on.wait(420);

    expect(await busy(on)).toEqual([]);
    expect((await diagnosed(on, WORLD)).recovered.verdict).toBe('confirmed');
  });
});
