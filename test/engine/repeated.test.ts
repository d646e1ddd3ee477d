import { describe, expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { type Alert, alertKey } from '../../engine/alert.ts';
import type { StormWatch } from '../../engine/storm.ts';
import { triage } from '../../engine/triage.ts';
import { type Night, night, nodeAlert } from './night.ts';

/** Works on an alert in a process that is killed right before it writes into this collection. */
async function killedBefore(tonight: Night, collection: string, alert: Alert): Promise<void> {
  const { store } = tonight.desk;
  const put: typeof store.put = async (write) => {
    if (write.collection === collection) throw new Error('killed');
    return store.put(write);
  };
  const dying = { ...tonight.desk, store: { ...store, put } };
  await expect(triage(dying, alertKey(alert))).rejects.toThrow('killed');
}

/** As the front door leaves it: stored, and nobody has worked on it. */
async function arrived(tonight: Night, alert: Alert): Promise<void> {
  await tonight.send(alert);
  const [webhook] = await tonight.queue.receive('investigate', { max: 1, leaseMs: 60_000, waitMs: 0 });
  if (webhook) await tonight.handle(webhook);
}

const again = (tonight: Night, alert: Alert) => triage(tonight.desk, alertKey(alert));
const counts = async (tonight: Night) =>
  (await tonight.incidents()).map(({ alertCount, alertNames, firing }) => [alertCount, alertNames, firing.length]);

describe('an alert whose worker was killed between its incident and its fate', () => {
  const alert = nodeAlert('worker-1');

  it('is counted once, and has opened its incident', async () => {
    await using tonight = await night();
    await arrived(tonight, alert);
    await killedBefore(tonight, 'alerts', alert);
    await killedBefore(tonight, 'alerts', alert);

    expect(await again(tonight, alert)).toMatchObject({ outcome: 'opened' });
    await tonight.settle();
    expect(await counts(tonight)).toEqual([[1, { NodeUnwell: 1 }, 1]]);
    expect((await accounts(tonight.desk.store)).totals.alerts).toEqual({ posted: 1 });
  });

  it('has joined the one that it joined before', async () => {
    await using tonight = await night();
    await tonight.send(alert);
    await tonight.settle();
    const other = nodeAlert('worker-1', { name: 'NodeUnwellToo' });
    await arrived(tonight, other);
    await killedBefore(tonight, 'alerts', other);

    expect(await again(tonight, other)).toMatchObject({ outcome: 'joined' });
    await tonight.settle();
    expect(await counts(tonight)).toEqual([[2, { NodeUnwell: 1, NodeUnwellToo: 1 }, 2]]);
  });

  it('does not open anew what was closed meanwhile', async () => {
    await using tonight = await night();
    tonight.node('worker-1', false);
    await arrived(tonight, alert);
    await killedBefore(tonight, 'alerts', alert);
    tonight.node('worker-1', true);
    await tonight.send(nodeAlert('worker-1', { status: 'resolved' }));
    await tonight.settle();
    expect(await tonight.incidents()).toMatchObject([{ state: 'closed' }]);

    expect(await again(tonight, alert)).toMatchObject({ outcome: 'opened' });
    await tonight.settle();
    expect(await tonight.incidents()).toMatchObject([{ state: 'closed', alertCount: 1, reopened: 0 }]);
  });

  it('is counted once in a storm', async () => {
    await using tonight = await night();
    const names = Array.from({ length: 6 }, (_, index) => `worker-${index}`);
    for (const name of names) tonight.node(name, false);
    await tonight.send(...names.map((name) => nodeAlert(name)));
    await tonight.settle();
    const late = nodeAlert('worker-9');
    await arrived(tonight, late);
    await killedBefore(tonight, 'alerts', late);

    expect(await again(tonight, late)).toMatchObject({ outcome: 'joined' });
    const storm = (await tonight.incidents()).find((incident) => incident.storm);
    expect(storm).toMatchObject({ alertCount: 7, firing: { length: 7 } });
  });

  it('counts among those that make a storm, although that was not written down', async () => {
    await using tonight = await night();
    await arrived(tonight, alert);
    await killedBefore(tonight, 'storms', alert);

    expect(await again(tonight, alert)).toMatchObject({ outcome: 'opened' });
    const [watch] = await tonight.desk.store.list<StormWatch>('storms');
    expect(watch?.value.openings).toHaveLength(1);
  });
});
