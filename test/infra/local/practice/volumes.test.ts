import { describe, expect, it } from 'vitest';
import { cordon, evict, podAt, podsOn } from './acts.ts';
import { confirmedIn, diagnosed } from './diagnosis.ts';
import { type Stage, stage } from './practice.ts';

/** Worlds whose trouble keeps its data on one node: what is done about it decides where it goes on. */

const one = async ({ query }: Stage, promql: string) => (await query(promql))[0]?.value ?? Number.NaN;
const scheduled = (pod: Awaited<ReturnType<typeof podAt>>) =>
  Object.values(pod?.body.status?.conditions ?? {}).find(({ type }) => String(type) === 'PodScheduled');

describe('an index on the disk of the etcd leader', () => {
  const p99 = (on: Stage) =>
    one(
      on,
      'histogram_quantile(0.99, sum by (le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{pod="etcd-control-plane-1"}[1m])))',
    );
  const index = async (on: Stage) => {
    const pod = await podAt(on, 'search', 'catalogue-index-0');
    if (!pod) throw new Error('the index is there');
    return pod;
  };

  it('comes back to its data when it is evicted, and begins anew: the disk is slower than before', async () => {
    await using on = await stage({ world: 'etcd-and-index' });
    const [first, before] = [await index(on), await p99(on)];
    await evict(on, first);
    on.wait(90);
    const second = await index(on);

    expect(second).toMatchObject({ node: 'control-plane-1', ready: true });
    expect(second.uid).not.toBe(first.uid);
    expect(await p99(on)).toBeGreaterThan(4 * before);
    expect(confirmedIn(await diagnosed(on, 'etcd-and-index'))).toEqual(['slowDisk']);
  });

  it('has to wait while that machine is cordoned, which its condition says, and the disk is quick again', async () => {
    await using on = await stage({ world: 'etcd-and-index' });
    await cordon(on, 'control-plane-1');
    await evict(on, await index(on));
    on.wait(90);
    const waiting = await index(on);

    expect(waiting).toMatchObject({ node: '', phase: 'Pending' });
    expect(String(scheduled(waiting)?.message)).toContain("11 node(s) didn't match PersistentVolume's node affinity");
    expect(String(scheduled(waiting)?.message)).toContain('1 node(s) were unschedulable');
    expect(await p99(on)).toBeLessThan(0.008);
    await cordon(on, 'control-plane-1', false);
    on.wait(10);
    expect(await index(on)).toMatchObject({ node: 'control-plane-1', ready: true });
  });

  it('leaves its other replica alone, which troubles nobody', async () => {
    await using on = await stage({ world: 'etcd-and-index' });
    const other = await podAt(on, 'search', 'catalogue-index-1');
    if (other) await evict(on, other);
    on.wait(90);

    expect(await podAt(on, 'search', 'catalogue-index-1')).toMatchObject({ node: 'worker-1', ready: true });
    expect(await p99(on)).toBeLessThan(0.3);
  });
});

describe('a node that is cordoned because a pod fills its disk', () => {
  const condition = async ({ get }: Stage) => {
    const { body } = await get('/api/v1/nodes/worker-2');
    const [found] = Object.values(body.status?.conditions ?? {}).filter(({ type }) => String(type) === 'DiskPressure');
    return String(found?.status);
  };
  const builder = (on: Stage) => podAt(on, 'shop', 'catalogue-builder-0');
  const short = 'kube_node_status_condition{node="worker-2",condition="DiskPressure",status="true"}';

  it('looks well: the pod waits, and only its past tells why', async () => {
    await using on = await stage({ world: 'cordon-with-reason' });

    expect(await condition(on)).toBe('False');
    expect(await builder(on)).toMatchObject({ node: '', phase: 'Pending' });
    expect([await one(on, short), await one(on, `${short} offset 21m`)]).toEqual([0, 1]);
    expect((await podsOn(on, 'worker-2')).length).toBeGreaterThan(5);
  });

  it('is short of space within a minute when it is uncordoned, as object and in Prometheus', async () => {
    await using on = await stage({ world: 'cordon-with-reason' });
    on.practice.doneByHand('restartKubelet'); // mends nothing here
    await cordon(on, 'worker-2', false);
    on.wait(20);
    const early = await condition(on);
    on.wait(50);

    expect(await builder(on)).toMatchObject({ node: 'worker-2', ready: true });
    expect([early, await condition(on), await one(on, short)]).toEqual(['False', 'True', 1]);
    expect(confirmedIn(await diagnosed(on, 'cordon-with-reason'))).toEqual(['pressure']);
  });

  it('is well again minutes after the pod was evicted from the cordoned node, or mended by hand', async () => {
    for (const mend of ['evict', 'by hand']) {
      await using on = await stage({ world: 'cordon-with-reason' });
      await cordon(on, 'worker-2', false);
      on.wait(70);
      await cordon(on, 'worker-2');
      const pod = await builder(on);
      if (mend === 'evict' && pod) await evict(on, pod);
      if (mend === 'by hand') on.practice.doneByHand('askWhoCordoned');
      on.wait(200);
      const early = await condition(on);
      on.wait(200);

      expect([mend, early, await condition(on)]).toEqual([mend, 'True', 'False']);
    }
  });

  it('stays well when it was mended before the uncordon', async () => {
    await using on = await stage({ world: 'cordon-with-reason' });
    on.practice.doneByHand('askWhoCordoned');
    await cordon(on, 'worker-2', false);
    on.wait(300);

    expect([await condition(on), confirmedIn(await diagnosed(on, 'cordon-with-reason'))]).toEqual(['False', []]);
  });
});
