import { describe, expect, it } from 'vitest';
import { defaultBudget } from '../../../engine/budget.ts';
import { Members } from '../../../runbooks/etcd-heartbeat/members.ts';
import { lose } from './members-lost.ts';
import { look, world } from './world.ts';

describe('the evidence', () => {
  it('costs one query an item, and three Kubernetes calls beside two for each node', async () => {
    const { cost, evidence } = await look(world());

    expect(evidence.filter(({ source }) => source.includes('Prometheus'))).toHaveLength(13);
    expect(cost.prometheusQueries).toBe(13);
    expect(cost.kubernetesCalls).toBe(9);
  });

  it('costs no more with nine members than the budget allows', async () => {
    const { kubernetesCalls } = (await look(world(() => {}, 9))).cost;

    // Three of the nine logs are read.
    expect(kubernetesCalls).toBe(15);
    expect(kubernetesCalls).toBeLessThan(defaultBudget.kubernetesCalls);
  });

  it('says the values with units and the question that can be asked again', async () => {
    const { evidence } = await look(world());
    const fsync = evidence.find(({ id }) => id === 'fsync');

    expect(fsync).toMatchObject({
      status: 'ok',
      shown: expect.stringContaining('10.0.0.1:2381 p99 3 ms, 0 of 9,000 over 64 ms'),
      query: expect.stringContaining('etcd_disk_wal_fsync_duration_seconds_bucket{job="etcd"}'),
      windowSeconds: 600,
      threshold: expect.stringContaining('8 ms'),
      thresholdSource: expect.stringContaining('etcd FAQ'),
    });
  });

  it('shows a figure Prometheus does not have as unknown, never as zero', async () => {
    const { evidence } = await look(world((_, leader) => Object.assign(leader.fsync, { long: undefined })));

    expect(evidence.find(({ id }) => id === 'fsync')?.shown).toContain('? of 9,000 over 64 ms');
  });

  it('without Prometheus leaves every cause open but those the API server, its pods and nodes can tell', async () => {
    const { causes, evidence } = await look(world((made) => made.failing.set('Prometheus', 'unreachable')));
    const decided = causes.filter(({ verdict }) => verdict !== 'inconclusive').map(({ id, verdict }) => [id, verdict]);

    expect(decided).toEqual([
      ['quorumLost', 'ruled-out'],
      ['memberDown', 'ruled-out'],
      ['frozenApi', 'ruled-out'],
    ]);
    expect(evidence.filter(({ failure }) => failure === 'unreachable')).toHaveLength(13);
  });

  it('without Kubernetes still tells the causes that metrics tell', async () => {
    const report = await look(
      world((made, leader) => {
        made.failing.set('Kubernetes', 'unreachable');
        leader.heartbeats.late = 200;
        Object.assign(leader.fsync, { p99: 0.25, slow: 300, long: 250 });
      }),
    );

    expect(report.causes.find(({ id }) => id === 'slowDisk')?.verdict).toBe('confirmed');
    expect(report.causes.find(({ id }) => id === 'wrongTimers')?.verdict).toBe('inconclusive');
  });

  it('takes one member scraped on two ports for one, and the port that answers', () => {
    const row = (instance: string, up: number) => [
      { labels: { instance, figure: 'up' }, value: up },
      { labels: { instance, figure: 'id', server_id: 'a1' }, value: 1 },
    ];

    expect(Members.parse([...row('10.0.0.1:2379', 0), ...row('10.0.0.1:2381', 1)])).toEqual([
      { instance: '10.0.0.1:2381', up: 1, id: 'a1' },
    ]);
  });
});

describe('recovery', () => {
  it('is confirmed in health', async () => {
    expect((await look(world())).recovered).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('all 3 members answer'),
    });
  });

  it('is confirmed after late heartbeats of more than two minutes ago', async () => {
    const past = world((_, leader) => Object.assign(leader.heartbeats, { late: 200, lateNow: 0 }));

    expect((await look(past)).recovered.verdict).toBe('confirmed');
  });

  it.each([
    [
      'heartbeats are late now',
      world((_, leader) => Object.assign(leader.heartbeats, { late: 9, lateNow: 4 })),
      'sent 4 late heartbeats in 2 minutes',
    ],
    [
      'the disk is slow now',
      world((_, leader) => Object.assign(leader.fsync, { p99Now: 0.2 })),
      'WAL fsync p99 of 200 ms',
    ],
    [
      'a member does not answer',
      world((made, _, follower) => lose(made, follower, 0.001)),
      'etcd-cp-2 (10.0.0.2:2381) does not answer',
    ],
    ['there is no leader', world((_, leader) => Object.assign(leader.members, { hasLeader: 0 })), 'has no leader'],
    [
      'the database is full',
      world((_, leader) => Object.assign(leader.space, { used: 1 })),
      'fills 100 % of its quota',
    ],
    [
      'round trips are long',
      world((_, leader) => Object.assign(leader.peers, { rttMean: 0.4 })),
      'round trips of 400 ms',
    ],
  ])('is denied while %s', async (_, made, why) => {
    expect((await look(made)).recovered).toMatchObject({ verdict: 'ruled-out', reason: expect.stringContaining(why) });
  });

  it.each([
    ['the round trips are not known', 'peers'],
    ['the space is not known', 'space'],
    ['the lag is not known', 'apply'],
    ['the API server cannot be asked', 'Kubernetes'],
  ])('cannot be seen while %s', async (_, what) => {
    const made = world((made) => made.failing.set(what, 'timed-out'));

    expect((await look(made)).recovered.verdict).toBe('inconclusive');
  });

  it('is not said of an etcd that the API server does not reach: the same report says that its answers are frozen', async () => {
    const made = world((made) => Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 600 }));
    const { causes, recovered } = await look(made);

    expect(causes.find(({ id }) => id === 'frozenApi')?.verdict).toBe('confirmed');
    expect(recovered).toMatchObject({ verdict: 'ruled-out', reason: expect.stringContaining('etcd check fails') });
  });

  it('cannot be seen when nothing was written, or etcd is not scraped', async () => {
    const quiet = world((made) => {
      for (const { fsync } of made.members) fsync.p99Now = Number.NaN;
    });
    const unscraped = world((made) => made.without.add('members'));

    expect((await look(quiet)).recovered.verdict).toBe('inconclusive');
    expect((await look(unscraped)).recovered.verdict).toBe('inconclusive');
  });
});
