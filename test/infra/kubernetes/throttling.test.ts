import { describe, expect, it } from 'vitest';
import { whyThrottled } from '../../../infra/kubernetes/failures.ts';
import { failureOf } from '../../contract/source.ts';
import { getNode, mockedServer } from './mocked.ts';
import { recording } from './recorded.ts';

const { answers, recorded, read } = mockedServer();

describe('an API server that has too much to do', () => {
  const text429 = 'Too many requests, please try again later.\n';

  it.each([
    ['an older one, whose rejection has no priority-and-fairness headers', {}],
    [
      'a newer one, whose rejection has them',
      { 'x-kubernetes-pf-flowschema-uid': 'f', 'x-kubernetes-pf-prioritylevel-uid': 'p' },
    ],
  ])('is asked again once: %s', async (_which, headers) => {
    answers('/api/v1/nodes/nosuch', 429, text429, { 'retry-after': '0', ...headers });
    answers('/api/v1/nodes/nosuch', 200, { kind: 'Node' });
    expect((await read(getNode)).body).toEqual({ kind: 'Node' });
  });

  it('is asked no third time', async () => {
    recorded('/api/v1/nodes/nosuch', 'apf-429-queue-full', { 'retry-after': '0' });
    recorded('/api/v1/nodes/nosuch', 'apf-429-queue-full', { 'retry-after': '0' });
    const failure = await failureOf(read(getNode), 'throttled');
    expect(failure.message).toBe('the API server has too many requests (priority and fairness); it asks to wait 0 ms');
  });

  it('is not waited for beyond the deadline; the wait is passed on', async () => {
    recorded('/api/v1/nodes/nosuch', 'apf-429-queue-full');
    const failure = await failureOf(read(getNode, 900), 'throttled');
    expect(failure.retryAfterMs).toBe(1000);
  });

  it('may say so with 503 and Retry-After as well', async () => {
    answers('/api/v1/nodes/nosuch', 503, 'leader changed', { 'retry-after': '60' });
    const failure = await failureOf(read(getNode), 'throttled');
    expect(failure).toMatchObject({ retryAfterMs: 60_000 });
    expect(failure.message).toContain('leader changed');
  });

  it('may name the time instead of the seconds', async () => {
    const at = new Date(Date.now() + 90_000);
    answers('/api/v1/nodes/nosuch', 429, text429, { 'retry-after': at.toUTCString() });
    const failure = await failureOf(read(getNode), 'throttled');
    expect(failure.retryAfterMs).toBeGreaterThan(60_000);
  });

  it('may be filling its cache, which newer ones answer with a Status', async () => {
    answers(
      '/api/v1/nodes/nosuch',
      429,
      {
        kind: 'Status',
        message: 'storage is (re)initializing',
        reason: 'TooManyRequests',
        details: { retryAfterSeconds: 1 },
        code: 429,
      },
      { 'retry-after': '30' },
    );
    expect((await failureOf(read(getNode), 'throttled')).message).toMatch(/^the API server is filling its cache/);
  });
});

describe('who says "too many requests" is told by the body', () => {
  it.each([
    ['priority and fairness', recording('apf-429-queue-full').body, /priority and fairness/],
    [
      'a disruption budget',
      recording('evict-pdb-blocked-429').body,
      /disruption budget web needs 2 healthy pods and has 2 currently/,
    ],
    ['a server that ends', 'The apiserver is shutting down, please try again later.\n', /shutting down/],
    ['anything else', '{"kind":"Status","message":"slow down","reason":"TooManyRequests"}', /asks to wait: slow down/],
  ])('%s', (_who, body, why) => {
    expect(whyThrottled(body)).toMatch(why);
  });
});
