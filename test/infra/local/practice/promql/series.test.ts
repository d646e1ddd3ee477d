import { describe, expect, test } from 'vitest';
import { evaluateInstant, evaluateRange } from '../../../../../infra/local/practice/promql/evaluate.ts';
import {
  constant,
  counter,
  histogram,
  type PracticeSeries,
  type Reading,
  since,
} from '../../../../../infra/local/practice/promql/series.ts';
import { prometheusData } from '../../../../../infra/local/practice/promql/value.ts';

const now = 1_700_001_000;

function one(at: Reading, options: Partial<PracticeSeries> = {}): PracticeSeries {
  return { labels: { __name__: 'it', job: 'j' }, at, ...options };
}

/** The values an instant query finds, by the remaining labels. */
function ask(promql: string, series: readonly PracticeSeries[], at = now): unknown[] {
  const value = evaluateInstant(promql, () => series, at);
  return value.type === 'vector' ? value.samples.map((sample) => sample.value) : [value];
}

describe('a counter', () => {
  test('is zero at its start, and not there before', () => {
    const at = counter({ perSecond: 2, from: now - 100 });
    expect([at(now - 101), at(now - 100), at(now)]).toEqual([undefined, 0, 200]);
  });

  test('rises at its rate, for all of its history', () => {
    const series = [one(counter({ perSecond: 0.25, from: now - 86_400 }))];
    for (const window of ['1m', '10m', '1h', '12h'])
      expect(ask(`rate(it[${window}])`, series)).toEqual([expect.closeTo(0.25, 12)]);
  });

  test('changes its rate without a step', () => {
    const at = counter({ perSecond: 1, from: now - 600, changes: [{ at: now - 300, perSecond: 3 }] });
    expect([at(now - 301), at(now - 300), at(now - 299)]).toEqual([299, 300, 303]);
    expect(ask('resets(it[15m])', [one(at)])).toEqual([0]);
  });

  test('begins again at zero when its process restarts', () => {
    const at = counter({ perSecond: 1, from: now - 600, changes: [{ at: now - 300, perSecond: 1, reset: true }] });
    expect(at(now)).toBe(300);
    expect(ask('resets(it[9m])', [one(at)])).toEqual([1]);
  });

  test('refuses changes out of order, which would have no one meaning', () => {
    const changes = [
      { at: now, perSecond: 1 },
      { at: now - 1, perSecond: 1 },
    ];
    expect(() => counter({ perSecond: 1, changes })).toThrow('in order of time');
  });
});

describe('a histogram', () => {
  const slow = now - 900;
  const series = histogram(
    'wait_seconds',
    { job: 'j' },
    {
      buckets: [0.1, 1, 10],
      observationsPerSecond: 4,
      values: [{ value: 0.05, share: 1 }],
      from: now - 7200,
      changes: [
        {
          at: slow,
          observationsPerSecond: 2,
          values: [
            { value: 0.05, share: 0.5 },
            { value: 5, share: 0.5 },
          ],
        },
      ],
    },
  );
  const byName = (name: string | undefined) => series.filter(({ labels }) => labels.__name__ === name);
  const value = (promql: string, at = now) => {
    const answer = evaluateInstant(promql, byName, at);
    return answer.type === 'vector' ? answer.samples[0]?.value : undefined;
  };

  test('has its buckets up to +Inf, a sum, and a count', () => {
    expect(series.map(({ labels }) => [labels.__name__, labels.le])).toEqual([
      ['wait_seconds_bucket', '0.1'],
      ['wait_seconds_bucket', '1'],
      ['wait_seconds_bucket', '10'],
      ['wait_seconds_bucket', '+Inf'],
      ['wait_seconds_sum', undefined],
      ['wait_seconds_count', undefined],
    ]);
  });

  test('shows the values it was given, before and after they change', () => {
    const p90 = 'histogram_quantile(0.9, rate(wait_seconds_bucket[5m]))';
    const mean = 'rate(wait_seconds_sum[5m]) / rate(wait_seconds_count[5m])';
    expect(value(p90, slow)).toBeLessThanOrEqual(0.1);
    expect(value(mean, slow)).toBeCloseTo(0.05, 9);
    expect(value(p90)).toBeGreaterThan(1);
    expect(value(mean)).toBeCloseTo((0.05 + 5) / 2, 9);
    expect(value('rate(wait_seconds_count[5m])')).toBeCloseTo(2, 9);
  });
});

describe('a series that stops', () => {
  const stopped = since(now - 60, 7, undefined);

  test('answers no more once its target failed, as Prometheus marks it stale', () => {
    expect(ask('it', [one(stopped)])).toEqual([]);
    expect(ask('last_over_time(it[5m])', [one(stopped)])).toEqual([7]);
  });

  test('answers for five minutes longer where Prometheus itself saw nothing', () => {
    const series = [one(stopped, { gaps: 'missing' })];
    expect(ask('it', series)).toEqual([7]);
    expect(ask('it', series, now + 225)).toEqual([7]);
    expect(ask('it', series, now + 226)).toEqual([]);
  });
});

test('samples exist at the multiples of the scrape interval alone', () => {
  const series = [one((at) => at, { stepSeconds: 60 })];
  expect(ask('it', series, now + 59)).toEqual([now]);
  expect(ask('timestamp(it)', series, now + 59)).toEqual([now]);
  expect(ask('count_over_time(it[5m])', series, now + 59)).toEqual([5]);
});

test('a range query answers with a point for every step at which there is one', () => {
  const value = evaluateRange('it > 1', () => [one(since(now - 30, 1, 2))], now - 60, now, 15);
  expect(prometheusData(value, now)).toEqual({
    resultType: 'matrix',
    result: [{ metric: { __name__: 'it', job: 'j' }, values: [-30, -15, 0].map((ago) => [now + ago, '2']) }],
  });
});

test('numbers no JSON can hold are written as Prometheus writes them', () => {
  const texts = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => {
    const answer = evaluateInstant('it', () => [one(constant(value))], now);
    return prometheusData(answer, now).result;
  });
  expect(texts).toMatchObject([[{ value: [now, 'NaN'] }], [{ value: [now, '+Inf'] }], [{ value: [now, '-Inf'] }]]);
});

test('an index may give more series than were asked for', () => {
  const other: PracticeSeries = { labels: { __name__: 'other' }, at: constant(2) };
  expect(ask('it', [one(constant(1)), other])).toEqual([1]);
});
