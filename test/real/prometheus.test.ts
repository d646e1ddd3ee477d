import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prometheusFrom } from '../../infra/prometheus/client.ts';
import { startAlertmanager } from '../harness/alertmanager.ts';
import { startEtcd } from '../harness/etcd.ts';
import { needs } from '../harness/programs.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { tempDir } from '../harness/temp.ts';
import { until } from '../harness/until.ts';
import { startWebhookSink } from '../harness/webhook-sink.ts';

describe.skipIf(needs('etcd', 'prometheus'))('a real Prometheus that scrapes a real etcd', () => {
  test('tells a stopped member from a stuck one: both are down, only the stuck one takes the whole time-out', async () => {
    await using etcd = await startEtcd({ members: 3 });
    await using prometheus = await startPrometheus({
      scrapeConfigs: [etcd.scrapeConfig(({ name }) => ({ member: name }))],
    });
    const value = async (promql: string) => (await prometheus.query(promql))[0]?.value;
    await until('all members to be scraped', async () => (await value('sum(up{job="etcd"})')) === 3);

    const [stopped, stuck] = await etcd.followers();
    const left = await etcd.leader();
    await stopped?.stop();
    stuck?.freeze();
    await until('both to be down', async () => (await value('sum(up{job="etcd"})')) === 1);
    const took = (member: string | undefined) => value(`scrape_duration_seconds{member="${member}"}`);
    expect(await took(stopped?.name)).toBeLessThan(0.5);
    expect(await took(stuck?.name)).toBeGreaterThan(0.9); // scrape_timeout is 1 s here
    const { source, close } = prometheusFrom({ url: prometheus.url, version: 'test' });
    const { body } = await source.read({ verb: 'targets', job: 'etcd' }, { deadlineMs: 5_000, maxBytes: 1_000_000 });
    await close();
    const addressOf = (member: typeof stopped) => new URL(member?.clientUrl ?? 'http://nobody').host;
    const ended = (member: typeof stopped, lastError: string, health = 'down') =>
      expect.objectContaining({ instance: addressOf(member), health, lastError });
    const get = (member: typeof stopped) => `Get "http://${addressOf(member)}/metrics": `;
    expect(body).toEqual(
      expect.arrayContaining([
        ended(stopped, `${get(stopped)}dial tcp ${addressOf(stopped)}: connect: connection refused`),
        ended(stuck, `${get(stuck)}context deadline exceeded`),
        ended(left, '', 'up'),
      ]),
    );
  });
});

describe.skipIf(needs('prometheus', 'prometheus-alertmanager'))('a real Alertmanager', () => {
  const labels = { alertname: 'EtcdDown', instance: '127.0.0.1:2379' };

  test('sends what it is given, with the bearer token', async () => {
    await using sink = await startWebhookSink();
    await using alertmanager = await startAlertmanager({ webhookUrl: sink.url, bearerToken: 'a-token' });
    await alertmanager.post([{ labels }]);
    const request = await until('the webhook', () => sink.requests[0]);
    expect(request.authorization).toBe('Bearer a-token');
    expect(JSON.parse(request.body)).toMatchObject({ version: '4', status: 'firing', alerts: [{ labels }] });
  });

  test('tries again within seconds after a 503, with the same group key', async () => {
    await using sink = await startWebhookSink();
    sink.answerWith(503);
    await using alertmanager = await startAlertmanager({ webhookUrl: sink.url });
    await alertmanager.post([{ labels }]);
    await until('a refused webhook', () => sink.requests.length > 0);
    sink.answerWith(200);
    await until('the webhook to be accepted', () => sink.requests.some(({ status }) => status === 200));
    const keys = sink.requests.map(({ body }) => JSON.parse(body).groupKey);
    expect(new Set(keys).size).toBe(1);
  });

  test('passes on what a rule in Prometheus fires', async () => {
    await using folder = await tempDir('rules');
    const rule = join(folder.path, 'rules.yml');
    await writeFile(rule, 'groups: [{name: g, rules: [{alert: Always, expr: vector(1), labels: {severity: page}}]}]');
    await using sink = await startWebhookSink();
    await using alertmanager = await startAlertmanager({ webhookUrl: sink.url });
    await using _prometheus = await startPrometheus({
      scrapeConfigs: [],
      ruleFiles: [rule],
      alertmanagerUrl: alertmanager.url,
      externalLabels: { cluster: 'prod' },
    });
    const request = await until('the webhook', () => sink.requests[0]);
    const fired = { labels: { alertname: 'Always', severity: 'page', cluster: 'prod' }, status: 'firing' };
    expect(JSON.parse(request.body)).toMatchObject({ alerts: [fired] });
  });
});
