import { beforeAll, describe, expect, test } from 'vitest';
import { putLoad } from '../harness/etcd-api.ts';
import { slowDisk, starve } from '../harness/faults.ts';
import { needs } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import { partOf } from './support/channel.ts';
import { type EtcdLab, startEtcdLab } from './support/etcd-lab.ts';
import { verdictsOf } from './support/nightshift.ts';

const clusters = {
  'slow-network': { members: 3, peerDelayMs: 0 },
  'slow-disk': { members: 3 },
  starved: { members: 3 },
  stopped: { members: 3 },
  // All at one address: that the others answer there shows that its machine runs.
  stuck: { members: 3, ownPort: false },
  full: { members: 1, quotaBytes: 16 * 1024 * 1024 },
  leaderless: { members: 3 },
} as const;
type Cluster = keyof typeof clusters;

/** Two alerts of etcd's own mixin, by their names there: expressions of ours, which do not wait. */
const mixin = [
  { alert: 'etcdNoLeader', expr: 'etcd_server_has_leader == 0', labels: { severity: 'critical' } },
  {
    alert: 'etcdDatabaseQuotaLowSpace',
    expr: 'etcd_mvcc_db_total_size_in_bytes / etcd_server_quota_backend_bytes > 0.95',
    labels: { severity: 'critical' },
  },
];

const titles = {
  slowDisk: "A member's disk is slow",
  starvedProcess: 'The etcd process does not get to run in time',
  slowNetwork: 'The network between the members is at fault',
} as const;

const confirmed = expect.stringMatching(/^confirmed/);
const ruledOut = expect.stringMatching(/^ruled-out/);
const absent = needs('etcd', 'prometheus', 'prometheus-alertmanager', 'strace');

// The rules are those we ship, unchanged: each of these alerts waits its minute.
describe.skipIf(absent)('a fault made on a real etcd, through Prometheus and Alertmanager to the card', () => {
  let lab: EtcdLab<Cluster>;

  beforeAll(async () => {
    lab = await startEtcdLab({ clusters, rules: mixin });
    return () => lab[Symbol.asyncDispose]();
  });

  const diagnosisOf = (cluster: Cluster, since?: string) =>
    lab.nightshift.diagnosis(
      { cluster, target: `component/etcd/etcd-${cluster}` },
      { deadlineMs: 150_000, ...(since === undefined ? {} : { since }) },
    );
  /** By how much a counter of this cluster's members grew within a minute; the highest of them. */
  const grown = async (metric: string, cluster: Cluster) => {
    const [sample] = await lab.prometheus.query(`max(increase(${metric}{cluster="${cluster}"}[1m]))`);
    return sample?.value ?? 0;
  };

  test.concurrent('slow network: named, disk and process ruled out; with a slow disk beside it, both are named', async () => {
    const cluster = 'slow-network';
    const leader = await lab.etcd[cluster].leader();
    await using _load = putLoad(leader);
    lab.etcd[cluster].setPeerDelayMs(200);
    const { incident, card } = await diagnosisOf(cluster);
    expect(incident.alerts).toHaveProperty('EtcdPeerRoundTripSlow');
    expect(verdictsOf(incident.report)).toMatchObject({
      slowNetwork: confirmed,
      slowDisk: ruledOut,
      starvedProcess: ruledOut,
    });
    expect(card.words).toContain(`Likely cause: ${titles.slowNetwork}`);
    expect(partOf(card, 'Ruled out')).toContain(titles.slowDisk);
    expect(partOf(card, 'Ruled out')).toContain(titles.starvedProcess);

    await using _fault = await slowDisk(leader.pid, 250);
    const late = () => grown('etcd_server_heartbeat_send_failures_total', cluster);
    await until('late heartbeats', async () => (await late()) >= 30);
    // The quantiles are taken every ten seconds: until then a fault as young as this one is rightly left open.
    let since = incident.report.startedAt;
    const again = await until(
      'both causes to be named',
      async () => {
        await lab.nightshift.channel.press(card, 'Run Again');
        const looked = await diagnosisOf(cluster, since);
        since = looked.incident.report.startedAt;
        return verdictsOf(looked.incident.report).slowDisk?.startsWith('confirmed') ? looked : undefined;
      },
      { deadlineMs: 60_000, everyMs: 5_000 },
    );
    expect(verdictsOf(again.incident.report)).toMatchObject({ slowNetwork: confirmed, slowDisk: confirmed });
    expect(again.card.words).toContain(`Likely cause: ${titles.slowDisk}`);
    expect(partOf(again.card, 'Also confirmed')).toContain(titles.slowNetwork);
  });

  test.concurrent('slow disk: named with its figure, process and network ruled out, every query in the thread', async () => {
    const leader = await lab.etcd['slow-disk'].leader();
    await using _load = putLoad(leader);
    await using _fault = await slowDisk(leader.pid, 250);
    const { incident, card } = await diagnosisOf('slow-disk');
    expect(incident.alerts).toHaveProperty('EtcdHeartbeatSendFailures');
    expect(verdictsOf(incident.report)).toMatchObject({
      slowDisk: confirmed,
      starvedProcess: ruledOut,
      slowNetwork: ruledOut,
    });
    const address = new URL(leader.clientUrl).host;
    expect(card.words).toContain(`Likely cause: ${titles.slowDisk}`);
    expect(card.words).toMatch(new RegExp(`${address}: WAL fsync p99 (2|3|4|5)\\d\\d ms .*bad > 16 ms`));
    expect(partOf(card, 'Ruled out')).toContain(titles.starvedProcess);
    expect(partOf(card, 'Ruled out')).toContain(titles.slowNetwork);
    const thread = await until('the whole thread', async () => {
      const parts = await lab.nightshift.channel.thread(card);
      const [, count] = /\(1 of (\d+)\)/.exec(parts[0]?.text ?? '') ?? [];
      return parts.length === Number(count) && parts.map(({ words }) => words).join('\n');
    });
    for (const { title, query } of incident.report.evidence) {
      expect(thread).toContain(title);
      expect(thread).toContain(query.slice(0, 80));
    }
  });

  test.concurrent('starved process: named, disk and network ruled out', async () => {
    const leader = await lab.etcd.starved.leader();
    await using _fault = starve(leader.pid, () => leader.put('key', 100));
    const { incident, card } = await diagnosisOf('starved');
    expect(incident.alerts).toHaveProperty('EtcdHeartbeatSendFailures');
    expect(verdictsOf(incident.report)).toMatchObject({
      starvedProcess: confirmed,
      slowDisk: ruledOut,
      slowNetwork: ruledOut,
    });
    expect(card.words).toContain(`Likely cause: ${titles.starvedProcess}`);
    expect(partOf(card, 'Ruled out')).toContain(titles.slowDisk);
    expect(partOf(card, 'Ruled out')).toContain(titles.slowNetwork);
  });

  test.concurrent('a stopped member, the leader of the three: down, not stuck, and no fault of the network', async () => {
    const leader = await lab.etcd.stopped.leader();
    await leader.stop();
    const { incident, card } = await diagnosisOf('stopped');
    expect(incident.alerts).toHaveProperty('EtcdMemberNotAnswering');
    expect(verdictsOf(incident.report)).toMatchObject({
      memberDown: confirmed,
      memberStuck: ruledOut,
      quorumLost: ruledOut,
      slowNetwork: ruledOut,
    });
    expect(card.words).toContain(`${new URL(leader.clientUrl).host} refuses connections`);
    expect(card.words).toContain('2 of 3 members are left: one more loss stops all writes');
  });

  test.concurrent('a stuck member: not down', async () => {
    const [member] = await lab.etcd.stuck.followers();
    if (member === undefined) throw new Error('no follower');
    member.freeze();
    const { incident, card } = await diagnosisOf('stuck');
    expect(incident.alerts).toHaveProperty('EtcdMemberNotAnswering');
    expect(verdictsOf(incident.report)).toMatchObject({
      memberStuck: confirmed,
      memberDown: ruledOut,
      quorumLost: ruledOut,
      slowNetwork: ruledOut,
    });
    expect(card.words).toContain(`${new URL(member.clientUrl).host} accepts a scrape and does not answer it`);
  });

  test.concurrent('no space: named, with the steps that make some', async () => {
    const [member] = lab.etcd.full.members;
    if (member === undefined) throw new Error('no member');
    const fill = async () => {
      for (let index = 0; index < 100; index += 1) await member.put(`big/${index}`, 500_000);
    };
    await expect(fill()).rejects.toThrow('database space exceeded');
    const { incident, card } = await diagnosisOf('full');
    expect(verdictsOf(incident.report)).toMatchObject({ noSpace: confirmed, memberDown: ruledOut });
    expect(card.words).toContain("Likely cause: etcd's database is full");
    expect(incident.report.manualSteps.map(({ id }) => id)).toEqual(['freeSpace']);
  });

  test.concurrent('two members of three lost: no leader, first of all', async () => {
    const lost = await lab.etcd.leaderless.followers();
    await Promise.all(lost.map((member) => member.stop()));
    const { incident, card } = await diagnosisOf('leaderless');
    expect(verdictsOf(incident.report)).toMatchObject({
      quorumLost: confirmed,
      memberDown: confirmed,
      memberStuck: ruledOut,
    });
    expect(card.words).toContain('Likely cause: etcd has no leader');
    expect(partOf(card, 'Also confirmed')).toContain('1 of 3 members are left, too few for a quorum');
  });

  test('however many alerts come for one etcd at once, it has one incident and one card', async () => {
    const { incidents } = await lab.nightshift.accounts();
    expect(incidents.map(({ cluster }) => cluster).toSorted()).toEqual(Object.keys(clusters).toSorted());
    expect(await lab.nightshift.channel.messages()).toHaveLength(incidents.length);
  });

  test('what the API server would have shown is named as a gap on every card', async () => {
    for (const cluster of Object.keys(clusters) as Cluster[]) {
      const { incident, card } = await diagnosisOf(cluster);
      expect(incident.report.evidence.find(({ id }) => id === 'readyz')).toMatchObject({ failure: 'unreachable' });
      expect(verdictsOf(incident.report)).toMatchObject({ frozenApi: expect.stringMatching(/^inconclusive/) });
      expect(partOf(card, 'Could not be seen')).toMatch(/(The API server's own checks.*|\d reads): nothing listens on/);
    }
  });

  test('Prometheus stopped: a diagnosis of before is taken back, and the card says why nothing can be told', async () => {
    const before = await diagnosisOf('slow-disk');
    await lab.prometheus.process.stop();
    await lab.nightshift.channel.press(before.card, 'Run Again');
    const { incident, card } = await diagnosisOf('slow-disk', before.incident.report.startedAt);
    for (const { id, verdict, missing } of incident.report.causes) {
      expect([id, verdict]).toEqual([id, 'inconclusive']);
      expect(missing.length).toBeGreaterThan(0);
    }
    expect(card.text).toContain('No cause confirmed');
    expect(card.words).not.toContain('Likely cause');
    expect(partOf(card, 'Could not be seen')).toContain('connection refused');
  });
});
