import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { etcdFigures, etcdJob } from '../../../runbooks/etcd-heartbeat/queries.ts';

const recorded = (file: string) => readFileSync(join(import.meta.dirname, '../../recorded/etcd', file), 'utf8');
const leader = recorded('metrics-3.4-leader-of-three.txt');
const alone = recorded('metrics-3.4-one-member.txt');
const peerLost = recorded('metrics-3.4-peer-lost.txt');
const replaced = recorded('metrics-3.4-member-replaced.txt');
const alarmed = recorded('metrics-3.4-alarm-not-disarmed.txt');

/** Metric names with the labels they have in a recording, `le` and the like included. */
function seriesOf(text: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? /gm)) {
    const known = series.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}

const text = Object.values(etcdFigures(etcdJob(undefined)))
  .flatMap((figures) => Object.values(figures))
  .join('\n');
const used = new Set([...text.matchAll(/\b((?:etcd|process|grpc)_[a-z_]+)\{/g)].map(([, name = '']) => name));

/** etcd has it since 3.6, and only while an alarm is raised. */
const notOfEtcd34 = ['etcd_debugging_server_alarms'];

describe('the metrics of a recorded etcd 3.4', () => {
  it('hold every name the runbook asks for', () => {
    const recordings = [leader, peerLost, replaced, alarmed];
    const names = new Set(recordings.flatMap((text) => [...seriesOf(text).keys()]));

    expect([...used].filter((name) => !names.has(name))).toEqual(notOfEtcd34);
    expect(used.size).toBeGreaterThan(20);
  });

  it('have the histogram edges the limits stand on', () => {
    const edges = (name: string) =>
      [...leader.matchAll(new RegExp(`^${name}_bucket\\{.*?le="([\\d.]+)"`, 'gm'))].map(([, le]) => le);

    expect(edges('etcd_disk_wal_fsync_duration_seconds')).toEqual(expect.arrayContaining(['0.008', '0.016', '0.064']));
    expect(edges('etcd_network_peer_round_trip_time_seconds')).toContain('0.1024');
  });

  it('name peers by To, and the active ones by Remote', () => {
    expect(seriesOf(leader).get('etcd_network_peer_round_trip_time_seconds_sum')).toEqual(new Set(['To']));
    expect(seriesOf(leader).get('etcd_network_active_peers')).toEqual(new Set(['Local', 'Remote']));
    expect(seriesOf(peerLost).get('etcd_network_peer_sent_failures_total')).toEqual(new Set(['To']));
  });

  it('have no series of failed sends until the first one fails', () => {
    expect(leader).not.toContain('etcd_network_peer_sent_failures_total');
  });

  it('go on naming a member that was removed, as one that is not connected, and with no failure to send', () => {
    expect(replaced).toContain('etcd_server_is_leader 1');
    expect(replaced.match(/^etcd_network_active_peers\{.*\} 1$/gm)).toHaveLength(2);
    expect(replaced).toMatch(/^etcd_network_active_peers\{.*Remote="74aa91285a1a65e"\} 0$/m);
    expect(replaced).toMatch(/^etcd_network_peer_sent_bytes_total\{To="74aa91285a1a65e"\} \d+$/m);
    expect(replaced).not.toContain('etcd_network_peer_sent_failures_total{');
  });

  it('hold nothing of a NOSPACE alarm: only that writes are refused, and none is applied', () => {
    expect(alarmed).not.toContain('alarm');
    for (const method of ['Put', 'Txn', 'LeaseGrant']) {
      expect(alarmed).toMatch(new RegExp(`grpc_code="ResourceExhausted",grpc_method="${method}",.*\\} [1-9]`));
    }
    expect(alarmed).toMatch(/^etcd_mvcc_put_total \d+$/m);
  });

  it('have no peer series at all with one member', () => {
    expect(alone).not.toContain('etcd_network_peer_round_trip_time_seconds');
    expect(alone).not.toContain('etcd_network_active_peers');
    expect(alone).toContain('etcd_disk_wal_fsync_duration_seconds_count');
  });

  it('have their like at the kubelet and the API server', () => {
    expect(seriesOf(recorded('cadvisor-1.20.txt')).get('container_cpu_cfs_periods_total')).toEqual(
      expect.objectContaining(new Set(['container', 'id', 'image', 'name', 'namespace', 'pod'])),
    );
    expect(seriesOf(recorded('apiserver-1.20.txt')).get('etcd_request_duration_seconds_sum')).toEqual(
      new Set(['operation', 'type']),
    );
  });
});
