import nock from 'nock';
import { expect, it } from 'vitest';
import { prometheusFrom } from '../../../infra/prometheus/client.ts';
import { newestScrape, STALE_SECONDS, unlessStale } from '../../../infra/prometheus/freshness.ts';
import { failureOf } from '../../contract/source.ts';
import { withoutNetwork } from '../without-network.ts';

const host = 'http://prometheus.example:9090';
const limits = { deadlineMs: 5_000, maxBytes: 1_000_000 };
const closing: (() => Promise<void>)[] = [];

withoutNetwork(async () => {
  for (const close of closing.splice(0)) await close();
});

function asked() {
  let nowMs = Date.parse('2026-11-21T09:00:00Z');
  const clock = { now: () => new Date(nowMs) };
  const made = prometheusFrom({ url: host, version: '1.2.3', clock });
  closing.push(made.close);
  const source = unlessStale(made.source, clock);
  return {
    read: (promql: string) => source.read({ verb: 'query', promql }, limits),
    wait: (seconds: number) => {
      nowMs += seconds * 1_000;
    },
  };
}

function answers(promql: string, values: readonly number[], times = 1) {
  const result = values.map((value) => ({ metric: {}, value: [1_795_251_600, `${value}`] }));
  nock(host)
    .get('/api/v1/query')
    .query(({ query }) => query === promql)
    .times(times)
    .reply(200, { status: 'success', data: { resultType: 'vector', result } });
}

it('asks for the age of the newest scrape once in ten seconds, however many queries there are', async () => {
  const { read, wait } = asked();
  answers(newestScrape, [4]);
  answers('up', [1], 3);
  await Promise.all([read('up'), read('up')]);
  wait(9);
  expect((await read('up')).body).toMatchObject([{ value: 1 }]);
  wait(2);
  answers(newestScrape, [STALE_SECONDS + 74]);
  answers('up', [1]);
  const failure = await failureOf(read('up'), 'server-error');
  expect(failure.message).toBe(
    'Prometheus takes nothing in any more: its newest scrape is 3 min 44 s old, so its figures are not those of now',
  );
});

it.each<[string, readonly number[]]>([
  ['is as old as two slow scrapes', [STALE_SECONDS]],
  ['cannot be told, since nothing is scraped here', []],
  ['is no number', [Number.NaN]],
])('answers where the age %s', async (_, ages) => {
  const { read } = asked();
  answers(newestScrape, ages);
  answers('up', [1]);
  expect((await read('up')).body).toMatchObject([{ value: 1 }]);
});

it('answers where the age cannot be had, and asks for it again with the next query', async () => {
  const { read } = asked();
  nock(host)
    .get('/api/v1/query')
    .query(({ query }) => query === newestScrape)
    .reply(503);
  answers('up', [1], 2);
  expect((await read('up')).body).toMatchObject([{ value: 1 }]);
  answers(newestScrape, [300]);
  await failureOf(read('up'), 'server-error');
});

it('fails as the query itself fails, whatever its age', async () => {
  const { read } = asked();
  answers(newestScrape, [300]);
  nock(host)
    .get('/api/v1/query')
    .query(({ query }) => query === 'up')
    .reply(403);
  await failureOf(read('up'), 'forbidden');
});
