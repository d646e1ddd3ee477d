import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isWhole, tidy } from '../../../engine/acting/agenda.ts';
import { agreedOf } from '../../../engine/acting/agreed.ts';
import { defaultLimits } from '../../../engine/acting/limits.ts';
import { touchedBy } from '../../../engine/acting/touched.ts';
import type { Change } from '../../../engine/change.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { Readers } from '../../../engine/readers.ts';
import { calm, noteStorm, watchOf } from '../../../engine/storm.ts';
import { openDatabase } from '../../../infra/local/store/open.ts';

const now = new Date('2026-11-21T03:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
const cordon = (node: string): Change => ({ verb: 'cordon', node });
const evict: Change = { verb: 'evict', namespace: 'shop', pod: 'reports-0' };

/** A plan of an incident about etcd as a whole, that cordons the leader's node. */
const earlier = {
  id: 'earlier',
  cluster: 'prod-eu',
  target: 'component/etcd',
  title: "Cordon the leader's node",
  state: 'applied',
  changes: [cordon('control-plane-1')],
  diff: [{ object: 'Node control-plane-1', path: 'spec.unschedulable', before: null, after: 'true' }],
  executedAt: ago(2),
} as unknown as Plan;

async function interlocks(
  stored: Plan | readonly Plan[],
  plan: Partial<Plan>,
  changes: readonly Change[],
  limits = defaultLimits,
) {
  const directory = mkdtempSync(join(tmpdir(), 'cool-'));
  const clock = { now: () => now };
  const { store, close } = await openDatabase({ directory, clock });
  try {
    for (const value of [stored].flat())
      await store.put({ collection: 'plans', id: value.id, value, expect: 'absent' });
    await store.put({
      collection: 'storms',
      id: watchOf('prod-eu', 'Node', 'sample').id,
      value: noteStorm(calm, 'storm-1', now),
      expect: 'absent',
    });
    const checked = { store, clock, limits, kube: {} as Readers['kube'] };
    const asked = () => agreedOf(checked, { id: 'new', cluster: 'prod-eu', target: 'cluster', ...plan }, changes);
    const all = await asked();
    // The agenda says the same as all plans together.
    for (const hoursAgo of [2, 0]) await tidy({ store, clock: { now: () => new Date(ago(hoursAgo * 60)) } });
    expect(await isWhole(store)).toBe(true);
    expect(await asked()).toEqual(all);
    return (id: string) => all.find((one) => one.id === id);
  } finally {
    await close();
    rmSync(directory, { recursive: true });
  }
}

describe('the cool-down', () => {
  test('after a change by a clock that was ahead says that, and how long it waits', async () => {
    const ahead = { ...earlier, executedAt: ago(-60) };
    const of = await interlocks(ahead, { target: 'node/control-plane-1' }, [cordon('control-plane-1')]);
    expect(of('cool-down')).toMatchObject({
      holds: false,
      breakable: true,
      value: expect.stringMatching(
        /^node\/control-plane-1 was changed by a clock that was ahead of this one \(.*\): 70 min to wait$/,
      ),
    });
  });

  test('follows the object that was changed, whatever the incident was about', async () => {
    const of = await interlocks(earlier, { target: 'node/control-plane-1' }, [cordon('control-plane-1')]);
    expect(of('cool-down')).toMatchObject({
      holds: false,
      value: "node/control-plane-1 was changed 2 min ago (Cordon the leader's node): 8 min to wait",
    });
  });

  test('leaves another object alone, and the same one in another cluster', async () => {
    const other = await interlocks(earlier, { target: 'node/worker-1' }, [cordon('worker-1')]);
    expect(other('cool-down')).toMatchObject({ holds: true, value: 'nothing was done to it for 10 min' });
    const elsewhere = await interlocks(earlier, { target: 'node/control-plane-1', cluster: 'prod-us' }, [
      cordon('control-plane-1'),
    ]);
    expect(elsewhere('cool-down')).toMatchObject({ holds: true });
  });

  test('does not keep the cure waiting for what was done to another object, and counts the pods that a drain has moved', async () => {
    const target = await interlocks(earlier, { target: 'component/etcd' }, [evict]);
    expect(target('cool-down')).toMatchObject({ holds: true, value: 'nothing was done to it for 10 min' });
    const drained = { object: 'Pod shop/reports-0', path: 'metadata.deletionTimestamp', before: null, after: 'now' };
    const pods = await interlocks({ ...earlier, diff: [drained] }, { target: 'pod/shop/reports-0' }, [evict]);
    expect(pods('cool-down')).toMatchObject({ holds: false, value: expect.stringMatching(/^pod\/shop\/reports-0/) });
  });

  test('follows the workload whose pod ended: its successor has a name that nobody has seen before', async () => {
    const moves = ['a pod of ReplicaSet shop/reports'];
    const first = { ...earlier, title: 'Evict it', changes: [evict], diff: [], moves };
    const next: Change = { verb: 'delete-pod', namespace: 'shop', pod: 'reports-abc-x2' };
    const of = await interlocks(first, { target: 'node/worker-1', moves }, [next]);
    expect(of('cool-down')).toMatchObject({
      holds: false,
      value: 'a pod of ReplicaSet shop/reports was changed 2 min ago (Evict it): 8 min to wait',
    });
    const other = await interlocks(first, { moves: ['a pod of ReplicaSet shop/web'] }, [next]);
    expect(other('cool-down')).toMatchObject({ holds: true });
    expect(of('one-at-a-time')).toMatchObject({ holds: true });
  });

  test('keeps a pod waiting after a drain has moved one of its workload, and no node because of such a pod', async () => {
    const moves = ['a pod of ReplicaSet shop/reports'];
    const drain: Change = { verb: 'drain', node: 'worker-1' };
    const drained = { ...earlier, title: 'Drain it', changes: [drain], diff: [], moves };
    const pod = await interlocks(drained, { target: 'pod/shop/reports-2', moves }, [{ ...evict, pod: 'reports-2' }]);
    expect(pod('cool-down')).toMatchObject({ holds: false, value: expect.stringContaining('(Drain it)') });
    const node = await interlocks(drained, { target: 'node/worker-2', moves }, [{ verb: 'drain', node: 'worker-2' }]);
    expect(node('cool-down')).toMatchObject({ holds: true });
  });

  test('is over after its time', async () => {
    const of = await interlocks({ ...earlier, executedAt: ago(10) }, { target: 'node/control-plane-1' }, [
      cordon('control-plane-1'),
    ]);
    expect(of('cool-down')).toMatchObject({ holds: true });
  });

  test('begins when the execution ends: a drain takes its time', async () => {
    const drain = { ...earlier, executedAt: ago(12), endedAt: ago(1) };
    const of = await interlocks(drain, { target: 'node/control-plane-1' }, [cordon('control-plane-1')]);
    expect(of('cool-down')).toMatchObject({
      holds: false,
      value: "node/control-plane-1 was changed 1 min ago (Cordon the leader's node): 9 min to wait",
    });
    const over = await interlocks({ ...drain, endedAt: ago(10) }, { target: 'node/control-plane-1' }, [
      cordon('control-plane-1'),
    ]);
    expect(over('cool-down')).toMatchObject({ holds: true });
  });

  test('has not begun while the execution goes on', async () => {
    const running = { ...earlier, state: 'executing' as const, executedAt: ago(12) };
    const of = await interlocks(running, { target: 'node/control-plane-1' }, [cordon('control-plane-1')]);
    expect(of('cool-down')).toMatchObject({ holds: false });
  });

  test('does not hold up an undo, and says that it is for that', async () => {
    const uncordon: Change = { verb: 'uncordon', node: 'control-plane-1' };
    const of = await interlocks(earlier, { target: 'component/etcd', undoes: 'earlier' }, [uncordon]);
    expect(of('cool-down')).toMatchObject({
      holds: true,
      value: '"Cordon the leader\'s node" may be taken back at once, without a cool-down',
    });
  });
});

describe('an undo, whatever else was done since', () => {
  const later = { ...earlier, id: 'later', title: 'Evict the pod', changes: [evict], diff: [], executedAt: ago(1) };
  const uncordon: Change = { verb: 'uncordon', node: 'control-plane-1' };

  test('waits for no cool-down', async () => {
    const undo = { target: 'component/etcd', undoes: 'earlier' };
    const of = await interlocks([{ ...earlier, executedAt: ago(12) }, later], undo, [uncordon]);
    expect(of('cool-down')).toMatchObject({ holds: true, value: expect.stringContaining('may be taken back at once') });
  });
});

describe('an undo', () => {
  const uncordon: Change = { verb: 'uncordon', node: 'control-plane-1' };
  const night = { name: 'the night', timeZone: 'UTC', from: '00:00', to: '06:00' };
  const limits = { ...defaultLimits, actionsPerHour: 1, freeze: [night] };
  const rules = ['actions-per-hour', 'freeze-window', 'storm'];

  test('waits for no freeze, storm or number of actions, which a change has to, and says why', async () => {
    const change = await interlocks(earlier, { target: 'node/worker-1' }, [cordon('worker-1')], limits);
    expect(rules.map((id) => change(id)?.holds)).toEqual([false, false, false]);
    const undo = await interlocks(earlier, { target: 'component/etcd', undoes: 'earlier' }, [uncordon], limits);
    const words =
      'nobody must sit and watch a change do harm, so "Cordon the leader\'s node" may be taken back all the same';
    for (const id of rules) {
      expect(undo(id)).toMatchObject({ holds: true, value: `${change(id)?.value}; ${words}` });
    }
  });

  test('waits for what else is being done to it', async () => {
    for (const state of ['executing', 'unknown'] as const) {
      const of = await interlocks({ ...earlier, state }, { target: 'component/etcd', undoes: 'earlier' }, [uncordon]);
      expect(of('one-at-a-time')).toMatchObject({ holds: false, breakable: false });
    }
  });
});

test('one at a time follows the object as well', async () => {
  const running = { ...earlier, state: 'executing' as const };
  const of = await interlocks(running, { target: 'node/control-plane-1' }, [cordon('control-plane-1')]);
  expect(of('one-at-a-time')).toMatchObject({
    holds: false,
    value: "running now on node/control-plane-1: Cordon the leader's node",
  });
});

test('every verb says what it touches', () => {
  const workload = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
  const touched = (change: Change) => [...touchedBy({ target: 't', changes: [change] })].slice(1);
  expect(touched({ verb: 'restart', workload })).toEqual(['deployment/shop/web']);
  expect(touched({ verb: 'restore-flow', flow: 'noisy' })).toEqual(['flowschema/noisy']);
  expect(touched({ verb: 'drain', node: 'worker-1' })).toEqual(['node/worker-1']);
  expect(
    touched({ verb: 'annotate', object: { kind: 'Node', name: 'worker-1' }, key: 'nightshift.dev/x', value: 'y' }),
  ).toEqual(['node/worker-1']);
});
