import { expect, test, vi } from 'vitest';
import { lastReplicas } from '../../../engine/acting/replicas.ts';
import { type Renewals, renewalsOf, startsAgain } from '../../../engine/acting/starts-again.ts';
import type { Change } from '../../../engine/change.ts';
import { isBroken } from '../../../engine/interlocks.ts';
import { fakeCluster } from '../changes/fake-cluster.ts';
import { must, pod } from '../changes/recorded.ts';

const now = new Date('2026-11-21T03:00:00Z');
const evict = { verb: 'evict', namespace: 'shop', pod: 'web-0' } as const;
const at = (renewTime: string, leaseDurationSeconds?: number, holderIdentity = 'control-plane-1_5d0c') => ({
  metadata: { name: 'kube-controller-manager', namespace: 'kube-system', uid: 'u', resourceVersion: '1' },
  spec: { renewTime, holderIdentity, leaseDurationSeconds },
});
const seen = (
  renewTime: string | undefined,
  change: Change = evict,
  onceMore = renewTime,
  renewals: Renewals = {},
  time = now,
  holder = 'control-plane-1_5d0c',
) => {
  const cluster = fakeCluster({ Lease: renewTime === undefined ? [] : [at(renewTime, undefined, holder)] } as never);
  const later = fakeCluster({ Lease: onceMore === undefined ? [] : [at(onceMore, undefined, holder)] } as never);
  const find: typeof cluster.kube.find = (kind, name, options = {}) =>
    (options.again ? later : cluster).kube.find(kind, name, options);
  return startsAgain({ ...cluster.kube, find }, { now: () => time }, [change], renewals, 1);
};

test('while the controller manager is away no pod is ended: nothing would replace it, and what is ready is not counted', async () => {
  expect(await seen('2026-11-21T02:58:00Z')).toEqual({
    id: 'starts-again',
    title: 'The controller manager is there',
    holds: false,
    breakable: true,
    value:
      'the controller manager renewed its lease 2 min ago: while it is away nothing that ends is started again, and what is ready is not counted',
    occasions: ['control-plane-1_5d0c 2026-11-21T02:58:00Z'],
  });
});

test.each([
  ['29 s ago', '2026-11-21T02:59:31Z', true],
  ['31 s ago', '2026-11-21T02:59:29Z', false],
  ['a moment ago, by a clock that is a little ahead of ours', '2026-11-21T03:00:04Z', true],
  ['half a minute ahead of our clock', '2026-11-21T03:00:30Z', true],
  ['at a time that has not come yet, and not again since', '2026-11-21T03:00:31Z', false],
])('its lease was renewed %s', async (_when, renewTime, holds) => {
  expect(await seen(renewTime)).toMatchObject({ holds });
});

test('it is there, by whatever clock, if its lease is renewed while we look', async () => {
  const value = 'the controller manager renews its lease, by another clock than ours';
  expect(await seen('2026-11-21T00:00:00Z', evict, '2026-11-21T00:00:02Z')).toMatchObject({ holds: true, value });
});

test('a clock that is behind hides no absence', async () => {
  const value = expect.stringMatching(
    /^the controller manager renewed its lease 60 s ahead of our clock: while it is away /,
  );
  expect(await seen('2026-11-21T03:01:00Z')).toMatchObject({ holds: false, value });
  expect(await seen('2026-11-21T03:01:00Z', evict, '2026-11-21T03:01:02Z')).toMatchObject({ holds: true });
});

test('who has seen it renewed within half a minute, by whatever clock, does not wait for the next time', async () => {
  const renewals: Renewals = {};
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  const look = (renewTime: string, atSeconds: number) => seen(renewTime, evict, renewTime, renewals, later(atSeconds));
  expect(await look('2026-11-21T00:00:00Z', 0)).toMatchObject({ holds: false });
  expect(await look('2026-11-21T00:00:02Z', 2)).toMatchObject({ holds: true });
  expect(await look('2026-11-21T00:00:02Z', 30)).toMatchObject({ holds: true });
  expect(await look('2026-11-21T00:00:02Z', 31)).toMatchObject({ holds: false });
  // Renewed once since the last look, which is too long ago to tell when.
  expect(await look('2026-11-21T00:00:04Z', 90)).toMatchObject({ holds: false });
});

test('what a watch cache tells that lags behind etcd is no renewal, and hides none', async () => {
  const renewals: Renewals = {};
  const look = (cached: string, etcd: string, atSeconds: number) => {
    const { kube } = fakeCluster({ Lease: [at(cached)] } as never);
    const fresh = fakeCluster({ Lease: [at(etcd)] } as never).kube;
    const find: typeof kube.find = (kind, name, options) => (options?.fresh ? fresh : kube).find(kind, name, options);
    const time = new Date(now.getTime() + atSeconds * 1000);
    return startsAgain({ ...kube, find }, { now: () => time }, [evict], renewals, 1);
  };
  // It died 50 s ago, and the watch cache stood still before that.
  for (const seconds of [0, 5, 20, 33])
    expect(await look('2026-11-21T02:59:00Z', '2026-11-21T02:59:10Z', seconds)).toMatchObject({ holds: false });
  // It is there, and the watch cache still stands still.
  expect(await look('2026-11-21T02:59:00Z', '2026-11-21T03:00:40Z', 41)).toMatchObject({
    holds: true,
    value: 'the controller manager renewed its lease 1 s ago',
  });
});

test('its own clock may be set back: from then on that one counts', async () => {
  const renewals: Renewals = {};
  const look = (renewTime: string, atSeconds: number) =>
    seen(renewTime, evict, renewTime, renewals, new Date(now.getTime() + atSeconds * 1000));
  expect(await look('2026-11-21T00:00:04Z', 0)).toMatchObject({ holds: false });
  expect(await look('2026-11-21T00:00:02Z', 2)).toMatchObject({ holds: false });
  expect(await look('2026-11-21T00:00:04Z', 4)).toMatchObject({ holds: true });
});

test('all looks at a cluster share what they have seen', () => {
  const [source, another] = [{ read: vi.fn() }, { read: vi.fn() }];
  expect(renewalsOf({ source })).toBe(renewalsOf({ source }));
  expect(renewalsOf({ source })).not.toBe(renewalsOf({ source: another }));
});

test('another holder, whose clock may be another one, is watched anew', async () => {
  const renewals: Renewals = {};
  const look = (renewTime: string, atSeconds: number, holder?: string) =>
    seen(renewTime, evict, renewTime, renewals, new Date(now.getTime() + atSeconds * 1000), holder);
  await look('2026-11-21T00:00:00Z', 0);
  expect(await look('2026-11-21T00:00:02Z', 2)).toMatchObject({ holds: true });
  expect(await look('2026-11-21T01:00:00Z', 4, 'control-plane-2_77a1')).toMatchObject({ holds: false });
  expect(await look('2026-11-21T01:00:02Z', 6, 'control-plane-2_77a1')).toMatchObject({ holds: true });
});

test('a lease of long ago may have been left behind by one that needs none now: it says so, and what to do', async () => {
  const report = await seen('2026-05-01T00:00:00Z');
  expect(report).toMatchObject({ holds: false, breakable: true });
  expect(report?.value).toContain(
    'if it is away nothing that ends is started again; if it runs with --leader-elect=false',
  );
  expect(report?.value).toContain('kubectl --namespace kube-system delete lease kube-controller-manager');
});

test('one that is told to renew its lease more rarely is given the time', async () => {
  const { kube } = fakeCluster({ Lease: [at('2026-11-21T02:58:30Z', 270)] } as never);
  expect(await startsAgain(kube, { now: () => now }, [evict], {}, 1)).toMatchObject({ holds: true });
});

test('where it keeps no lease nothing is said against it, but that it is not known', async () => {
  expect(await seen(undefined)).toMatchObject({ holds: true, value: expect.stringContaining('not known') });
});

test('a glass that was broken for one absence does not hold for the next', async () => {
  const [first, next] = [must(await seen('2026-11-21T02:50:00Z')), must(await seen('2026-11-21T02:58:00Z'))];
  expect(isBroken(first, [first])).toBe(true);
  expect(isBroken(next, [first])).toBe(false);
});

test.each<[string, Change, boolean]>([
  ['a drain', { verb: 'drain', node: 'worker-3' }, true],
  ['a NoExecute taint', { verb: 'taint', node: 'worker-3', taint: { key: 'x', effect: 'NoExecute' } }, true],
  ['a NoSchedule taint', { verb: 'taint', node: 'worker-3', taint: { key: 'x', effect: 'NoSchedule' } }, false],
  ['a restart', { verb: 'restart', workload: { kind: 'Deployment', namespace: 'shop', name: 'web' } }, true],
  ['a cordon', { verb: 'cordon', node: 'worker-3' }, false],
])('%s asks for it: %s', async (_what, change, asks) => {
  expect((await seen('2026-11-21T02:58:00Z', change)) !== undefined).toBe(asks);
});

test('a ReplicaSet keeps none that is gone, whatever its status still counts', async () => {
  const { kube } = fakeCluster({
    Pod: [pod('web-1', { owner: 'ReplicaSet web-1a', labels: { 'pod-template-hash': '1a' } })],
    ReplicaSet: [
      {
        metadata: { name: 'web-1a', namespace: 'shop', uid: 'uid-web-1a', resourceVersion: '1' },
        spec: { replicas: 2 },
        status: { readyReplicas: 2 },
      },
    ],
    PodDisruptionBudget: [],
  });
  expect(await lastReplicas(kube, [{ verb: 'evict', namespace: 'shop', pod: 'web-1' }])).toMatchObject({
    holds: false,
    value: 'none would be ready until others have started: ReplicaSet shop/web-1a',
  });
});
