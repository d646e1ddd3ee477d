import { beforeAll, describe, expect, test } from 'vitest';
import { putLoad } from '../harness/etcd-api.ts';
import { slowDisk, starve } from '../harness/faults.ts';
import { needs } from '../harness/programs.ts';
import { type EtcdLab, startEtcdLab } from './support/etcd-lab.ts';
import { verdictsOf } from './support/nightshift.ts';

const clusters = {
  'slow-disk': { members: 3 },
  starved: { members: 3 },
  'slow-network': { members: 3, peerDelayMs: 0 },
  full: { members: 1, quotaBytes: 16 * 1024 * 1024 },
  stopped: { members: 3 },
  stuck: { members: 3 },
  leaderless: { members: 3 },
} as const;
type Cluster = keyof typeof clusters;

/** Alerts of etcd's own mixin, by their names there; the expressions are ours, and none waits. */
const mixin = {
  name: 'etcd',
  rules: [
    { alert: 'etcdNoLeader', expr: 'etcd_server_has_leader == 0', labels: { severity: 'critical' } },
    {
      alert: 'etcdDatabaseQuotaLowSpace',
      expr: 'etcd_mvcc_db_total_size_in_bytes / etcd_server_quota_backend_bytes > 0.95',
      labels: { severity: 'critical' },
    },
  ],
};

const missing = needs('etcd', 'prometheus', 'prometheus-alertmanager', 'strace');

describe.skipIf(missing)('a fault made on a real etcd, from the alert to the card', () => {
  let lab: EtcdLab<Cluster>;

  beforeAll(async () => {
    lab = await startEtcdLab({ clusters, longestForSeconds: 60, rules: [mixin] });
    return () => lab[Symbol.asyncDispose]();
  }, 120_000);

  const dump = async () => {
    const a = await (await fetch(`${lab.prometheus.url}/api/v1/alerts`)).json();
    const am = await (await fetch(`${lab.alertmanager.url}/api/v2/alerts`)).json();
    const acc = await lab.nightshift.accounts();
    console.error('DUMP', JSON.stringify(a.data.alerts.map((x: any) => [x.labels.alertname, x.labels.cluster, x.state, x.value])), am.length, JSON.stringify(acc.totals), acc.incidents.map(x=>JSON.stringify([x.id,x.state,x.cluster,!!x.report])));
    console.error(await lab.prometheus.query('sum by (cluster) (up)'), lab.nightshift.output().slice(-1500), lab.alertmanager.process.log().slice(-1500), lab.prometheus.process.log().slice(-1500));
  };
  const diagnosisOf = async (cluster: Cluster) => {
    const t = Date.now();
    const d = await lab.nightshift.diagnosed(`the diagnosis of ${cluster}`, (incident) => incident.cluster === cluster, 100_000).catch(async (e) => { await dump(); throw e; });
    const { report, alerts } = d;
    console.error(cluster, (Date.now() - t) / 1000, alerts, verdictsOf(report), report.cost,
     report.evidence.map(e=>`${e.id} ${e.status} ${e.elapsedMs} ${e.shown}`), report.manualSteps.map(m=>m.id), report.remedies);
    return d;
  };

  test.concurrent('slow disk', { timeout: 240_000 }, async () => {
    const leader = await lab.etcd['slow-disk'].leader();
    await using _load = putLoad(leader);
    await using _fault = await slowDisk(leader.pid, 250);
    const { report } = await diagnosisOf('slow-disk');
    expect(verdictsOf(report)).toMatchObject({
      slowDisk: expect.stringMatching(/^confirmed/),
      starvedProcess: expect.stringMatching(/^ruled-out/),
      slowNetwork: expect.stringMatching(/^ruled-out/),
    });
    console.error((await lab.nightshift.channel()).map(m => m.text + '\n' + m.words).join('\n=====\n'));
  });

  test.concurrent('starved', { timeout: 240_000 }, async () => {
    const leader = await lab.etcd.starved.leader();
    await using _fault = starve(leader.pid, () => leader.put('key', 100));
    const { report } = await diagnosisOf('starved');
    expect(verdictsOf(report)).toMatchObject({
      slowDisk: expect.stringMatching(/^ruled-out/),
      starvedProcess: expect.stringMatching(/^confirmed/),
      slowNetwork: expect.stringMatching(/^ruled-out/),
    });
  });

  test.concurrent('slow network', { timeout: 240_000 }, async () => {
    lab.etcd['slow-network'].setPeerDelayMs(200);
    const leader = await lab.etcd['slow-network'].leader();
    await using _load = putLoad(leader);
    const { report } = await diagnosisOf('slow-network');
    expect(verdictsOf(report)).toMatchObject({
      slowDisk: expect.stringMatching(/^ruled-out/),
      starvedProcess: expect.stringMatching(/^ruled-out/),
      slowNetwork: expect.stringMatching(/^confirmed/),
    });
  });

  test.concurrent('full', { timeout: 240_000 }, async () => {
    const [member] = lab.etcd.full.members;
    const fill = async () => {
      for (let index = 0; index < 100; index += 1) await member?.put(`big/${index}`, 500_000);
    };
    await expect(fill()).rejects.toThrow('database space exceeded');
    const { report } = await diagnosisOf('full');
    expect(verdictsOf(report)).toMatchObject({ noSpace: expect.stringMatching(/^confirmed/) });
  });

  test.concurrent('stopped', { timeout: 240_000 }, async () => {
    const leader = await lab.etcd.stopped.leader();
    await leader.stop();
    const { report } = await diagnosisOf('stopped');
    expect(verdictsOf(report)).toMatchObject({
      memberDown: expect.stringMatching(/^confirmed/),
      memberStuck: expect.stringMatching(/^ruled-out/),
      quorumLost: expect.stringMatching(/^ruled-out/),
    });
  });

  test.concurrent('stuck', { timeout: 240_000 }, async () => {
    const [member] = await lab.etcd.stuck.followers();
    member?.freeze();
    const { report } = await diagnosisOf('stuck');
    expect(verdictsOf(report)).toMatchObject({
      memberDown: expect.stringMatching(/^ruled-out/),
      memberStuck: expect.stringMatching(/^confirmed/),
      quorumLost: expect.stringMatching(/^ruled-out/),
    });
  });

  test.concurrent('leaderless', { timeout: 240_000 }, async () => {
    const [one, other] = await lab.etcd.leaderless.followers();
    await one?.stop();
    await other?.stop();
    const { report } = await diagnosisOf('leaderless');
    expect(verdictsOf(report)).toMatchObject({
      memberDown: expect.stringMatching(/^confirmed/),
      quorumLost: expect.stringMatching(/^confirmed/),
    });
  });
});
