import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ReadFailure } from '../../engine/errors.ts';
import { investigate } from '../../engine/investigate.ts';
import { anyRunbook } from '../../engine/runbook.ts';
import { sourceOf } from '../../infra/kubernetes/source.ts';
import { prometheusFrom } from '../../infra/prometheus/client.ts';
import { runbook } from '../../runbooks/api-429/index.ts';
import { startEtcd } from '../harness/etcd.ts';
import { putLoad } from '../harness/etcd-api.ts';
import { slowDisk } from '../harness/faults.ts';
import { freePort } from '../harness/ports.ts';
import { needs } from '../harness/programs.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { until } from '../harness/until.ts';
import { verdictsOf } from './support/nightshift.ts';

const noKubernetes = {
  read: async () => {
    throw new ReadFailure('not-configured', 'etcd alone, without a Kubernetes API');
  },
};

/** What an API server tells Prometheus of its etcd: one operation after the other, each as long as it is said to take. */
async function startApiServerMetrics() {
  const port = await freePort();
  const took = { get: 0.004, update: 0.02, create: 0.02 };
  const sums = { get: 0, update: 0, create: 0 };
  let scrapes = 0;
  const server = createServer((_, response) => {
    scrapes += 1;
    const lines = (Object.keys(took) as (keyof typeof took)[]).flatMap((operation) => {
      sums[operation] += 100 * took[operation];
      const labels = `{operation="${operation}"}`;
      return [
        `etcd_request_duration_seconds_sum${labels} ${sums[operation]}`,
        `etcd_request_duration_seconds_count${labels} ${100 * scrapes}`,
        `etcd_requests_total${labels} ${100 * scrapes}`,
      ];
    });
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${[...lines, `apiserver_request_total{code="200"} ${300 * scrapes}`].join('\n')}\n`);
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    took,
    scrapeConfig: { job_name: 'apiserver', static_configs: [{ targets: [`127.0.0.1:${port}`] }] },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

describe.skipIf(needs('etcd', 'prometheus', 'strace'))('an API server before a real etcd', () => {
  test('finds etcd well, and slow when one write is slow and etcd itself shows it', async () => {
    await using etcd = await startEtcd({ members: 1 });
    await using apiServer = await startApiServerMetrics();
    await using prometheus = await startPrometheus({ scrapeConfigs: [etcd.scrapeConfig(), apiServer.scrapeConfig] });
    const client = prometheusFrom({ url: prometheus.url, version: 'test' });
    await using _client = { [Symbol.asyncDispose]: () => client.close() };
    const leader = await etcd.leader();
    const address = new URL(leader.clientUrl).host;
    const look = () =>
      investigate(
        anyRunbook(runbook),
        { kind: 'Component', name: 'kube-apiserver' },
        {
          source: sourceOf({ kubernetes: noKubernetes, prometheus: client.source }),
          clock: { now: () => new Date() },
          cluster: 'lab',
        },
      );
    const figure = async (promql: string) => (await prometheus.query(promql))[0]?.value ?? 0;
    await using _load = putLoad(leader);
    await until('rates of both', async () => {
      const asked = await figure('sum(rate(etcd_request_duration_seconds_count[5m]))');
      return asked > 0 && (await figure(`up{instance="${address}"}`)) === 1;
    });

    const well = await look();
    expect(verdictsOf(well)).toMatchObject({
      etcdSlow: expect.stringMatching(/^ruled-out: etcd answers (update|create) in 20 ms on average/),
      etcdAtMemoryLimit: expect.stringMatching(/^ruled-out/),
    });
    const shown = well.evidence.find(({ id }) => id === 'members')?.shown;
    expect(shown).toMatch(new RegExp(`^${address} answers, memory \\d+ MiB \\(six hours: \\d+ MiB to \\d+ MiB\\)$`));

    apiServer.took.create = 5;
    await using _fault = await slowDisk(leader.pid, 250);
    await until('the slow syncs, and the slow writes', async () => {
      const quantile =
        'histogram_quantile(0.99, sum by (le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket[5m]))) > 0.1';
      const writes = 'etcd_request_duration_seconds_sum{operation="create"}';
      return (await figure(quantile)) > 0 && (await figure(`increase(${writes}[5m])`)) > 1_000;
    });
    const slow = await look();
    expect(verdictsOf(slow).etcdSlow).toMatch(/^confirmed: etcd takes [\d.]+ s for create on average \(limit 250 ms\)/);
    expect(verdictsOf(slow).etcdAtMemoryLimit).toMatch(/^inconclusive/);

    leader.freeze();
    await until('its scrapes to hang', async () => (await figure(`up{instance="${address}"} == bool 0`)) === 1);
    const frozen = await look();
    leader.thaw();
    expect(frozen.evidence.find(({ id }) => id === 'members')?.shown).toMatch(
      /does not answer \(after 1\.\d s\), memory/,
    );
    expect(verdictsOf(frozen).etcdSlow).toMatch(/^confirmed/);
  });
});
