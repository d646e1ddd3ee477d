import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../../engine/errors.ts';
import type { ReadRequest, Sample } from '../../../engine/readers.ts';
import { type PrometheusOptions, prometheusFrom } from '../../../infra/prometheus/client.ts';
import { failureOf } from '../../contract/source.ts';
import { recordedJson } from '../kubernetes/recorded.ts';
import { withoutNetwork } from '../without-network.ts';

const host = 'http://prometheus.example:9090';
const up: ReadRequest = { verb: 'query', promql: 'up' };
const fsync: ReadRequest = { verb: 'range', promql: 'fsync', windowSeconds: 600, stepSeconds: 30 };
const closing: (() => Promise<void>)[] = [];

withoutNetwork(async () => {
  for (const close of closing.splice(0)) await close();
});

function read(request: ReadRequest, options: Partial<PrometheusOptions> = {}, limits = {}) {
  const made = prometheusFrom({ url: host, version: '1.2.3', ...options });
  closing.push(made.close);
  return made.source.read(request, { deadlineMs: 5_000, maxBytes: 1_000_000, ...limits });
}
function answers(status: number, body: unknown, headers: Record<string, string> = {}) {
  return nock(host)
    .get('/api/v1/query')
    .query(true)
    .reply(status, body as nock.Body, headers);
}
const vector = (value: string) => ({
  status: 'success',
  data: { resultType: 'vector', result: [{ metric: { job: 'etcd' }, value: [1_795_244_672.042, value] }] },
});
const saysError = (errorType: string, error: string) => ({ status: 'error', errorType, error });

describe('an instant query', () => {
  it('answers what Prometheus answered, as samples', async () => {
    answers(200, recordedJson('prometheus/query-up'));
    const { body, asked, bytes } = await read(up);
    expect((body as readonly Sample[])[0]).toEqual({
      labels: { __name__: 'up', instance: '10.123.0.1:10250', job: 'kubelet', node: 'rig-node-1' },
      value: 1,
      at: new Date(1_795_244_672_042),
    });
    expect(body).toHaveLength(3);
    expect(asked).toBe('up');
    expect(bytes).toBeGreaterThan(200);
  });

  it('without series is no sample, never a zero', async () => {
    answers(200, recordedJson('prometheus/query-empty'));
    expect((await read(up)).body).toEqual([]);
  });

  it.each([
    ['NaN', Number.NaN],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['1.5e-07', 1.5e-7],
    ['0', 0],
  ])('answers the value %s as it is', async (text, value) => {
    answers(200, vector(text));
    expect((await read(up)).body).toMatchObject([{ value }]);
  });

  it('of a scalar is one sample without labels', async () => {
    answers(200, { status: 'success', data: { resultType: 'scalar', result: [1_795_244_672, '2'] } });
    expect((await read(up)).body).toEqual([{ labels: {}, value: 2, at: new Date(1_795_244_672_000) }]);
  });

  const nothing = { status: 'success', data: { resultType: 'vector', result: [] } };
  const away = 'store eu-1 unavailable (partial response)';

  it('with a warning holds what it holds, and says that it is a part only', async () => {
    answers(200, { ...vector('1'), warnings: [away, 'another'] });
    expect(await read(up)).toMatchObject({ body: [{ value: 1 }], partial: `${away} (and 1 more)` });
  });

  it.each<[string, object, string]>([
    ['Prometheus or Thanos', { warnings: [away] }, away],
    ['VictoriaMetrics', { isPartial: true }, 'only a part of the data could be reached (isPartial)'],
  ])('without series and with a warning of %s is no absence: the read failed', async (_, warning, words) => {
    answers(200, { ...nothing, ...warning });
    const failure = await failureOf(read(up), 'server-error');
    expect(failure.message).toBe(`prometheus.example:9090 answered in part only, and nothing in it: ${words}`);
  });

  it('takes hints about the query for what they are', async () => {
    const hint = 'PromQL info: metric might not be a counter, name does not end in _total: "up" (1:6)';
    answers(200, { ...nothing, infos: [hint], warnings: [hint], isPartial: false });
    expect(await read(up)).toMatchObject({ body: [] });
    answers(200, { ...vector('1'), infos: [hint], warnings: null });
    expect(await read(up)).not.toHaveProperty('partial');
  });

  it.each<[string, unknown]>([
    ['a value that is no number', vector('many')],
    ['a range where one moment was asked', recordedJson('prometheus/query_range-etcd-fsync')],
    [
      'a native histogram',
      { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, histogram: [1, { count: '3' }] }] } },
    ],
    ['broken JSON', '{"status":"success","data":'],
    ['a login page', '<html><title>Sign in with Google</title></html>'],
  ])('is not believed when it answers %s', async (_what, body) => {
    answers(200, body);
    await failureOf(read(up), 'unparsable');
  });
});

describe('a range query', () => {
  it('asks for the window up to now, and answers series', async () => {
    const now = new Date('2026-11-21T09:00:00Z');
    nock(host)
      .get('/api/v1/query_range')
      .query({ query: 'fsync', start: '1795251000', end: '1795251600', step: '30', timeout: /^\d+ms$/ })
      .reply(200, recordedJson('prometheus/query_range-etcd-fsync') as nock.Body);
    const { body, asOf } = await read(fsync, { clock: { now: () => now } });
    expect(asOf).toEqual(now);
    expect(body).toMatchObject([
      {
        labels: { instance: '127.0.0.1:12381' },
        points: [{ at: new Date(1_795_244_072_000), value: 0.003327027027027033 }, {}, {}, {}, {}],
      },
      { labels: { instance: '127.0.0.1:12391' } },
    ]);
  });
});

describe('a request', () => {
  it('says who asks and tells Prometheus when to give up', async () => {
    nock(host, { reqheaders: { 'user-agent': 'nightshift/1.2.3' } })
      .get('/api/v1/query')
      .query(({ query, timeout }) => query === 'up' && Number.parseInt(String(timeout), 10) <= 5_000)
      .reply(200, vector('1'));
    await read(up);
  });

  it('keeps the path Prometheus is served under', async () => {
    nock('https://metrics.example').get('/prometheus/api/v1/query').query(true).reply(200, vector('1'));
    await read(up, { url: 'https://metrics.example/prometheus/' });
  });

  it('carries a bearer token, asked for anew each time', async () => {
    let count = 0;
    const bearerToken = () => `token-${++count}\n`;
    const made = prometheusFrom({ url: host, version: '1.2.3', bearerToken });
    closing.push(made.close);
    for (const token of ['token-1', 'token-2']) {
      nock(host, { reqheaders: { authorization: `Bearer ${token}` } })
        .get('/api/v1/query')
        .query(true)
        .reply(200, vector('1'));
      await made.source.read(up, { deadlineMs: 5_000, maxBytes: 10_000 });
    }
  });

  it('carries basic authentication, also from the URL, and headers of a tenant', async () => {
    const authorization = `Basic ${Buffer.from('jane:pass:word').toString('base64')}`;
    for (const options of [
      { basicAuth: { username: 'jane', password: () => 'pass:word\n' }, headers: { 'X-Scope-OrgID': 'team-a' } },
      { url: 'http://jane:pass%3Aword@prometheus.example:9090', headers: { 'X-Scope-OrgID': 'team-a' } },
    ]) {
      nock(host, { reqheaders: { authorization, 'x-scope-orgid': 'team-a' } })
        .get('/api/v1/query')
        .query(true)
        .reply(200, vector('1'));
      await read(up, options);
    }
    expect(prometheusFrom({ url: 'http://jane:secret@p:9090/x', version: '1' }).url).toBe('http://p:9090/x');
  });

  it('too long for a URL is posted as a form', async () => {
    const promql = `up{instance=~"${'10.0.0.1|'.repeat(800)}"}`;
    nock(host)
      .post('/api/v1/query', (form: { query?: string }) => form.query === promql)
      .reply(200, vector('1'));
    expect((await read({ verb: 'query', promql })).asked).toBe(promql);
  });

  it('for a Kubernetes object is none for Prometheus', async () => {
    await failureOf(read({ verb: 'get', kind: 'Node', name: 'worker-3' }), 'not-configured');
  });
});

describe('a Prometheus that does not answer the question', () => {
  it('quotes what is wrong with the query', async () => {
    answers(400, recordedJson('prometheus/query-error'));
    const failure = await failureOf(read({ verb: 'query', promql: 'sum(' }), 'server-error');
    expect(failure.message).toBe(
      'Prometheus does not understand the query: invalid parameter "query": 1:5: parse error: unclosed left parenthesis (in: sum()',
    );
  });

  it('quotes why it could not execute it', async () => {
    answers(422, saysError('execution', 'query processing would load too many samples into memory in query execution'));
    expect((await failureOf(read(up), 'server-error')).message).toContain('would load too many samples');
  });

  it.each([
    ['timeout', 'query timed out in expression evaluation'],
    ['canceled', 'query was canceled in query execution'],
  ])('has timed out when it says %s', async (errorType, error) => {
    answers(503, saysError(errorType, error));
    expect((await failureOf(read(up), 'timed-out')).message).toContain(error);
  });

  it('is starting when it says unavailable', async () => {
    answers(503, 'Service Unavailable');
    expect((await failureOf(read(up), 'server-error')).message).toBe(
      'prometheus.example:9090 answered 503: Service Unavailable',
    );
  });

  it('is asked again once when it says when', async () => {
    answers(429, 'too many outstanding requests', { 'retry-after': '0' });
    answers(200, vector('1'));
    expect((await read(up)).body).toHaveLength(1);
  });

  it('is throttled when that is too late', async () => {
    answers(429, 'too many outstanding requests', { 'retry-after': '30' });
    expect(await failureOf(read(up), 'throttled')).toMatchObject({ retryAfterMs: 30_000 });
  });

  it('does not know us', async () => {
    answers(401, 'Unauthorized');
    expect((await failureOf(read(up), 'unauthorized')).remedy).toContain('bearerToken');
    answers(403, 'Forbidden (user=system:serviceaccount:x:y, verb=get)');
    expect((await failureOf(read(up), 'forbidden')).message).toContain('system:serviceaccount:x:y');
  });

  it('is no Prometheus', async () => {
    answers(404, '404 page not found');
    const failure = await failureOf(read(up), 'not-served');
    expect(failure.message).toBe('no Prometheus under http://prometheus.example:9090/ (404 for its query API)');
    expect(failure.remedy).toContain('prometheus.url');
  });

  it('has a login page in front of it, or has moved: the question is no part of the reason', async () => {
    answers(302, '', { location: 'https://login.example/sign-in?rd=/api/v1/query?query=up' });
    const failure = await failureOf(read(up), 'server-error');
    expect(failure.message).toBe('prometheus.example:9090 answered 302: it redirects to https://login.example/sign-in');
    expect(failure.remedy).toContain('prometheus.url');
  });

  it('answers compressed although nobody asked for that', async () => {
    answers(200, 'not to be read', { 'content-encoding': 'gzip' });
    const failure = await failureOf(read(up), 'unparsable');
    expect(failure.message).toBe('prometheus.example:9090 sent a compressed answer (gzip), which nobody asked for');
  });

  it('answers too much', async () => {
    answers(200, vector('1'));
    await failureOf(read(up, {}, { maxBytes: 50 }), 'too-large');
  });

  it('cannot be asked without the token that is configured', async () => {
    const bearerToken = () => Promise.reject(new Error('ENOENT: /run/prom-token'));
    const failure = await failureOf(read(up, { bearerToken }), 'unauthorized');
    expect(failure.message).toBe('no token for Prometheus: ENOENT: /run/prom-token');
    const password = () => Promise.reject(new Error('ENOENT: /run/prom-password'));
    const lacking = await failureOf(read(up, { basicAuth: { username: 'jane', password } }), 'unauthorized');
    expect(lacking.message).toBe('no password for Prometheus: ENOENT: /run/prom-password');
    expect(lacking.remedy).toBe('Check clusters[].prometheus.basicAuth.password.');
  });

  it('has a URL that is none', () => {
    expect(() => prometheusFrom({ url: 'prometheus:9090', version: '1' })).toThrow(Refused);
  });
});
