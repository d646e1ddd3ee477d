import { describe, expect, it } from 'vitest';
import type { ScrapeTarget } from '../../../../engine/readers.ts';
import { quietFacts, withNode } from '../../../../infra/local/practice/facts.ts';
import { seriesOf } from '../../../../infra/local/practice/prometheus/api.ts';
import { refusalOf } from '../../../../infra/local/practice/prometheus/kubelets.ts';
import { activeTargets } from '../../../../infra/local/practice/prometheus/targets.ts';
import type { Matcher } from '../../../../infra/local/practice/promql/language/syntax.ts';
import { prometheusFrom } from '../../../../infra/prometheus/client.ts';
import { fetchReply, recorded, type Stage, stage } from './practice.ts';

/** What the client reads of its targets. */
async function targetsOf({ practice }: Stage, job: string): Promise<readonly ScrapeTarget[]> {
  const prometheus = prometheusFrom({ url: practice.prometheusUrl, version: '1.2.3' });
  const { body } = await prometheus.source.read({ verb: 'targets', job }, { deadlineMs: 5_000, maxBytes: 1_000_000 });
  await prometheus.close();
  return body as readonly ScrapeTarget[];
}

const labels = async ({ query }: Stage, promql: string) => (await query(promql)).map(({ metric }) => metric);

describe('the Prometheus of the practice cluster', () => {
  it('answers GET and POST forms alike, and ranges', async () => {
    await using on = await stage();
    const base = `${on.practice.prometheusUrl}/api/v1`;
    const form = new URLSearchParams({ query: 'up{job="kube-etcd"}', time: '2026-11-21T07:00:00Z' });
    const get = await fetchReply(`${base}/query?${form}`);
    const post = await (await fetch(`${base}/query`, { method: 'POST', body: form })).json();
    const end = on.now().getTime() / 1000;
    const span = new URLSearchParams({
      query: 'up{job="kube-etcd"}',
      start: `${end - 600}`,
      end: `${end}`,
      step: '30',
    });
    const range = await fetchReply(`${base}/query_range?${span}`);
    const real = recorded('prometheus/query-up.json');

    expect(get.body).toEqual(post);
    expect(get.body).toMatchObject({ status: 'success', data: { resultType: 'vector' } });
    expect(Object.keys(get.body.data?.result?.[0] ?? {})).toEqual(Object.keys(real.data?.result?.[0] ?? {}));
    expect(get.body.data?.result?.[0]?.value).toEqual([1795244400, '1']);
    expect(range.body.data?.resultType).toBe('matrix');
    expect(Object.values(range.body.data?.result?.[0]?.values ?? {})).toHaveLength(21);
  });

  it('says as the real one what is wrong', async () => {
    await using on = await stage();
    const ask = (path: string) => fetchReply(`${on.practice.prometheusUrl}/api/v1/${path}`);
    const bad = await ask('query?query=sum(');
    const empty = await ask('query?query=nosuch_metric');

    expect(bad.status).toBe(400);
    // What the recorded server was asked as well, letter for letter.
    expect(bad.body).toEqual(recorded('prometheus/query-error.json'));
    expect(empty.body).toEqual(recorded('prometheus/query-empty.json'));
    expect((await ask('query?query=up&time=yesterday')).body).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: `invalid parameter "time": Invalid time value for 'time': cannot parse "yesterday" to a valid timestamp`,
    });
    expect((await ask('query_range?query=up&start=1&end=2&step=x')).status).toBe(400);
    const manyToMany = `up / on () up`;
    expect(await ask(`query?${new URLSearchParams({ query: manyToMany })}`)).toMatchObject({
      status: 422,
      body: { status: 'error', errorType: 'execution' },
    });
    expect((await ask('nosuch')).status).toBe(404);
  });

  it('tells what it scrapes, by pool, and how the last scrape ended', async () => {
    await using on = await stage();
    const etcd = await targetsOf(on, 'kube-etcd');

    expect(etcd).toHaveLength(3);
    for (const { health, lastError } of etcd) expect([health, lastError]).toEqual(['up', '']);
    expect(await targetsOf(on, 'no-such-job')).toEqual([]);
  });

  it.each([
    ['kubelet-stopped', 'kubelet', 'dial tcp 10.20.0.15:10250: connect: connection refused'],
    ['kubelet-stopped', '*', 'connect: connection refused'],
  ])('tells in the world %s how scrapes of %s fail: %s', async (world, job, words) => {
    await using on = await stage({ world });
    const errors = (await targetsOf(on, job)).flatMap(({ lastError }) => lastError || []);

    expect(errors).toContainEqual(expect.stringContaining(words));
  });

  it('tells of one that hangs that the time was up', () => {
    const series: Readonly<Record<string, number>> = { up: 0, scrape_duration_seconds: 10 };
    const index = (name = '') => {
      const labels = { __name__: name, job: 'kubelet', instance: '10.20.0.15:10250' };
      return name in series ? [{ labels, at: () => series[name] }] : [];
    };

    expect(activeTargets(index, 1_795_244_403)).toMatchObject([
      {
        labels: { job: 'kubelet', instance: '10.20.0.15:10250' },
        health: 'down',
        lastError: 'Get "http://10.20.0.15:10250/metrics": context deadline exceeded',
        lastScrape: '2026-11-21T07:00:00.000Z',
      },
    ]);
  });

  it('tells of a kubelet that has been cut off for two minutes that it answers 401, as it does not know any more who asks', () => {
    const now = 1_795_244_403;
    const lapses = (seconds: number) => [{ from: now - seconds, until: now + 60, unheard: true as const }];
    const ends = (seconds: number) => {
      const facts = withNode(quietFacts({ nodes: 4, podsPerNode: 5 }, now), 'worker-1', { lapses: lapses(seconds) });
      const index = (_name: string | undefined, matchers: readonly Matcher[] = []) => seriesOf(facts, matchers);
      const targets = activeTargets(index, now, ({ instance = '' }) => refusalOf(facts, instance, now));
      return targets.filter(({ labels: { job, node } }) => job === 'kubelet' && node === 'worker-1');
    };

    expect(ends(60).map(({ lastError }) => lastError)).toEqual(['', '', '']);
    expect(ends(180).map(({ health, lastError }) => `${health}: ${lastError}`)).toEqual(
      Array(3).fill('down: server returned HTTP status 401 Unauthorized'),
    );
  });

  it('is ready, and the link in an alert leads to an answer', async () => {
    await using on = await stage();
    const { prometheusUrl } = on.practice;
    const link = await fetchReply(`${prometheusUrl}/graph?g0.expr=up&g0.tab=1`);

    expect((await fetchReply(`${prometheusUrl}/-/ready`)).text).toBe('Prometheus Server is Ready.\n');
    expect(link.status).toBe(302);
    expect((await fetchReply(prometheusUrl + link.headers.get('location'))).body.status).toBe('success');
  });

  it('labels its targets as kube-prometheus-stack does', async () => {
    await using on = await stage();
    const targets = await labels(on, 'up');
    const jobs = Map.groupBy(targets, ({ job }) => job);

    expect([...jobs].map(([job, of]) => [job, of.length])).toEqual([
      ['kubelet', 36],
      ['node-exporter', 12],
      ['kube-state-metrics', 1],
      ['kube-etcd', 3],
      ['coredns', 2],
      ['apiserver', 3],
      ['kube-controller-manager', 1],
      ['kube-scheduler', 3],
    ]);
    expect(jobs.get('kubelet')?.[0]).toEqual({
      __name__: 'up',
      job: 'kubelet',
      endpoint: 'https-metrics',
      instance: '10.20.0.10:10250',
      metrics_path: '/metrics',
      namespace: 'kube-system',
      node: 'control-plane-1',
      service: 'kube-prometheus-stack-kubelet',
    });
    expect(jobs.get('kube-etcd')?.[0]).toMatchObject({ instance: '10.20.0.10:2381', pod: 'etcd-control-plane-1' });
    // node_exporter is named by address and by its own pod, never by node.
    expect(jobs.get('node-exporter')?.[0]).not.toHaveProperty('node');
  });

  it('names pods that the Kubernetes API knows', async () => {
    await using on = await stage();
    const named = [
      ...(await labels(on, 'up{pod!=""}')),
      ...(await labels(on, 'kube_node_info{node="worker-1"}')),
      ...(await labels(on, 'kube_pod_info{node="worker-3"}')),
      ...(await labels(on, 'container_threads{node="worker-3"}')),
    ];

    expect(named.length).toBeGreaterThan(40);
    for (const { namespace, pod, uid } of named) {
      const { status, body } = await on.get(`/api/v1/namespaces/${namespace}/pods/${pod}`);
      expect(status, `${namespace}/${pod}`).toBe(200);
      if (uid !== undefined) expect(body.metadata?.uid).toBe(uid);
    }
  });

  it.each([
    ['by exact name', 'count({__name__="up",job="kubelet"})', 36],
    ['by a pattern of names', 'count({__name__=~"up|scrape_duration_seconds",node="worker-3"})', 6],
    ['by no name at all', 'count({job="kube-controller-manager"}) > 5', 12],
    ['by the absence of a label', 'count(up{job="node-exporter",node=""})', 12],
    ['by address', 'count(up{instance="10.20.0.15:10250"})', 3],
    ['by a pattern of addresses', 'count(node_load1{instance=~"10.20.0.1[0-2]:9100"})', 3],
    ['by two contradicting matchers', 'count(up{node="worker-3",node!="worker-3"}) or vector(0)', 0],
    ['by a lease', 'count(kube_lease_renew_time{lease=~"worker-[12]"})', 2],
  ])('finds series %s', async (_, promql, count) => {
    await using on = await stage();

    expect((await on.query(promql)).map(({ value }) => value)).toEqual([count]);
  });

  it('never lets a counter fall, over an hour and over the beginning of trouble', async () => {
    await using on = await stage({ world: 'etcd-slow-disk' });
    const names = await labels(on, 'count by (__name__) ({__name__=~".*_(total|count|sum|bucket)"})');

    expect(names.length).toBeGreaterThan(40);
    for (const { __name__: name } of names) {
      expect(await on.query(`resets(${name}[1h]) > 0`), name).toEqual([]);
    }
  });
});
