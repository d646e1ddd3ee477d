import { describe, expect, it } from 'vitest';
import { type PressureType, stormOf } from '../../../runbooks/evidence/evicted.ts';
import { nodeObject, nodeRegistered } from '../../../runbooks/evidence/node.ts';
import { nodeEvents } from '../../../runbooks/evidence/node-events.ts';
import { Lease, leaseAgeSeconds, showLease } from '../../../runbooks/evidence/node-lease.ts';
import { duration } from '../../../runbooks/evidence/node-words.ts';
import { podsOnNode } from '../../../runbooks/evidence/pods.ts';
import * as queries from '../../../runbooks/node-not-ready/queries.ts';
import * as schema from '../../../runbooks/node-not-ready/schema.ts';
import { recording } from './compose.ts';

describe('the Node object', () => {
  it('of a node that fell silent is shown with its conditions once, and its taints', () => {
    const node = nodeObject.schema.parse(recording('kubelet-killed').node);
    expect(nodeObject.show(node)).toBe(
      'MemoryPressure, DiskPressure, PIDPressure, Ready=Unknown since 08:09:08 (Kubelet stopped posting node status.); taints node.kubernetes.io/unreachable:NoSchedule, node.kubernetes.io/unreachable:NoExecute',
    );
  });

  it('needs neither spec nor taints', () => {
    const nodeInfo = { bootID: 'b', kubeletVersion: 'v1.32.1', containerRuntimeVersion: 'containerd://1.7.22' };
    const bare = { metadata: { name: 'n', creationTimestamp: '2026-11-21T06:00:00Z' }, status: { nodeInfo } };
    expect(nodeObject.schema.parse(bare)).toMatchObject({ cordoned: false, taints: [], conditions: [] });
  });

  it('that does not exist is a fact, not a failure', () => {
    expect(nodeRegistered.schema.parse(null)).toBe(false);
    expect(nodeRegistered.schema.parse({ metadata: {} })).toBe(true);
  });
});

describe('pods', () => {
  const summary = (name: string) => podsOnNode.schema.parse({ items: recording(name).pods });

  it('evicted to free something and turned away at the door are two different numbers', () => {
    const storm = (name: string, type: PressureType) => stormOf(summary(name).evictions, type, new Date());
    expect(storm('disk-pressure-filled', 'DiskPressure')).toEqual({ victims: 4, turnedAway: 30, undated: 0 });
    expect(storm('pids-node', 'PIDPressure')).toEqual({ victims: 2, turnedAway: 24, undated: 0 });
    expect(storm('pids-node', 'DiskPressure')).toEqual({ victims: 0, turnedAway: 0, undated: 0 });
  });

  it('marked not ready for the silence of their node are told from pods that are not ready', () => {
    expect(summary('kubelet-killed')).toMatchObject({ markedNotReady: 3 });
    expect(summary('runtime-stopped')).toMatchObject({ markedNotReady: 0 });
  });
});

describe('events', () => {
  it('are ordered by when they were last seen, also those of the newer API without timestamps', () => {
    const newer = {
      metadata: { creationTimestamp: '2026-11-21T08:20:00Z' },
      reason: 'Newer',
      firstTimestamp: null,
      eventTime: '2026-11-21T08:20:00.000000Z',
    };
    const events = nodeEvents.schema.parse({ items: [newer, ...recording('runtime-killed').events] });
    expect(events.at(-1)).toMatchObject({ reason: 'Newer', count: 1, from: '' });
    expect(events.map(({ reason }) => reason)).toContain('ContainerGCFailed');
  });
});

describe('a lease', () => {
  it('that was never renewed has no age', () => {
    const fresh = Lease.parse({ metadata: { resourceVersion: '7' }, spec: { renewTime: null } });
    expect(leaseAgeSeconds(fresh, new Date())).toBeUndefined();
    expect(showLease(fresh)).toMatch(/never renewed/);
  });
});

describe('scrapes', () => {
  const at = new Date(0);
  it('join up and duration of one endpoint, whichever comes first, and keep endpoints apart', () => {
    const target = { job: 'kubelet', instance: 'a:10250', metrics_path: '/metrics/cadvisor' };
    const samples = [
      { labels: { ...target, __name__: 'scrape_duration_seconds' }, value: 0.01, at },
      { labels: { ...target, __name__: 'up' }, value: 1, at },
      { labels: { __name__: 'up', job: 'kubelet', instance: 'a:10250', metrics_path: '/metrics' }, value: 0, at },
    ];
    expect(schema.Scrapes.parse(samples)).toEqual([
      { job: 'kubelet', instance: 'a:10250', path: '/metrics/cadvisor', up: true, seconds: 0.01 },
      { job: 'kubelet', instance: 'a:10250', path: '/metrics', up: false },
    ]);
  });
});

describe('figures', () => {
  const at = new Date(0);
  const target = { job: 'a', instance: 'b:1' };
  it('leave out what is no number, and what nobody asked for', () => {
    const samples = [
      { labels: { figure: 'perSecond' }, value: Number.NaN, at },
      { labels: { figure: 'other' }, value: 1, at },
    ];
    expect(schema.ExpiredCertificates.parse(samples)).toEqual({});
  });

  it('of every query have a place in its schema', () => {
    const pairs = [
      [queries.kubeletFigures(target), schema.KubeletFigures],
      [queries.apiCalls(target), schema.ApiCalls],
      [queries.expiredCertificates(), schema.ExpiredCertificates],
      [queries.nodeHistory('n'), schema.NodeHistory],
      [queries.fleet(), schema.Fleet],
      [queries.machineFigures(target), schema.MachineFigures],
    ] as const;
    for (const [promql, figures] of pairs) {
      const names = [...promql.matchAll(/"figure", "(\w+)"/g)].map(([, name]) => name ?? '');
      const samples = names.map((name) => ({ labels: { figure: name }, value: 1, at }));
      expect(Object.keys(figures.parse(samples)).sort()).toEqual([...names].sort());
    }
  });
});

it('durations read as a person would say them', () => {
  expect([0.0006, 0.028, 4.24, 72, 613, 3600, 12_000, 864_000].map(duration)).toEqual([
    '0.6 ms',
    '28 ms',
    '4.2 s',
    '72 s',
    '10 min 13 s',
    '60 min',
    '3 h 20 min',
    '10 days',
  ]);
});
