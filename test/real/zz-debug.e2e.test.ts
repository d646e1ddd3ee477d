import { test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { starve } from '../harness/faults.ts';
import { startEtcdLab } from './support/etcd-lab.ts';

test('debug', { timeout: 240_000 }, async () => {
  await using lab = await startEtcdLab({ clusters: { starved: { members: 3 }, stopped: { members: 3 } }, longestForSeconds: 60 });
  const leader = await lab.etcd.starved.leader();
  await using _fault = starve(leader.pid, () => leader.put('key', 100));
  await (await lab.etcd.stopped.leader()).stop();
  for (let i = 0; i < 9; i += 1) {
    await sleep(10_000);
    const a = await (await fetch(`${lab.prometheus.url}/api/v1/alerts`)).json();
    const am = await (await fetch(`${lab.alertmanager.url}/api/v2/alerts`)).json();
    const acc = await lab.nightshift.accounts();
    console.error(i, JSON.stringify(a.data.alerts.map(x => [x.labels.alertname, x.labels.cluster, x.state, x.value])), am.length, JSON.stringify(acc.totals), acc.incidents.map(x=>[x.id,x.state,x.cluster,!!x.report]));
    console.error(await lab.prometheus.query('increase(etcd_server_heartbeat_send_failures_total[10m])'), await lab.prometheus.query('up==0'), lab.nightshift.output().slice(-500), lab.alertmanager.process.log().slice(-500));
  }
});
