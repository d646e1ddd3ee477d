import { describe, expect, it } from 'vitest';
import { portOf } from '../../../runbooks/node-not-ready/ports.ts';
import { Scrapes } from '../../../runbooks/node-not-ready/schema.ts';
import {
  answering,
  exporter,
  lease,
  node,
  now,
  refused,
  scrapes,
  silence,
  silent,
  verdict,
  verdictOf,
} from './judging.ts';

type Scrape = (typeof answering)[number];
const aged = (ageSeconds: number, all: readonly Scrape[]) => all.map((scrape) => ({ ...scrape, ageSeconds }));

describe('a scrape', () => {
  const calls = { apiCalls: { all: 900, succeededPerSecond: 0.5 } };
  const fellSilent = (leaseAge: number, ageSeconds: number) => ({
    node: node('Unknown'),
    lease: lease(leaseAge),
    kubeletScrapes: aged(ageSeconds, answering),
    exporterScrapes: aged(ageSeconds, exporter(true, 0.01)),
    ...calls,
  });

  it('that was answered before the kubelet fell silent rules nothing out', () => {
    for (const cause of [...silence, 'runtimeHangs', 'runtimeGone']) {
      expect(verdict(cause, fellSilent(50, 55)), cause).toBe('inconclusive');
      expect(verdict(cause, fellSilent(50, 42)), cause).toBe('inconclusive'); // a renewal takes up to 10 s to be missed
    }
    expect(verdictOf('kubeletStopped', fellSilent(50, 55)).reason).toBe(
      'of its port the last scrape was answered 55 s ago, and it renewed its lease 50 s ago, which ran out after 40 s: it tells of the time before that',
    );
  });

  it('that was answered after that does', () => {
    for (const cause of ['machineDown', 'kubeletStopped', 'kubeletStuck', 'runtimeHangs']) {
      expect(verdict(cause, fellSilent(50, 20)), cause).toBe('ruled-out');
    }
  });

  it('that failed before the last renewal confirms nothing', () => {
    const stopped = (age: number) => ({
      node: node('Unknown'),
      lease: lease(60),
      kubeletScrapes: aged(age, refused),
      apiCalls: { all: 80 },
    });
    expect([verdict('kubeletStopped', stopped(70)), verdict('kubeletStopped', stopped(30))]).toEqual([
      'inconclusive',
      'confirmed',
    ]);
    const stuck = (age: number) => ({
      ...stopped(20),
      kubeletScrapes: aged(20, silent),
      exporterScrapes: aged(age, exporter(true, 0.01)),
      apiCalls: { all: 80, unansweredPerSecond: 0 },
    });
    expect([verdict('kubeletStuck', stuck(55)), verdict('kubeletStuck', stuck(20))]).toEqual([
      'inconclusive',
      'confirmed',
    ]);
  });

  it('of some minutes ago tells nothing of a runtime either: Prometheus takes nothing in', () => {
    const seen = (age: number) => ({ node: node('True'), lease: lease(4), kubeletScrapes: aged(age, answering) });
    expect(verdict('runtimeHangs', seen(60))).toBe('ruled-out');
    expect(verdictOf('runtimeHangs', seen(240))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/the last scrape was answered 4 min ago: Prometheus takes nothing in since/),
    });
    expect(verdict('recovered', seen(240))).toBe('inconclusive');
  });
});

describe('two replicas of Prometheus behind a querier that does not deduplicate', () => {
  const at = { job: 'kubelet', instance: '10.0.0.3:10250', metrics_path: '/metrics', node: 'worker-3' };
  const said = (replica: string, up: number, seconds: number) => [
    { labels: { ...at, __name__: 'up', prometheus_replica: replica }, value: up },
    { labels: { ...at, __name__: 'scrape_duration_seconds', prometheus_replica: replica }, value: seconds },
    { labels: { ...at, figure: 'ageSeconds', prometheus_replica: replica }, value: 12 },
  ];
  const inAnyOrder = (a: ReturnType<typeof said>, b: ReturnType<typeof said>) => {
    const [first, ...rest] = a;
    return [
      [...a, ...b],
      [...b, ...a],
      [...(first ? [first] : []), ...b, ...rest],
    ].map((all) => Scrapes.parse(all));
  };
  const seen = {
    node: node('Unknown'),
    lease: lease(940),
    exporterScrapes: exporter(true, 0.01),
    expiredCertificates: { perSecond: 0 },
    apiCalls: { all: 5, unansweredPerSecond: 1 },
  };

  it.each([
    ['one is answered and one is not', said('a', 1, 0.03), said('b', 0, 10)],
    ['one is refused and one hears nothing', said('a', 0, 0.001), said('b', 0, 10)],
  ])('leave open what it is when %s, whichever comes first', (_, a, b) => {
    for (const kubeletScrapes of inAnyOrder(a, b)) {
      expect(kubeletScrapes).toHaveLength(1);
      for (const cause of ['kubeletStopped', 'kubeletStuck', 'cutOff']) {
        expect(verdict(cause, { ...seen, kubeletScrapes }), cause).toBe('inconclusive');
      }
    }
    const [kubeletScrapes = []] = inAnyOrder(a, b);
    expect(portOf({ kubeletScrapes }, now)?.words).toBe(
      'of its port the scrapes of several Prometheus contradict each other',
    );
  });

  it('count as one when they agree, by the longer time', () => {
    for (const kubeletScrapes of inAnyOrder(said('a', 0, 0.001), said('b', 0, 0.03))) {
      expect(kubeletScrapes).toEqual([
        { job: 'kubelet', instance: '10.0.0.3:10250', path: '/metrics', up: false, seconds: 0.03, ageSeconds: 12 },
      ]);
      expect(verdict('kubeletStopped', { ...seen, kubeletScrapes })).toBe('confirmed');
    }
  });

  it('leave open whether the machine is down when they disagree about node_exporter', () => {
    const exporterScrapes = [
      { job: 'node-exporter', instance: '10.0.0.3:9100', path: '/metrics', up: false, disagree: true as const },
    ];
    const fleet = { kubelets: 9, kubeletsDown: 1 };
    expect(verdict('machineDown', { ...seen, fleet, kubeletScrapes: scrapes([false, 10]), exporterScrapes })).toBe(
      'inconclusive',
    );
  });
});
