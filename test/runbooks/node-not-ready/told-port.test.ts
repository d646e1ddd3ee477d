import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../runbooks/node-not-ready/answer.ts';
import { portOf } from '../../../runbooks/node-not-ready/ports.ts';
import {
  answering,
  lease,
  node,
  now,
  refusalOf,
  refused,
  scrapes,
  silence,
  silent,
  verdict,
  verdictOf,
} from './judging.ts';

const told = (kind: Answer['kind'], words: string) => ({ kubeletAnswer: { kind, words } });
const refusedNow = told('refused', 'the API server is refused at 10.0.0.3:10250');
const servedNow = told('served', 'it serves the API server the log of kube-system/agent-1');
const silentNow = told('silent', 'the API server gets no answer from its port within 3 s');
const unanswered = { all: 900, unansweredPerSecond: 0.9 };
const seen = { node: node('Unknown'), lease: lease(90), apiCalls: { all: 900, unansweredPerSecond: 0 } };
/** As Prometheus' targets tell it, where they were asked. */
const errors = (lastError: string) => ({ kubeletErrors: [{ instance: '10.0.0.3:10250', lastError }] });
const untold = { kubeletErrors: [] };
const aged = (ageSeconds: number, all: typeof refused) => all.map((scrape) => ({ ...scrape, ageSeconds }));

describe('the API server and Prometheus contradict each other', () => {
  it.each([
    ['a scrape was answered, and now nothing listens', { kubeletScrapes: aged(20, answering), ...refusedNow }],
    ['a scrape was answered in half', { kubeletScrapes: scrapes([false, 10], [true, 0.02]), ...refusedNow }],
    ['a scrape was silent, and now nothing listens', { kubeletScrapes: silent, ...refusedNow }],
    [
      'a scrape was answered 401, and now nothing listens',
      { kubeletScrapes: refused, ...errors('server returned HTTP status 401 Unauthorized'), ...refusedNow },
    ],
    [
      'several Prometheus contradict each other',
      { kubeletScrapes: refused.map((scrape) => ({ ...scrape, disagree: true as const })), ...refusedNow },
    ],
    [
      'a scrape was refused, and now nothing comes back',
      { kubeletScrapes: refused, ...errors(refusalOf({ instance: '10.0.0.3:10250' })), ...silentNow },
    ],
  ])('about the present: what it is stays open where %s', (_, more) => {
    for (const cause of silence) expect(verdict(cause, { ...seen, ...untold, ...more }), cause).toBe('inconclusive');
    expect(portOf({ ...seen, ...untold, ...more }, now)).toMatchObject({
      kind: 'unclear',
      words: expect.stringMatching(new RegExp(`; but now ${more.kubeletAnswer.words}$`)),
    });
  });

  it('in order of time only: the later word, of the API server, counts', () => {
    const before = { ...seen, ...untold, kubeletScrapes: aged(95, answering), ...refusedNow };
    expect(verdictOf('kubeletStopped', before)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringMatching(
        /^its port refuses at once \(the API server is refused at 10\.0\.0\.3:10250\), and it renewed/,
      ),
    });
    for (const kubeletScrapes of [aged(95, refused), aged(95, silent), aged(300, answering)])
      expect(verdict('kubeletStopped', { ...before, kubeletScrapes })).toBe('confirmed');
  });

  it('in words: one that lives is never stopped, though it may have been when it was scraped', () => {
    for (const told of [untold, errors(refusalOf({ instance: '10.0.0.3:10250' })), { kubeletErrors: undefined }]) {
      const lives = { ...seen, kubeletScrapes: refused, ...told, ...servedNow };
      expect(verdictOf('kubeletStopped', lives)).toMatchObject({
        verdict: 'inconclusive',
        reason:
          'its port answers (it serves the API server the log of kube-system/agent-1), though its last scrape failed after 0.6 ms: it may have been started since',
      });
      expect(verdict('kubeletStuck', lives)).toBe('ruled-out');
    }
    const untimed = refused.map(({ seconds: _, ...scrape }) => scrape);
    expect(verdict('kubeletStopped', { ...seen, kubeletScrapes: untimed, ...untold, ...servedNow })).toBe(
      'inconclusive',
    );
    // Nothing that does not listen takes ten seconds to say so, and nothing that answers 401 was away.
    const denied = errors('server returned HTTP status 401 Unauthorized');
    for (const more of [{ kubeletScrapes: silent }, { kubeletScrapes: refused, ...denied }, {}])
      expect(verdict('kubeletStopped', { ...seen, ...more, ...servedNow })).toBe('ruled-out');
  });
});

describe('a kubelet that serves the API server a log and renews no lease', () => {
  const lives = { ...seen, kubeletScrapes: refused, ...untold, ...servedNow };

  it('is cut off where its calls got no answer when they were last seen, and open where nobody counted', () => {
    expect(verdict('cutOff', { ...lives, apiCalls: unanswered })).toBe('confirmed');
    expect(verdict('cutOff', lives)).toBe('inconclusive');
    expect(verdict('cutOff', { ...lives, lease: lease(30), apiCalls: unanswered })).toBe('inconclusive');
    expect(verdictOf('cutOff', { node: node('Unknown'), lease: lease(90), ...servedNow }).reason).toBe(
      'its port answers (it serves the API server the log of kube-system/agent-1), so it lives, yet it renewed its lease 90 s ago, which ran out after 40 s; its own count of calls to the API server is not to be had',
    );
  });

  it('is not let in, or cut off: its own calls would tell', () => {
    const alone = { node: node('Unknown'), lease: lease(90), expiredCertificates: undefined, ...servedNow };
    expect(verdictOf('unauthorized', alone)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/, so it lives, yet .*: not let in, or cut off; its own calls could not be seen/),
    });
  });
});

it('silence towards the API server alone decides nothing: a way that is blocked is as silent', () => {
  const alone = { node: node('Unknown'), lease: lease(90), ...silentNow };
  for (const more of [{}, { fleet: { kubelets: 40, kubeletsDown: 1 } }, { apiCalls: seen.apiCalls }])
    for (const cause of silence) expect(verdict(cause, { ...alone, ...more }), cause).toBe('inconclusive');
  expect(verdictOf('kubeletStuck', alone).reason).toBe(
    'the API server gets no answer from its port within 3 s: it is stuck, or the machine is down, or the way there is blocked',
  );
});
