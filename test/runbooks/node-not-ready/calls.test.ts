import { describe, expect, it } from 'vitest';
import { answering, lease, node, refused, verdict, verdictOf } from './judging.ts';

const justNow = answering.map((scrape) => ({ ...scrape, ageSeconds: 3 }));

describe('a kubelet that answers and gets no answer', () => {
  const seen = { node: node('Unknown'), kubeletScrapes: justNow, apiCalls: { all: 90, unansweredPerSecond: 0.5 } };
  it('is cut off once its lease has run out, not for one late renewal', () => {
    expect(verdict('cutOff', { ...seen, lease: lease(60) })).toBe('confirmed');
    expect(verdict('cutOff', { ...seen, lease: lease(25) })).toBe('inconclusive');
  });

  it('is not cut off when all its calls succeed', () => {
    const well = { ...seen, apiCalls: { all: 90, succeededPerSecond: 0.5 } };
    expect(verdict('cutOff', { ...well, lease: lease(140) })).toBe('ruled-out');
    // Rates of two minutes still hold the calls from before.
    expect(verdict('cutOff', { ...well, lease: lease(60) })).toBe('inconclusive');
  });
});

describe('401s', () => {
  const silent = { node: node('Unknown'), lease: lease(650) };
  const apiCalls = { all: 900, refused: 300, refusedPerSecond: 1.4 };

  it('with a count of expired certificates say that one has expired; with none, that it is something else', () => {
    const reason = (perSecond: number) =>
      verdictOf('unauthorized', { ...silent, apiCalls, expiredCertificates: { perSecond } });
    expect(reason(1.2)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringMatching(/, and 1\.2 requests a second come .* with an expired certificate$/),
    });
    expect(reason(0)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringMatching(/but no request comes .* with an expired certificate: rather a wrong CA/),
    });
  });

  it('that are not there yet rule nothing out a minute after the silence began, or where its port was not seen', () => {
    const none = { ...silent, apiCalls: { all: 900 } };
    const judge = (age: number, more = {}) => verdict('unauthorized', { ...none, lease: lease(age), ...more });
    expect([judge(50, { kubeletScrapes: justNow }), judge(90, { kubeletScrapes: justNow })]).toEqual([
      'inconclusive',
      'ruled-out',
    ]);
    expect(judge(90)).toBe('inconclusive');
    expect(judge(65, { kubeletScrapes: justNow, expiredCertificates: { perSecond: 0 } })).toBe('ruled-out');
  });

  it('that are not there rule nothing out where it is not known how long it has been silent', () => {
    const none = { node: node('True'), kubeletScrapes: justNow, apiCalls: { all: 900 } };
    for (const unknown of [undefined, lease(-600)]) {
      expect(verdict('unauthorized', { ...none, lease: unknown })).toBe('inconclusive');
    }
  });

  it('long past do not make a kubelet unauthorised whose calls succeed now', () => {
    const seen = {
      node: node('True'),
      lease: lease(610),
      kubeletScrapes: justNow,
      apiCalls: { all: 90, refused: 37, succeededPerSecond: 0.4 },
    };
    expect(verdict('unauthorized', seen)).toBe('ruled-out');
    expect(verdict('unauthorized', { ...seen, kubeletScrapes: refused })).toBe('inconclusive');
  });
});
