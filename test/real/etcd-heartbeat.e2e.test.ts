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
} as const;

const missing = needs('etcd', 'prometheus', 'prometheus-alertmanager', 'strace');

describe.skipIf(missing)('a fault made on a real etcd, from the alert to the card', () => {
  let lab: EtcdLab<keyof typeof clusters>;

  beforeAll(async () => {
    lab = await startEtcdLab({ clusters, longestForSeconds: 60 });
    return () => lab[Symbol.asyncDispose]();
  }, 120_000);

  const diagnosisOf = (cluster: keyof typeof clusters) =>
    lab.nightshift.diagnosed(`the diagnosis of ${cluster}`, (incident) => incident.cluster === cluster, 180_000);

  test.concurrent('slow disk', { timeout: 240_000 }, async () => {
    const leader = await lab.etcd['slow-disk'].leader();
    await using _load = putLoad(leader);
    await using _fault = await slowDisk(leader.pid, 250);
    const { report, alerts } = await diagnosisOf('slow-disk');
    console.error(alerts, verdictsOf(report), report.cost);
    console.error(report.evidence.map(e=>`${e.id} ${e.status} ${e.elapsedMs} ${e.shown}`));
    expect(verdictsOf(report)).toMatchObject({
      slowDisk: expect.stringMatching(/^confirmed/),
      starvedProcess: expect.stringMatching(/^ruled-out/),
      slowNetwork: expect.stringMatching(/^ruled-out/),
    });
  });

  test.concurrent('starved', { timeout: 240_000 }, async () => {
    const leader = await lab.etcd.starved.leader();
    await using _fault = starve(leader.pid, () => leader.put('key', 100));
    const { report, alerts } = await diagnosisOf('starved');
    console.error(alerts, verdictsOf(report), report.cost);
    console.error(report.evidence.map(e=>`${e.id} ${e.status} ${e.elapsedMs} ${e.shown}`));
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
    const { report, alerts } = await diagnosisOf('slow-network');
    console.error(alerts, verdictsOf(report), report.cost);
    console.error(report.evidence.map(e=>`${e.id} ${e.status} ${e.elapsedMs} ${e.shown}`));
    expect(verdictsOf(report)).toMatchObject({
      slowDisk: expect.stringMatching(/^ruled-out/),
      starvedProcess: expect.stringMatching(/^ruled-out/),
      slowNetwork: expect.stringMatching(/^confirmed/),
    });
  });
});
