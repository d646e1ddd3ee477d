import { describe, expect, it } from 'vitest';
import { etcdFigures, etcdJob } from '../../../runbooks/etcd-heartbeat/queries.ts';
import { asker, withoutPromtool } from './promtool.ts';

/**
 * Every figure, put to the real query engine with series that make its difference. All series have samples ten seconds
 * apart; every question is asked at minute 20. Member c answers until minute 15.
 */
const absent = withoutPromtool();
const { figure, ask, unasked } = asker();
const etcd = etcdFigures(etcdJob('etcd'));

const of = (metric: string, labels: string, job = 'etcd') => `${metric}{job="${job}",${labels}}`;
const a = 'instance="a"';
const b = 'instance="b"';
const c = 'instance="c"';
const job = 'job="etcd"';
const untilMinute15 = (value: string) => `${value}x89 stale`;

describe.skipIf(absent)('the figures of the members', () => {
  it('up and scrapeSeconds: what the last scrape said, of this job only', () => {
    const up = { [of('up', a)]: '1x120', [of('up', c)]: '1x90 0x29', [of('up', b, 'other')]: '1x120' };
    const took = { [of('scrape_duration_seconds', a)]: '0.01x120', [of('scrape_duration_seconds', c)]: '0.01x90 5x29' };

    figure(etcd.members.up, up, { [`${a},${job}`]: 1, [`${c},${job}`]: 0 });
    figure(etcd.members.scrapeSeconds, took, { [`${a},${job}`]: 0.01, [`${c},${job}`]: 5 });
  });

  it('hasLeader, leads: only of members that answer; led: of whoever led within ten minutes', () => {
    const series = {
      [of('etcd_server_has_leader', a)]: '1x120',
      [of('etcd_server_has_leader', b)]: '1x100 0x19',
      [of('etcd_server_has_leader', c)]: untilMinute15('1'),
      [of('etcd_server_is_leader', a)]: '0x90 1x29',
      [of('etcd_server_is_leader', b)]: '1x10 0x109',
      [of('etcd_server_is_leader', c)]: untilMinute15('1'),
    };

    figure(etcd.members.hasLeader, series, { [`${a},${job}`]: 1, [`${b},${job}`]: 0 });
    figure(etcd.members.leads, series, { [`${a},${job}`]: 1, [`${b},${job}`]: 0 });
    figure(etcd.members.led, series, { [`${a},${job}`]: 1, [`${b},${job}`]: 0, [`${c},${job}`]: 1 });
  });

  it('id, learner and memoryBytes: also of a member that no longer answers', () => {
    const series = {
      [of('etcd_server_is_learner', c)]: untilMinute15('1'),
      [of('etcd_server_id', `${c},server_id="c3"`)]: untilMinute15('1'),
      [of('process_resident_memory_bytes', c)]: untilMinute15('5e8'),
    };

    figure(etcd.members.id, series, { [`${c},${job},server_id="c3"`]: 1 });
    figure(etcd.members.learner, series, { [`${c},${job}`]: 1 });
    figure(etcd.members.memoryBytes, series, { [`${c},${job}`]: 5e8 });
  });

  it('restarts: a start that changed, not a young process', () => {
    const series = {
      [of('process_start_time_seconds', a)]: '100x100 1000x19',
      [of('process_start_time_seconds', b)]: '_x100 1000x19',
    };

    figure(etcd.members.restarts, series, { [`${a},${job}`]: 1, [`${b},${job}`]: 0 });
  });
});

describe.skipIf(absent)('the age of a scrape', () => {
  it('is told of each member, since an instant query also answers with what is five minutes old', () => {
    const series = { [of('up', a)]: '1x120', [of('up', b)]: '1x98' };
    figure(etcd.members.ageSeconds, series, { [`${a},${job}`]: 0, [`${b},${job}`]: 220 }, { to: 1 });
  });
});

describe.skipIf(absent)('the figures of heartbeats', () => {
  const series = {
    // 2 late heartbeats every 10 s from minute 12 to 14, none since
    [of('etcd_server_heartbeat_send_failures_total', a)]: '0x71 2+2x12 26x36',
    // 3 every 10 s in the last minutes
    [of('etcd_server_heartbeat_send_failures_total', b)]: '0x90 3+3x29',
    // until it ended
    [of('etcd_server_heartbeat_send_failures_total', c)]: '0x70 4+4x18 stale',
    [of('etcd_server_leader_changes_seen_total', a)]: '1x90 2x29',
    [of('etcd_server_leader_changes_seen_total', b)]: '5x120',
  };

  it('late: within ten minutes, also of a member that has ended', () => {
    figure(etcd.heartbeats.late, series, { [a]: 1, [b]: 1, [c]: 1 }, { as: (it) => `(${it} > bool 20)` });
  });

  it('lateNow: within two minutes, so that trouble that has ended shows', () => {
    figure(etcd.heartbeats.lateNow, series, { [a]: 0, [b]: 36 }, { to: 1 });
  });

  it('elections: within ten minutes', () => {
    figure(etcd.heartbeats.elections, series, { [a]: 1, [b]: 0 }, { to: 1 });
  });
});

describe.skipIf(absent)('the figures of the disk', () => {
  /** 10 fsyncs in 10 s, all under 2 ms; from minute 12 to 14 all of them between 128 and 256 ms. */
  const bucket = (le: string) => of('etcd_disk_wal_fsync_duration_seconds_bucket', `${a},le="${le}"`);
  const good = '0+10x71 710x12 720+10x35';
  const all = '0+10x119';
  const series = {
    ...Object.fromEntries(['0.002', '0.008', '0.016', '0.064', '0.128'].map((le) => [bucket(le), good])),
    ...Object.fromEntries(['0.256', '+Inf'].map((le) => [bucket(le), all])),
    [of('etcd_disk_wal_fsync_duration_seconds_count', a)]: all,
    // idle
    ...Object.fromEntries(
      ['0.002', '0.016', '0.064', '+Inf'].map((le) => [
        of('etcd_disk_wal_fsync_duration_seconds_bucket', `${b},le="${le}"`),
        '7x120',
      ]),
    ),
    [of('etcd_disk_wal_fsync_duration_seconds_count', b)]: '7x120',
  };

  it('p99 and p95: of the worst two minutes within ten, though they are over', () => {
    figure(etcd.fsync.p99, series, { [a]: 1, [b]: 0 }, { as: (it) => `(${it} > bool 0.25)` });
    figure(etcd.fsync.p95, series, { [a]: 1, [b]: 0 }, { as: (it) => `(${it} > bool 0.24)` });
  });

  it('p99Now: of the last two minutes, and no number where nothing was written', () => {
    figure(etcd.fsync.p99Now, series, { [a]: 0.002 }, { as: (it) => `(${it} >= 0)` });
  });

  it('count, slow, long: how many in ten minutes, over 16 ms, over 64 ms', () => {
    figure(etcd.fsync.count, series, { [a]: 600, [b]: 0 }, { to: 1 });
    figure(etcd.fsync.slow, series, { [a]: 1, [b]: 0 }, { as: (it) => `(${it} > bool 100)` });
    figure(etcd.fsync.long, series, { [a]: 1, [b]: 0 }, { as: (it) => `(${it} > bool 100)` });
  });

  it('p99 lies below 16 ms exactly when no more than one in a hundred is over 16 ms', () => {
    const share = (slow: number) => ({
      [bucket('0.008')]: '0+90x119',
      [bucket('0.016')]: `0+${100 - slow}x119`,
      [bucket('0.032')]: '0+100x119',
      [bucket('+Inf')]: '0+100x119',
    });

    figure(etcd.fsync.p99, share(1), { [a]: 0 }, { as: (it) => `(${it} > bool 0.016)` });
    figure(etcd.fsync.p99, share(2), { [a]: 1 }, { as: (it) => `(${it} > bool 0.016)` });
  });

  it('commitMean: seconds for one backend commit', () => {
    const commits = {
      [of('etcd_disk_backend_commit_duration_seconds_sum', a)]: '0+0.3x119',
      [of('etcd_disk_backend_commit_duration_seconds_count', a)]: '0+10x119',
    };

    figure(etcd.fsync.commitMean, commits, { [a]: 0.03 });
  });
});

describe.skipIf(absent)('the figures of scrapes', () => {
  const series = {
    // one answer in four late from minute 12 to 15
    [of('scrape_duration_seconds', a)]: `0.01x71 ${'0.35 0.01x2 '.repeat(5)}0.01x30`,
    [of('scrape_duration_seconds', b)]: '0.02x119',
    [of('up', a)]: '1x119',
    [of('up', b)]: '1x99 0x20',
  };

  it('usual and p95: the median stays, the worst two minutes show', () => {
    figure(etcd.scrapes.usual, series, { [`${a},${job}`]: 0.01, [`${b},${job}`]: 0.02 });
    figure(etcd.scrapes.p95, series, { [`${a},${job}`]: 1, [`${b},${job}`]: 0 }, { as: (it) => `(${it} > bool 0.3)` });
  });

  it('p95 forgives one slow answer among sixty, scraped every second', () => {
    const hiccup = { [of('scrape_duration_seconds', a)]: '0.01x60 0.3 0.01x59' };
    const answer = [{ labels: `{${a},${job}}`, value: 0.01 }];

    ask(hiccup, [{ promql: `round(${etcd.scrapes.p95}, 0.001)`, at: '2m', answer }], '1s');
  });

  it('seenSeconds: for how long of ten minutes it was heard', () => {
    figure(etcd.scrapes.seenSeconds, series, { [`${a},${job}`]: 600, [`${b},${job}`]: 400 }, { to: 50 });
    figure(etcd.scrapes.seenSeconds, { [of('up', c)]: '_x100 1x20' }, { [`${c},${job}`]: 200 }, { to: 50 });
  });

  it('answered: how many scrapes were answered in ten minutes', () => {
    figure(etcd.scrapes.answered, series, { [`${a},${job}`]: 60, [`${b},${job}`]: 40 }, { to: 5 });
  });
});

describe.skipIf(absent)('the questions about members, heartbeats, disks and scrapes', () => {
  it('were all put to the engine, figure by figure', () => {
    expect(unasked([etcd.members, etcd.heartbeats, etcd.fsync, etcd.scrapes])).toEqual([]);
  });
});
