import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { needs } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import { partOf } from './support/channel.ts';
import { startEtcdLab } from './support/etcd-lab.ts';
import { verdictsOf } from './support/nightshift.ts';

const noLeader = { alert: 'etcdNoLeader', expr: 'etcd_server_has_leader == 0', labels: { severity: 'critical' } };
const about = { cluster: 'lab', target: 'component/etcd/etcd-lab' };

describe.skipIf(needs('etcd', 'prometheus', 'prometheus-alertmanager'))('a Prometheus that fails in the middle', () => {
  test('hangs between the alert and the look: every cause is left open with the reason, until it answers again', async () => {
    // Alertmanager holds the alert for some seconds, in which Prometheus is frozen.
    await using lab = await startEtcdLab({
      clusters: { lab: { members: 3 } },
      rules: [noLeader],
      groupWaitSeconds: 5,
    });
    const lost = await lab.etcd.lab.followers();
    await Promise.all(lost.map((member) => member.stop()));
    await until('Alertmanager to hold the alert', async () => {
      const answer = await fetch(`${lab.alertmanager.url}/api/v2/alerts`);
      return z.array(z.unknown()).parse(await answer.json()).length > 0;
    });
    lab.prometheus.process.freeze();
    const { incident, card } = await lab.nightshift.diagnosis(about);
    expect(incident.alerts).toEqual({ etcdNoLeader: 1 });
    for (const { id, verdict, missing } of incident.report.causes) {
      expect([id, verdict]).toEqual([id, 'inconclusive']);
      expect(missing.length).toBeGreaterThan(0);
    }
    expect(incident.report.cost.elapsedMs).toBeLessThan(20_000);
    expect(card.text).toContain('No cause confirmed');
    expect(partOf(card, 'Could not be seen')).toMatch(
      /(etcd members as Prometheus sees them.*|\d+ reads): .*(no answer within|gave up waiting for an answer)/,
    );

    lab.prometheus.process.thaw();
    await until('Prometheus to scrape again', async () => {
      const [up] = await lab.prometheus.query('sum(up)');
      return up?.value === 1;
    });
    await lab.nightshift.channel.press(card, 'Run Again');
    const again = await lab.nightshift.diagnosis(about, { since: incident.report.startedAt });
    expect(verdictsOf(again.incident.report)).toMatchObject({ quorumLost: expect.stringMatching(/^confirmed/) });
    expect(again.card.words).toContain('Likely cause: etcd has no leader');
  });
});
