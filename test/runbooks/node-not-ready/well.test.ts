import { describe, expect, it } from 'vitest';
import { type Good, notUnder, shownFrom, unlessPast, wellNow } from '../../../runbooks/node-not-ready/well.ts';
import { ago, answering, lease, node, now, scrapes, verdict, verdictOf } from './judging.ts';

const since = (seconds: number): Good => ({ words: 'Ready=True', since: ago(seconds) });
const seconds = (count: number) => new Date(now.getTime() - count * 1000);

describe('a node that is well now', () => {
  const seen = { node: node('True'), lease: lease(4) };
  it('is Ready, since its condition says so', () => {
    expect(wellNow(seen, now)).toEqual(since(300));
    expect(wellNow({ node: seen.node }, now)).toEqual(since(300));
  });

  it('is not one that is silent, complains, is late with its lease, or has its clock ahead', () => {
    for (const ready of ['False', 'Unknown'] as const)
      expect(wellNow({ ...seen, node: node(ready) }, now)).toBe(undefined);
    for (const age of [20, 60, -600]) expect(wellNow({ ...seen, lease: lease(age) }, now)).toBe(undefined);
    expect(wellNow({}, now)).toBe(undefined);
  });

  it('is not one whose readiness comes and goes: three changes within half an hour', () => {
    expect(wellNow({ ...seen, history: { readinessChanges: 2 } }, now)).toEqual(since(300));
    expect(wellNow({ ...seen, history: { readinessChanges: 3 } }, now)).toBe(undefined);
  });

  it('has no pressure of a kind when that condition is False, not when it is Unknown or not set', () => {
    expect(notUnder({ node: node('True') }, 'DiskPressure')).toEqual({ words: 'DiskPressure=False', since: ago(300) });
    expect(notUnder({ node: node('Unknown') }, 'DiskPressure')).toBe(undefined);
    expect(notUnder({ node: node('True') }, 'NetworkUnavailable')).toBe(undefined);
  });
});

describe('a sign', () => {
  it('proves its cause, unless what it would have broken is good since', () => {
    expect(unlessPast('it broke', seconds(60), undefined).verdict).toBe('confirmed');
    expect(unlessPast('it broke', seconds(60), since(61)).verdict).toBe('confirmed');
    expect(unlessPast('it broke', seconds(60), since(60))).toEqual({
      verdict: 'inconclusive',
      reason: 'it broke; but that is past: Ready=True since 08:09:00',
    });
  });

  it('is not past when it is not known since when all is good', () => {
    expect(unlessPast('it broke', seconds(60), { words: 'Ready=True' }).verdict).toBe('confirmed');
  });

  it('in a window may be as old as the window and the scrape before it', () => {
    expect(shownFrom(now, 120)).toEqual(seconds(180));
  });
});

describe('recovery', () => {
  const ready = { node: node('True'), lease: lease(4), registered: true };
  const fleet = { kubelets: 40, kubeletsDown: 0 };

  it("is confirmed when the node is Ready and its kubelet's port answers, or is not scraped", () => {
    expect(verdict('recovered', { ...ready, kubeletScrapes: answering })).toBe('confirmed');
    expect(verdict('recovered', { ...ready, kubeletScrapes: [], fleet })).toBe('confirmed');
  });

  it('is left open while the port does not answer: Ready lasts two minutes longer than a runtime that hangs', () => {
    for (const failing of [scrapes([false, 10], [true, 0.01]), scrapes([false, 10]), scrapes([false, 0.001])]) {
      expect(verdict('recovered', { ...ready, kubeletScrapes: failing, fleet })).toBe('inconclusive');
    }
  });

  it('is left open without Prometheus, whose alerts end when it does', () => {
    expect(verdictOf('recovered', ready)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/Ready=True, but Prometheus told nothing of this node/),
    });
  });

  it('rests on the Node alone where no Prometheus is configured, once all it was about would show there', () => {
    const nobody = new Map([['kubeletScrapes', 'not-configured']] as const);
    const alone = (age: number) => verdictOf('recovered', ready, new Date(ago(age)), nobody);
    expect(alone(60)).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('after 2 minutes') });
    expect(alone(150)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringContaining('by the Node itself: there is no Prometheus to ask'),
    });
    const silent = new Map([['kubeletScrapes', 'timed-out']] as const);
    expect(verdictOf('recovered', ready, new Date(ago(150)), silent).verdict).toBe('inconclusive');
  });
});

describe('what Prometheus remembers of a trouble that is over', () => {
  const readySince = (age: number) => {
    const { conditions, ...rest } = node('True');
    return { ...rest, conditions: conditions.map((one) => ({ ...one, lastTransitionTime: ago(age) })) };
  };
  const confirmedFor = (cause: string, more: object) =>
    [30, 1200].map((age) => verdict(cause, { node: readySince(age), lease: lease(4), ...more }));

  it('proves a cause only when the node was Ready all through the window', () => {
    const machine = { ioStalledShare: 0.01 };
    const slow = { kubelet: { slowRelists: 3 }, machine };
    expect(confirmedFor('runtimeHangs', slow)).toEqual(['inconclusive', 'confirmed']);
    const half = { kubeletScrapes: scrapes([false, 10], [true, 0.01]), machine };
    expect(confirmedFor('runtimeHangs', half)).toEqual(['inconclusive', 'confirmed']);
  });

  it('proves no runtime gone while the node is Ready all through the window: that would show there after 33 s', () => {
    const failing = { kubelet: { runtimeCallsPerSecond: 2, runtimeErrorsPerSecond: 1.9 }, kubeletScrapes: answering };
    expect(confirmedFor('runtimeGone', failing)).toEqual(['inconclusive', 'inconclusive']);
    expect(confirmedFor('recovered', failing)).toEqual(['confirmed', 'inconclusive']);
    const seen = { lease: lease(4), ...failing };
    expect(verdict('runtimeGone', { ...seen, node: node('False', 'container runtime is down') })).toBe('confirmed');
    for (const other of ['NetworkReady=false', 'PLEG is not healthy: pleg was last seen active 3m2s ago'])
      expect(verdict('runtimeGone', { ...seen, node: node('False', other) }), other).toBe('inconclusive');
  });

  it('proves it on a node that flaps, however short a time it has been Ready', () => {
    const kubelet = { runtimeCallsPerSecond: 2, runtimeErrorsPerSecond: 1.9 };
    const seen = { node: readySince(30), lease: lease(4), kubelet, history: { readinessChanges: 4 } };
    expect(verdict('runtimeGone', seen)).toBe('confirmed');
  });

  it('does not make a clock wrong whose lease is renewed with the right time', () => {
    const kubelet = { plegAgeSeconds: 613, plegMoves: 7 };
    expect(verdict('clockJumped', { node: node('True'), lease: lease(4), kubelet })).toBe('ruled-out');
    expect(verdict('clockJumped', { node: node('Unknown'), lease: lease(400), kubelet })).toBe('confirmed');
    expect(verdictOf('recovered', { node: node('True'), lease: lease(-600), registered: true })).toMatchObject({
      verdict: 'inconclusive',
    });
  });
});
