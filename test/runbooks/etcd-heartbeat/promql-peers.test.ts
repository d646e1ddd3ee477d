import { describe, expect, it } from 'vitest';
import { etcdFigures, etcdJob } from '../../../runbooks/etcd-heartbeat/queries.ts';
import { asker, withoutPromtool } from './promtool.ts';

/**
 * Every figure, put to the real query engine with series that make its difference. All series have samples ten seconds
 * apart; every question is asked at minute 20. Member c answers until minute 15.
 */
const absent = withoutPromtool();
const { figure, unasked } = asker();
const etcd = etcdFigures(etcdJob('etcd'));

const of = (metric: string, labels: string, job = 'etcd') => `${metric}{job="${job}",${labels}}`;
const a = 'instance="a"';
const b = 'instance="b"';
const c = 'instance="c"';
const job = 'job="etcd"';
const untilMinute15 = (value: string) => `${value}x89 stale`;

describe.skipIf(absent)('the figures of peers', () => {
  const link = (metric: string, from: string, to: string, more = '') => of(metric, `${from},To="${to}"${more}`);
  const rtt = 'etcd_network_peer_round_trip_time_seconds';
  const buckets = (from: string, to: string, fast: string, all: string) => ({
    [link(`${rtt}_bucket`, from, to, ',le="0.0016"')]: fast,
    [link(`${rtt}_bucket`, from, to, ',le="0.2048"')]: fast,
    [link(`${rtt}_bucket`, from, to, ',le="0.4096"')]: all,
    [link(`${rtt}_bucket`, from, to, ',le="+Inf"')]: all,
    [link(`${rtt}_count`, from, to)]: all,
  });
  const series = {
    // measured every 30 s: the last four, at a and to b only, took 0.3 s
    ...buckets(a, 'b2', '0x2 1x2 2x2 3x99 4x12', '0x2 1x2 2x2 3x99 4x2 5x2 6x2 7x4'),
    [link(`${rtt}_sum`, a, 'b2')]: '0x2 0.001x2 0.002x2 0.003x99 0.004x2 0.304x2 0.604x2 0.904x4',
    ...buckets(b, 'a1', '0+1x119', '0+1x119'),
    [link(`${rtt}_sum`, b, 'a1')]: '0+0.001x119',
    [of('etcd_network_active_peers', `${a},Local="a1",Remote="b2"`)]: '1x120',
    [of('etcd_network_active_peers', `${a},Local="a1",Remote="c3"`)]: '1x90 0x29',
    // born by its first failure; towards b there was none, so there is no series
    [link('etcd_network_peer_sent_failures_total', a, 'c3')]: '_x60 1+1x59',
    [link(`${rtt}_count`, a, 'c3')]: '9x119',
    // a still fails to send to c3, and sends to b2; d4 was removed at minute 10, e5 was never reached
    [link('etcd_network_peer_sent_bytes_total', a, 'b2')]: '0+500x119',
    [link('etcd_network_peer_sent_bytes_total', a, 'c3')]: '0+500x60 30000x59',
    [link('etcd_network_peer_sent_bytes_total', a, 'd4')]: '0+500x60 30000x59',
    [link('etcd_network_peer_sent_failures_total', a, 'e5')]: '_x60 1+1x59',
  };
  const to = (from: string, id: string) => `To="${id}",${from}`;

  it('active: the peer by its id', () => {
    const labels = (id: string) => `Local="a1",Remote="${id}",${to(a, id)},${job}`;
    figure(etcd.peers.active, series, { [labels('b2')]: 1, [labels('c3')]: 0 });
  });

  it('rttP99: a few slow measurements of ten minutes decide it', () => {
    figure(etcd.peers.rttP99, series, { [to(a, 'b2')]: 1, [to(b, 'a1')]: 0 }, { as: (it) => `(${it} > bool 0.2048)` });
  });

  it('rttMean: the exact mean of ten minutes', () => {
    figure(etcd.peers.rttMean, series, { [to(b, 'a1')]: 0.001, [to(a, 'b2')]: 0.225 });
  });

  it('rttUsual: the hour that ended a quarter of an hour ago knows nothing of the present', () => {
    figure(etcd.peers.rttUsual, series, { [to(a, 'b2')]: 0.001, [to(b, 'a1')]: 0.001 }, { as: (it) => `(${it} > 0)` });
  });

  it('tried: more than zero while anything is sent or fails to be, zero for a member that was removed', () => {
    const answer = { [to(a, 'b2')]: 1, [to(a, 'c3')]: 1, [to(a, 'd4')]: 0, [to(a, 'e5')]: 1 };
    figure(etcd.peers.tried, series, answer, { as: (it) => `(${it} > bool 0)` });
    figure(etcd.peers.tried, { [of('up', a)]: '1x120' }, {});
  });

  it('failures: zero for a peer without the series, which only a failure creates; nothing for an etcd without peers', () => {
    const answer = { [to(a, 'c3')]: 60, [to(a, 'e5')]: 60, [to(a, 'b2')]: 0, [to(b, 'a1')]: 0 };
    figure(etcd.peers.failures, series, answer, { to: 5 });
    figure(etcd.peers.failures, { [of('up', a)]: '1x120' }, {});
  });
});

describe.skipIf(absent)('the figures of applies and space', () => {
  it('slow, lag and defrag: also what is over', () => {
    const series = {
      [of('etcd_server_slow_apply_total', a)]: '0x80 30x39',
      [of('etcd_server_proposals_committed_total', a)]: '0+100x119',
      [of('etcd_server_proposals_applied_total', a)]: '0+100x80 3000x5 8600+100x33',
      [of('etcd_disk_defrag_inflight', a)]: '0x80 1x2 0x36',
    };

    figure(etcd.apply.slow, series, { [a]: 30 }, { to: 1 });
    figure(etcd.apply.lag, series, { [`${a},${job}`]: 1 }, { as: (it) => `(${it} > bool 5000)` });
    figure(etcd.apply.lagNow, series, { [`${a},${job}`]: 0 }, { as: (it) => `(${it} > bool 5000)` });
    figure(etcd.apply.defrag, series, { [`${a},${job}`]: 1 });
  });

  it('used, live, sizeBytes: of a member that ended too; no quota is no share; alarm: only while it is raised', () => {
    const series = {
      [of('etcd_mvcc_db_total_size_in_bytes', a)]: '1.74e7x120',
      [of('etcd_server_quota_backend_bytes', a)]: '1.68e7x120',
      [of('etcd_mvcc_db_total_size_in_use_in_bytes', a)]: '8.7e6x120',
      [of('etcd_mvcc_db_total_size_in_bytes', c)]: untilMinute15('1e6'),
      [of('etcd_server_quota_backend_bytes', c)]: untilMinute15('0'),
      [of('etcd_debugging_server_alarms', `${a},server_id="a1",alarm_type="NOSPACE"`)]: '1x120',
      [of('etcd_debugging_server_alarms', `${b},server_id="b2",alarm_type="CORRUPT"`)]: '1x120',
    };

    figure(etcd.space.used, series, { [`${a},${job}`]: 1.036 });
    figure(etcd.space.live, series, { [`${a},${job}`]: 0.5 });
    figure(etcd.space.sizeBytes, series, { [`${a},${job}`]: 1.74e7, [`${c},${job}`]: 1e6 }, { to: 1 });
    figure(etcd.space.alarm, series, { [a]: 1 });
  });

  it('puts and refused: of the last two minutes, and of writes only', () => {
    const handled = (method: string, code: string) =>
      of('grpc_server_handled_total', `${a},grpc_method="${method}",grpc_code="${code}"`);
    const series = {
      [of('etcd_mvcc_put_total', a)]: '0+5x100 500x19',
      [of('etcd_mvcc_put_total', b)]: '0+5x119',
      [handled('Put', 'ResourceExhausted')]: '0x60 30x59',
      [handled('Txn', 'ResourceExhausted')]: '0x107 0+2x12',
      [handled('LeaseGrant', 'ResourceExhausted')]: '0x107 0+1x12',
      [handled('Range', 'ResourceExhausted')]: '0+9x119',
      [handled('Txn', 'OK')]: '0+7x119',
    };

    figure(etcd.space.puts, series, { [a]: 0, [b]: 60 }, { to: 1 });
    figure(etcd.space.refused, series, { [a]: 36 }, { to: 1 });
  });
});

describe.skipIf(absent)('the questions about peers, applies and space', () => {
  it('were all put to the engine, figure by figure', () => {
    expect(unasked([etcd.peers, etcd.apply, etcd.space])).toEqual([]);
  });
});
