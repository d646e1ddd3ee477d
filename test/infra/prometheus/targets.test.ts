import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { prometheusFrom } from '../../../infra/prometheus/client.ts';
import { failureOf } from '../../contract/source.ts';
import { withoutNetwork } from '../without-network.ts';

const host = 'http://prometheus.example:9090';
const closing: (() => Promise<void>)[] = [];

withoutNetwork(async () => {
  for (const close of closing.splice(0)) await close();
});

function read(job: string, limits = {}) {
  const made = prometheusFrom({ url: host, version: '1.2.3' });
  closing.push(made.close);
  return made.source.read({ verb: 'targets', job }, { deadlineMs: 5_000, maxBytes: 100_000, ...limits });
}

const refused = 'Get "http://127.0.0.1:25810/metrics": dial tcp 127.0.0.1:25810: connect: connection refused';

/** As Prometheus 2.42 answers. */
function target(job: string, instance: string, lastError: string, scrapePool = job) {
  return {
    discoveredLabels: { __address__: instance, __metrics_path__: '/metrics', __scheme__: 'http', job },
    labels: { instance, job },
    scrapePool,
    scrapeUrl: `http://${instance}/metrics`,
    globalUrl: `http://vm/metrics`,
    lastError,
    lastScrape: '2026-11-22T03:42:41.968005679Z',
    lastScrapeDuration: 0.000354475,
    health: lastError === '' ? 'up' : 'down',
    scrapeInterval: '2s',
    scrapeTimeout: '1s',
  };
}

function pools(...scrapePools: string[]) {
  nock(host).get('/api/v1/scrape_pools').reply(200, { status: 'success', data: { scrapePools } });
}
function targets(scrapePool: string | undefined, ...activeTargets: ReturnType<typeof target>[]) {
  nock(host)
    .get('/api/v1/targets')
    .query({ state: 'active', ...(scrapePool === undefined ? {} : { scrapePool }) })
    .reply(200, { status: 'success', data: { activeTargets, droppedTargets: [] } });
}

describe('the targets of a job', () => {
  it('are asked for by the pool that is named like it, with what their last scrape ended with', async () => {
    pools('etcd', 'self');
    targets('etcd', target('etcd', '127.0.0.1:25810', refused), target('etcd', '127.0.0.1:25812', ''));
    const { body, asked, bytes } = await read('etcd');

    expect(body).toEqual([
      { instance: '127.0.0.1:25810', health: 'down', lastError: refused },
      { instance: '127.0.0.1:25812', health: 'up', lastError: '' },
    ]);
    expect(asked).toBe('/api/v1/targets?state=active&scrapePool=etcd');
    expect(bytes).toBeGreaterThan(500);
  });

  it('are found in a pool of the Prometheus operator, and told from others in it by their label', async () => {
    const pool = 'serviceMonitor/monitoring/kube-prometheus-stack-kube-etcd/0';
    pools('serviceMonitor/monitoring/kube-prometheus-stack-kube-proxy/0', pool);
    targets(pool, target('kube-etcd', '10.0.0.1:2381', '', pool), target('kube-etcd-backup', '10.0.0.9:80', '', pool));

    expect((await read('kube-etcd')).body).toMatchObject([{ instance: '10.0.0.1:2381' }]);
  });

  it('are those of every job that fits, and of every pool', async () => {
    pools('etcd-a', 'etcd-b');
    targets('etcd-a', target('etcd-a', '10.0.0.1:2381', ''));
    targets('etcd-b', target('etcd-b', '10.0.0.2:2381', ''), target('other', '10.0.0.3:80', ''));

    expect((await read('*etcd*')).body).toMatchObject([{ instance: '10.0.0.1:2381' }, { instance: '10.0.0.2:2381' }]);
  });

  it('are picked out of all where no pool is named like the job, or where what is in it is of others', async () => {
    pools('control-plane');
    targets(undefined, target('etcd', '10.0.0.1:2381', ''), target('etcd2', '10.0.0.2:2381', ''));
    expect((await read('etcd')).body).toMatchObject([{ instance: '10.0.0.1:2381' }]);

    pools('etcd-backup', 'control-plane');
    targets('etcd-backup', target('etcd-backup', '10.0.0.9:80', ''));
    targets(undefined, target('etcd', '10.0.0.1:2381', ''));
    expect((await read('etcd')).body).toMatchObject([{ instance: '10.0.0.1:2381' }]);
  });

  it('are asked for at once where pools are many, or not told of, as before Prometheus 2.42', async () => {
    pools(...[1, 2, 3, 4, 5].map((index) => `etcd-${index}`));
    targets(undefined, target('etcd-1', '10.0.0.1:2381', ''));
    expect((await read('etcd-1')).body).toHaveLength(1);

    nock(host).get('/api/v1/scrape_pools').reply(404, '404 page not found\n');
    targets(undefined, target('etcd', '10.0.0.1:2381', ''));
    expect((await read('etcd')).body).toHaveLength(1);
  });

  it('tell nothing of what a scrape is given in its URL', async () => {
    pools('etcd');
    targets('etcd', target('etcd', 'a:1', 'Get "http://a:1/metrics?token=secret&x=1": context deadline exceeded'));

    expect((await read('etcd')).body).toMatchObject([
      { lastError: 'Get "http://a:1/metrics": context deadline exceeded' },
    ]);
  });

  it.each([400, 404, 405, 501])('are not served by what only stores metrics and answers %d', async (status) => {
    nock(host).get('/api/v1/scrape_pools').reply(status, 'not here');
    nock(host).get('/api/v1/targets').query(true).reply(status, 'not here');
    const failure = await failureOf(read('etcd'), 'not-served');

    expect(failure.message).toBe(`it does not tell what it scrapes (${status} for /api/v1/targets)`);
    expect(failure.remedy).toContain('clusters[].prometheus.url');
  });

  it('are forbidden, unparsable or too large as every other answer', async () => {
    nock(host).get('/api/v1/scrape_pools').reply(403, 'Forbidden');
    await failureOf(read('etcd'), 'forbidden');
    nock(host).get('/api/v1/scrape_pools').reply(200, '<html>');
    await failureOf(read('etcd'), 'unparsable');
    pools('etcd');
    nock(host)
      .get('/api/v1/targets')
      .query(true)
      .reply(200, { status: 'success', data: { activeTargets: [{}] } });
    await failureOf(read('etcd'), 'unparsable');
    pools('etcd');
    targets('etcd', target('etcd', '10.0.0.1:2381', 'x'.repeat(2_000)));
    await failureOf(read('etcd', { maxBytes: 1_000 }), 'too-large');
  });
});
