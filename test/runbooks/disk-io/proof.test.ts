import { describe, expect, it } from 'vitest';
import { diskOf, errorDevice } from '../../../runbooks/disk-io/devices.ts';
import { grownIn, growthOf } from '../../../runbooks/disk-io/growth.ts';
import { Courses } from '../../../runbooks/evidence/over-time.ts';
import { causeIn } from '../reported.ts';
import { look, reportOf } from './looking.ts';
import { now } from './world.ts';
import { calm, disk, flooded, growing, last, saturated } from './worlds.ts';

const MB = 1e6;

describe('nobody is blamed', () => {
  it('for a disk that was not saturated when the node was called NotReady, and is told so', async () => {
    const { reason } = causeIn(await reportOf('flood-at-another-time'), 'logFlood');
    expect(reason).toMatch(/vda is saturated.*; but not when the node was called NotReady \(02:40\)/);
  });

  it('for a disk the kubelet keeps nothing on, while the node flaps', async () => {
    const { reason } = causeIn(await reportOf('data-disk-under-a-database'), 'otherWriter');
    expect(reason).toContain('the kubelet keeps nothing on that disk');
  });

  it('where tasks wait and no disk is busy: that is said instead', async () => {
    const { reason } = causeIn(await reportOf('stalled-without-a-busy-disk'), 'logFlood');
    expect(reason).toContain('network storage that hangs, or a limit on the I/O of single processes');
  });

  it('by 401 and FailedMount of a stalled kubelet: the flood is, and the advice says why', async () => {
    const { causes, manualSteps, evidence } = await reportOf('unauthorized-and-failed-mount');
    expect(causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id)).toEqual(['logFlood']);
    expect(evidence.find(({ id }) => id === 'starting')?.shown).toContain('as every pod on a stalled node does');
    expect(JSON.stringify(manualSteps)).toContain('answers good credentials with 401');
  });
});

describe("a pod's own writes", () => {
  it('never clear it of a flood: it writes nothing itself, its log grows', async () => {
    const report = await look({
      ...flooded,
      writers: [{ pod: 'export-7d9f-abcde', figure: 'written', is: () => 0 }],
    });
    expect(causeIn(report, 'logFlood').verdict).toBe('confirmed');
  });

  it('count only on the disk that is saturated', async () => {
    const { reason } = causeIn(await reportOf('data-disk-of-a-node-that-is-steady'), 'otherWriter');
    expect(reason).toContain('shop/db-0 wrote 55 MB/s');
  });

  it('count only while it was saturated', async () => {
    const early = (minutesAgo: number) => (minutesAgo > 14 ? 200 * MB : 0);
    const report = await look({ ...saturated, writers: [{ pod: 'db-0', figure: 'written', is: early }] });
    expect(causeIn(report, 'otherWriter')).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('the growth of a log', () => {
  const minutesOf = (points: Readonly<Record<number, number>>, figure: string) => ({
    labels: { figure, namespace: 'shop', pod: 'flood', container: 'c' },
    points: Object.entries(points).map(([minutesAgo, value]) => ({
      at: new Date(now.getTime() - Number(minutesAgo) * 60_000),
      value,
    })),
  });
  const grown = (size: Readonly<Record<number, number>>, seen: Readonly<Record<number, number>>) => {
    const logs = Courses.parse({ now, series: [minutesOf(size, 'size'), minutesOf(seen, 'seen')] });
    return growthOf(logs).map((log) => grownIn(log, [0, 1, 2, 3, 4, 5]));
  };

  it('counts what it gained, not what rotation took away', () => {
    expect(grown({ 3: 20 * MB, 2: 60 * MB, 1: 30 * MB, 0: 50 * MB }, { 3: 9, 2: 9, 1: 9, 0: 9 })).toEqual([60 * MB]);
  });

  it('counts a log that comes into view while others were seen, as the recorded one of 399 MB', () => {
    expect(grown({ 1: 399_056_896 }, { 2: 5, 1: 6 })).toEqual([399_056_896 - 8 * MB]);
  });

  it('counts nothing of a log that was already large when it was looked at for the first time', () => {
    expect(grown({ 1: 399_056_896, 0: 399_056_896 }, { 1: 6, 0: 6 })).toEqual([0]);
  });

  it('counts what it gained while nobody looked, when it is seen again', () => {
    expect(grown({ 4: 20 * MB, 0: 90 * MB }, { 4: 9, 0: 9 })).toEqual([70 * MB]);
  });
});

describe('missing evidence', () => {
  const parts = [
    'node_disk_io',
    'holdsData',
    'container_fs_writes',
    'used_bytes',
    'pull_image',
    'Event --namespace default',
    'pswpin',
  ];

  it.each(parts)('of %s makes nothing confirmed, or ruled out, that was not', async (part) => {
    const failing = { failure: { kind: 'timed-out', message: 'no answer' } } as const;
    for (const world of [calm, flooded, saturated, { ...flooded, logs: { x: growing(13, 12) } }]) {
      const before = await look(world);
      const after = await look(world, (reads) =>
        Object.fromEntries(Object.entries(reads).map(([key, old]) => [key, key.includes(part) ? failing : old])),
      );
      for (const { id, verdict, reason } of after.causes) {
        const was = causeIn(before, id).verdict;
        if (verdict !== 'inconclusive') expect(verdict, `${id}: ${reason}`).toBe(was);
      }
    }
  });
});

it('the device that an error of the kernel names', () => {
  const lines = [
    'Buffer I/O error on dev vda1, logical block 0, async page read',
    'EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory',
    'XFS (nvme0n1p2): I/O Error Detected. Shutting down filesystem',
    'Remounting filesystem read-only',
  ];
  expect(lines.map(errorDevice)).toEqual(['vda1', 'sda1', 'nvme0n1p2', undefined]);
});

it('devices are told by their names', () => {
  const names = [
    '/dev/vda1',
    '/dev/nvme0n1p2',
    '/dev/xvda',
    'sdb3',
    '/dev/mapper/vg-root',
    '/dev/mmcblk0p1',
    '/dev/nvme1n1',
  ];
  expect(names.map(diskOf)).toEqual(['vda', 'nvme0n1', 'xvda', 'sdb', 'vg-root', 'mmcblk0', 'nvme1n1']);
});

it('the order of answers does not matter, nor that one comes twice', async () => {
  const shuffled = await look(flooded, (reads) =>
    Object.fromEntries(
      Object.entries(reads).map(([key, answer]) => {
        const body =
          'body' in answer && Array.isArray(answer.body) ? [...answer.body, ...answer.body].reverse() : undefined;
        return [key, body ? { body } : answer];
      }),
    ),
  );
  const plain = await look(flooded);
  expect(shuffled.causes.map(({ id, verdict, reason }) => [id, verdict, reason])).toEqual(
    plain.causes.map(({ id, verdict, reason }) => [id, verdict, reason]),
  );
});

it('the queue of the disk is the figure a fix is measured by', async () => {
  const before = causeIn(await look(flooded), 'logFlood').measure;
  const after = causeIn(
    await look({ ...flooded, disks: { vda: disk(-1) }, stalled: last(-1, 0, 0.004) }),
    'logFlood',
  ).measure;
  expect(before).toMatchObject({ of: 'requests waiting for vda', unit: 'count', value: 120 });
  expect(after?.value).toBeLessThan(1);
});
