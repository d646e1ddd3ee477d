import { describe, expect, test } from 'vitest';
import { startAlertmanager } from '../harness/alertmanager.ts';
import { freePort } from '../harness/ports.ts';
import { needs } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import { startAlertmanagerPair } from './support/alertmanager-pair.ts';
import { needsRoot } from './support/machine.ts';
import { type Nightshift, startNightshift } from './support/nightshift.ts';
import { fillDisk } from './support/small-disk.ts';

/** The server looks after its practice cluster here, in which worker-1 is well: Alertmanager is what is real. */
const practice = { clusters: [] };
const worker1 = { cluster: 'practice', target: 'node/worker-1' };
const etcd = { cluster: 'practice', target: 'component/etcd/kube-etcd' };
const notReady = { alertname: 'KubeNodeNotReady', node: 'worker-1', severity: 'warning' };

describe.skipIf(needs('prometheus-alertmanager'))('a real Alertmanager in front of the running server', () => {
  const accountsOf = async (nightshift: Nightshift, alertname: string, node: string) => {
    const { webhooks, incidents } = await nightshift.accounts();
    const incident = incidents.filter(({ target }) => target === `node/${node}`);
    const reports = webhooks
      .flatMap(({ alerts }) => alerts)
      .filter((alert) => incident.some(({ id }) => id === alert.incident) && alert.alertname === alertname);
    return { incident, reports };
  };

  test('a pair that repeats itself and loses one of the two: one incident, closed by a look once it resolves', async () => {
    await using nightshift = await startNightshift(practice);
    await using pair = await startAlertmanagerPair(nightshift.alertsUrl, nightshift.token);
    const alert = { labels: notReady, startsAt: new Date().toISOString() };
    await pair.post([alert]);
    const { incident } = await nightshift.diagnosis(worker1);
    expect(incident.state).toBe('undiagnosed');
    const sent = async () => (await accountsOf(nightshift, 'KubeNodeNotReady', 'worker-1')).reports.length;
    await until('two repeats', async () => (await sent()) >= 3, { everyMs: 1_000 });
    await pair.processes[0].kill();
    const before = await sent();
    await until('a repeat by the other', async () => (await sent()) > before, { everyMs: 1_000, deadlineMs: 60_000 });

    await pair.post([{ ...alert, endsAt: new Date(Date.now() - 1_000).toISOString() }]);
    const closed = await nightshift.diagnosis(worker1, { since: incident.report.startedAt });
    expect(closed.incident).toMatchObject({ id: incident.id, state: 'closed' });
    expect(closed.card.text).toContain('Closed: Ready=True');
    const { incident: all, reports } = await accountsOf(nightshift, 'KubeNodeNotReady', 'worker-1');
    expect(all).toHaveLength(1);
    expect(reports.map(({ outcome }) => outcome)).toEqual(['posted', ...reports.slice(1).map(() => 'joined')]);
    expect((await nightshift.channel.messages()).filter(({ words }) => words.includes('Node worker-1'))).toHaveLength(
      1,
    );
  });

  test('two that do not know of each other send everything twice: one incident, every report accounted for', async () => {
    await using nightshift = await startNightshift(practice);
    const receiver = { webhookUrl: nightshift.alertsUrl, bearerToken: nightshift.token };
    await using one = await startAlertmanager(receiver);
    await using other = await startAlertmanager(receiver);
    const alerts = [{ labels: notReady, startsAt: new Date().toISOString() }];
    await Promise.all([one.post(alerts), other.post(alerts)]);
    await nightshift.diagnosis(worker1);
    await until('both webhooks', async () => {
      const { incident, reports } = await accountsOf(nightshift, 'KubeNodeNotReady', 'worker-1');
      return (
        incident.length === 1 &&
        reports
          .map(({ outcome }) => outcome)
          .toSorted()
          .join() === 'joined,posted'
      );
    });
  });

  test('twenty members of one etcd in one webhook: one incident, one card', async () => {
    await using nightshift = await startNightshift(practice);
    await using alertmanager = await startAlertmanager({
      ...{ webhookUrl: nightshift.alertsUrl, bearerToken: nightshift.token },
      ...{ groupBy: ['alertname'], groupWaitSeconds: 1 },
    });
    const members = Array.from({ length: 20 }, (_, index) => `10.0.0.${index + 1}:2381`);
    const labels = { alertname: 'etcdMemberCommunicationSlow', job: 'kube-etcd' };
    await alertmanager.post(members.map((instance) => ({ labels: { ...labels, instance } })));
    await nightshift.diagnosis(etcd);
    await until(
      'all twenty to be worked on',
      async () => (await nightshift.accounts()).totals.alerts.pending === undefined,
    );
    const { incidents, webhooks } = await nightshift.accounts();
    const outcomes = webhooks.flatMap(({ alerts }) => alerts).filter(({ alertname }) => alertname === labels.alertname);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([...Array(19).fill('joined'), 'posted']);
    expect(incidents.filter(({ target }) => target === etcd.target)).toHaveLength(1);
    expect((await nightshift.channel.messages()).filter(({ text }) => text.startsWith('etcd'))).toHaveLength(1);
  });

  test('a wrong token: one attempt per flush, nothing stored, and nothing lost once it is mended', async () => {
    const port = await freePort();
    const webhookUrl = `http://127.0.0.1:${port}/alerts`;
    await using alertmanager = await startAlertmanager({ webhookUrl, bearerToken: 'the-token-of-tomorrow' });
    {
      await using nightshift = await startNightshift({ ...practice, port, token: 'the-token-of-today' });
      const begun = Date.now();
      await alertmanager.post([{ labels: notReady }]);
      const refused = async () =>
        counted(await nightshift.metrics(), 'nightshift_webhooks_total{outcome="unauthorized"}');
      const attempts = await until('three refusals', async () => ((await refused()) >= 3 ? refused() : undefined));
      // group_interval is 2 s; a status that is worth a retry would bring five attempts in the first two seconds.
      expect(attempts).toBeLessThanOrEqual(2 + (Date.now() - begun) / 2_000);
      const { webhooks } = await nightshift.accounts();
      expect(webhooks.flatMap(({ alerts }) => alerts).filter(({ incident }) => incident !== undefined)).toHaveLength(1); // the practice alert
    }
    await using mended = await startNightshift({ ...practice, port, token: 'the-token-of-tomorrow' });
    const { incident } = await mended.diagnosis(worker1);
    expect(incident.alerts).toEqual({ KubeNodeNotReady: 1 });
  });
});

describe.skipIf(needs('prometheus-alertmanager') ?? needsRoot())('a server whose disk is full', () => {
  test('answers 503; Alertmanager tries again, and every alert is there once there is room', async () => {
    await using nightshift = await startNightshift({ ...practice, diskBytes: 16 * 1024 * 1024 });
    await using alertmanager = await startAlertmanager({
      ...{ webhookUrl: nightshift.alertsUrl, bearerToken: nightshift.token },
    });
    await nightshift.diagnosis({ cluster: 'practice', target: 'node/worker-3' }); // the practice alert of a first start
    // Forty at once: SQLite still finds room for some of them in its own files.
    const numbers = Array.from({ length: 40 }, (_, index) => String(index));
    const labels = { alertname: 'SomethingElse', job: 'batch', padding: 'x'.repeat(4_000) };
    {
      await using _full = await fillDisk(nightshift.dataDirectory);
      await alertmanager.post(numbers.map((number) => ({ labels: { ...labels, number } })));
      const refused = 'nightshift_webhooks_total{outcome="not-stored"}';
      await until('webhooks answered 503', async () => counted(await nightshift.metrics(), refused) >= 40);
      const ready = await fetch(`${nightshift.url}/readyz`);
      expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('[-]store failed')]);
    }
    await until(
      'all forty to be worked on',
      async () => {
        const { webhooks, totals } = await nightshift.accounts();
        const told = webhooks.flatMap(({ alerts }) => alerts).filter(({ alertname }) => alertname === labels.alertname);
        return (
          totals.alerts.pending === undefined &&
          new Set(told.map(({ fingerprint }) => fingerprint)).size === numbers.length
        );
      },
      { everyMs: 1_000, deadlineMs: 90_000 },
    );
    const { incidents } = await nightshift.accounts();
    // Each has labels of its own, so each is a problem of its own; from the fourth on they share a card.
    expect(incidents.filter(({ target }) => target === 'component/batch')).toHaveLength(4);
  });
});

function counted(metrics: string, series: string): number {
  const line = metrics.split('\n').find((row) => row.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? 0);
}
