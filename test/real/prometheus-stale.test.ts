import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { investigate } from '../../engine/investigate.ts';
import { Case } from '../../engine/replay.ts';
import type { Report } from '../../engine/report.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { sourceOf } from '../../infra/kubernetes/source.ts';
import { startPracticeCluster } from '../../infra/local/practice/practice.ts';
import { prometheusFrom } from '../../infra/prometheus/client.ts';
import { STALE_SECONDS, unlessStale } from '../../infra/prometheus/freshness.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { needs } from '../harness/programs.ts';
import { type Prometheus, startPrometheus } from '../harness/prometheus.ts';
import { clientsOf } from '../infra/local/practice/clusters.ts';

const clock = { now: () => new Date() };
const etcd = ['10.20.0.1:2381', '10.20.0.2:2381', '10.20.0.3:2381'];
const nodes = ['control-plane-1', 'worker-1', 'worker-2', 'worker-3'];

/** Twenty minutes of a cluster in which all is well, a sample every 15 s, the newest so many seconds ago. */
function calmUntil(secondsAgo: number): string {
  const newest = Math.floor(Date.now() / 1_000) - secondsAgo;
  const times = Array.from({ length: 80 }, (_, index) => newest - 15 * (79 - index));
  const series = [
    ...etcd.map((instance) => `up{job="etcd",instance="${instance}"}`),
    ...nodes.map((node) => `up{job="kubelet",instance="${node}:10250",node="${node}",metrics_path="/metrics"}`),
    ...etcd.map((instance) => `etcd_server_has_leader{job="etcd",instance="${instance}"}`),
    ...nodes.map((node) => `kube_node_status_condition{node="${node}",condition="Ready",status="true"}`),
  ];
  const family = (name: string) => series.filter((one) => one.startsWith(`${name}{`));
  const names = [...new Set(series.map((one) => one.slice(0, one.indexOf('{'))))];
  const lines = names.flatMap((name) => [
    `# TYPE ${name} gauge`,
    ...family(name).flatMap((one) => times.map((time) => `${one} 1 ${time}`)),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}

/** That of some case of this runbook. */
async function targetOf({ id }: AnyRunbook): Promise<Case['target']> {
  const folder = join(import.meta.dirname, '../cases', id);
  const [first = ''] = (await readdir(folder)).sort();
  return Case.parse(JSON.parse(await readFile(join(folder, first), 'utf8'))).target;
}

/** Without a Prometheus: as far as the objects of Kubernetes tell. */
async function reportOf(runbook: AnyRunbook, metrics?: Prometheus): Promise<Report> {
  await using practice = await closing(startPracticeCluster({ world: 'quiet' }));
  await using clients = await clientsOf(practice.it);
  const kubernetes = clients.reader.source;
  await using prometheus = metrics && (await closing(prometheusFrom({ url: metrics.url, version: 'test' })));
  const source = sourceOf({
    kubernetes,
    ...(prometheus ? { prometheus: unlessStale(prometheus.it.source, clock) } : {}),
  });
  return await investigate(runbook, await targetOf(runbook), { source, clock, cluster: 'practice' });
}

const verdictsOf = ({ causes }: Report) => new Map(causes.map(({ id, verdict }) => [id, verdict]));

async function closing<T extends { close(): Promise<unknown> }>(opened: T | Promise<T>) {
  const it = await opened;
  return { it, [Symbol.asyncDispose]: async () => void (await it.close()) };
}

describe.skipIf(needs('prometheus', 'promtool'))(
  'a real Prometheus that answers, and takes nothing in any more',
  () => {
    test('tells no runbook anything: whatever asked it is missing, and says how old its newest scrape is', async () => {
      await using prometheus = await startPrometheus({ scrapeConfigs: [], before: calmUntil(224) });
      // It answers all the same, as if this were now.
      expect(await prometheus.query('sum(up{job="etcd"})')).toMatchObject([{ value: 3 }]);
      // any-alert asks Prometheus for nothing but the expression of its alert.
      for (const runbook of catalog.filter(({ id }) => id !== 'any-alert')) {
        const { evidence, causes } = await reportOf(runbook, prometheus);
        const ofMetrics = evidence.filter(({ reason }) => reason?.includes('takes nothing in any more'));
        expect(ofMetrics.length, runbook.id).toBeGreaterThan(0);
        expect(ofMetrics[0]?.reason).toMatch(/its newest scrape is 3 min (4[4-9]|5\d) s old/);
        const blind = verdictsOf(await reportOf(runbook));
        const told = causes.filter(({ id, verdict }) => verdict !== 'inconclusive' && verdict !== blind.get(id));
        expect(told.map(({ id, reason }) => [runbook.id, id, reason])).toEqual([]);
      }
    });

    test('is believed while its newest scrape is as young as those of a slow one', async () => {
      await using prometheus = await startPrometheus({ scrapeConfigs: [], before: calmUntil(STALE_SECONDS - 30) });
      const etcdHeartbeat = catalog.find(({ id }) => id === 'etcd-heartbeat');
      const { evidence } = await reportOf(etcdHeartbeat as AnyRunbook, prometheus);
      expect(evidence.find(({ id }) => id === 'members')).toMatchObject({ status: 'ok' });
    });
  },
);
