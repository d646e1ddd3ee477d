import { describe, expect, it } from 'vitest';
import { exporter, lease, node, now, refused, silence, silent, verdict, verdictOf } from './judging.ts';

describe('a port that fails at once', () => {
  const seen = { node: node('Unknown'), lease: lease(90), kubeletScrapes: refused };
  const ended = (lastError: string, instance = '10.0.0.3:10250') => [{ instance, lastError }];
  const status = (code: string) => ended(`server returned HTTP status ${code}`);
  const unanswered = { all: 80, unansweredPerSecond: 0.9 };

  it('is a stopped kubelet only where nothing listens, whatever was answered to anybody before', () => {
    for (const more of [
      {},
      { apiCalls: { all: 80 } },
      { apiCalls: { all: 80, refused: 12 } },
      { expiredCertificates: { perSecond: 2 } },
    ]) {
      expect(verdict('kubeletStopped', { ...seen, ...more })).toBe('confirmed');
      for (const words of ['server returned HTTP status 401 Unauthorized', 'Get "https://a/": remote error: tls: bad'])
        expect(verdict('kubeletStopped', { ...seen, ...more, kubeletErrors: ended(words) })).toBe('ruled-out');
    }
    expect(verdictOf('kubeletStopped', { ...seen, apiCalls: { all: 80, refused: 12 } }).reason).toBe(
      'its port refuses at once (connection refused after 0.6 ms), and it renewed its lease 90 s ago, which ran out after 40 s; before that 12 of its calls were answered 401',
    );
  });

  it.each([
    ['undefined', undefined],
    ['of another target', ended('connect: connection refused').slice(1)],
    ['of no route', ended('dial tcp 10.0.0.3:10250: connect: no route to host')],
    ['of a gateway', status('503 Service Unavailable')],
    [
      'of a proxy that refuses',
      ended('Get "https://a/": proxyconnect tcp: dial tcp 10.0.0.9:80: connect: connection refused'),
    ],
    [
      'of the API server',
      ended('Get "https://a:443/api/v1/nodes/n/proxy/metrics": dial tcp 10.0.0.1:443: connect: connection refused'),
    ],
    ['of a name server', ended('Get "https://a:10250/metrics": dial tcp: lookup a: no such host')],
  ])('with an error %s decides nothing, and says which words would', (_, kubeletErrors) => {
    for (const cause of [...silence, 'clockJumped']) {
      expect(verdict(cause, { ...seen, kubeletErrors, apiCalls: unanswered }), cause).toBe('inconclusive');
    }
    expect(verdictOf('cutOff', { ...seen, kubeletErrors }).reason).toMatch(
      /^its scrape fails at once \(0\.6 ms\), as where nothing listens, where a live kubelet answers 401, .*; (it ended with ".*"|what it ended with, Prometheus' targets did not tell): whether the kubelet lives/,
    );
  });

  it('with 401 is a kubelet that lives and cannot ask who comes: cut off where its calls got no answer', () => {
    const denied = { ...seen, kubeletErrors: status('401 Unauthorized'), apiCalls: unanswered };
    expect(verdictOf('cutOff', denied)).toMatchObject({
      verdict: 'confirmed',
      reason:
        'its port answers, and refuses the scrape (server returned HTTP status 401 Unauthorized after 0.6 ms), so it lives, yet it renewed its lease 90 s ago, which ran out after 40 s; 0.90 of its calls a second got no answer when they were last seen',
    });
    expect([verdict('kubeletStuck', denied), verdict('unauthorized', denied)]).toEqual(['ruled-out', 'inconclusive']);
    expect(verdict('cutOff', { ...denied, lease: lease(30) })).toBe('inconclusive');
    expect(verdict('cutOff', { ...denied, apiCalls: undefined })).toBe('inconclusive');
    expect(verdict('cutOff', { ...denied, apiCalls: { ...unanswered, refused: 3 } })).toBe('inconclusive');
    const late = { ...denied, kubeletScrapes: silent };
    expect(verdict('cutOff', late), 'its disk was not seen').toBe('inconclusive');
    expect(verdict('cutOff', { ...late, machine: { ioStalledShare: 0.01 } })).toBe('confirmed');
  });

  it('with 401 under a name may be a proxy that answers for it', () => {
    const kubeletScrapes = refused.map((scrape) => ({ ...scrape, instance: 'worker-3' }));
    const kubeletErrors = status('401 Unauthorized').map((error) => ({ ...error, instance: 'worker-3' }));
    const named = { ...seen, kubeletScrapes, kubeletErrors, apiCalls: unanswered };
    for (const cause of silence) expect(verdict(cause, named), cause).toBe('inconclusive');
    expect(verdictOf('cutOff', named).reason).toMatch(/or a proxy before it \(it is scraped by the name worker-3\)/);
  });

  it('may be a restart under way while the node is Ready and its lease only just late', () => {
    const kubeletScrapes = refused.map((scrape) => ({ ...scrape, ageSeconds: 3 }));
    const young = { ...seen, kubeletScrapes, node: node('True'), apiCalls: { all: 80 } };
    expect(verdictOf('kubeletStopped', { ...young, lease: lease(16) })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/refuses at once .*as during any restart, and it renewed its lease 16\.0 s ago/),
    });
    expect(verdict('kubeletStopped', { ...young, lease: lease(23) })).toBe('confirmed');
  });

  it('is met under any name: the words say which address refused', () => {
    for (const instance of ['worker-3.example:10250', '[fd00::3]:10250']) {
      const kubeletScrapes = refused.map((scrape) => ({ ...scrape, instance }));
      expect(verdict('kubeletStopped', { ...seen, kubeletScrapes }), instance).toBe('confirmed');
    }
  });

  it('beside a node_exporter that fails too is no stopped kubelet yet', () => {
    const both = { ...seen, apiCalls: { all: 80 }, exporterScrapes: exporter(false, 0.0005) };
    expect(verdict('kubeletStopped', both)).toBe('inconclusive');
    expect(verdict('machineDown', both)).toBe('inconclusive');
  });
});

describe('a port that stays silent', () => {
  const seen = { node: node('Unknown'), lease: lease(90), kubeletScrapes: silent };
  const fleet = { kubelets: 40, kubeletsDown: 1 };
  it('is a stuck kubelet or a dead machine: node_exporter tells which', () => {
    expect(verdict('kubeletStuck', seen)).toBe('inconclusive');
    expect(verdict('machineDown', { ...seen, fleet })).toBe('inconclusive');
    const machine = { bootedAt: now.getTime() / 1000 - 86_000 };
    const apiCalls = { all: 80, unansweredPerSecond: 0 };
    const stuck = { ...seen, fleet, exporterScrapes: exporter(true, 0.012), machine, apiCalls };
    expect([verdict('kubeletStuck', stuck), verdict('machineDown', stuck)]).toEqual(['confirmed', 'ruled-out']);
    const dead = { ...seen, fleet, exporterScrapes: exporter(false, 10) };
    expect([verdict('kubeletStuck', dead), verdict('machineDown', dead)]).toEqual(['inconclusive', 'confirmed']);
  });

  it('is no stuck kubelet yet where its calls got no answer before, or nobody counted: cut off it is as silent', () => {
    const stuck = { ...seen, exporterScrapes: exporter(true, 0.012) };
    const judge = (apiCalls?: object) => verdictOf('kubeletStuck', { ...stuck, apiCalls });
    expect(judge({ all: 80, unansweredPerSecond: 0.9 })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/; but 0\.90 calls a second .* got no answer when they were last seen/),
    });
    for (const unseen of [undefined, { all: 80 }]) {
      expect(judge(unseen)).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(/whether its calls got answers before could not be seen$/),
      });
    }
    expect(verdictOf('cutOff', { ...stuck, apiCalls: { all: 80, unansweredPerSecond: 0.9 } }).reason).toMatch(
      /whether the kubelet lives cannot be seen; 0\.90 of its calls a second got no answer/,
    );
  });

  it('on every node is Prometheus that is cut off, not this machine', () => {
    const all = { ...seen, fleet: { kubelets: 40, kubeletsDown: 40 }, exporterScrapes: exporter(false, 10) };
    expect(verdict('machineDown', all)).toBe('inconclusive');
  });

  it('of a stuck kubelet points at the disk when its tasks wait for I/O', () => {
    const slow = { ...seen, exporterScrapes: exporter(true, 0.2), machine: { ioStalledShare: 0.62 } };
    expect(verdictOf('kubeletStuck', slow).reason).toMatch(/62 % of the time, so look at the disk first/);
  });
});
