import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReadFailure } from '../../../engine/errors.ts';
import { investigate } from '../../../engine/investigate.ts';
import type { Source } from '../../../engine/readers.ts';
import { Case } from '../../../engine/replay.ts';
import { requestKey, systemOf } from '../../../engine/request.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { prometheusFrom } from '../../../infra/prometheus/client.ts';
import { runbook } from '../../../runbooks/etcd-heartbeat/index.ts';
import { type Etcd, type EtcdMember, type EtcdOptions, startEtcd } from '../../harness/etcd.ts';
import { putLoad } from '../../harness/etcd-api.ts';
import { slowDisk, starve } from '../../harness/faults.ts';
import { startPrometheus } from '../../harness/prometheus.ts';
import { caseFile, textOf } from './write-cases.ts';

type Recorder = (name: string, about: string) => Promise<void>;

async function lab(
  options: EtcdOptions,
  run: (etcd: Etcd, leader: EtcdMember, record: Recorder) => Promise<void>,
): Promise<void> {
  await using etcd = await startEtcd(options);
  await using prometheus = await startPrometheus({ scrapeConfigs: [etcd.scrapeConfig()] });
  await run(etcd, await etcd.leader(), (name, about) => recordFrom(prometheus.url, name, about));
}

async function recordFrom(url: string, name: string, about: string): Promise<void> {
  const prometheus = prometheusFrom({ url, version: 'recorder' });
  const reads: Case['reads'] = {};
  const source: Source = {
    async read(request, limits) {
      const key = requestKey(request);
      if (systemOf(request) === 'Kubernetes') {
        const failure = {
          kind: 'not-configured',
          message: 'etcd alone was recorded, without a Kubernetes API',
        } as const;
        reads[key] = { failure };
        throw new ReadFailure(failure.kind, failure.message);
      }
      const answer = await prometheus.source.read(request, limits);
      reads[key] = { body: answer.body };
      return answer;
    },
  };
  const now = new Date();
  const target = { kind: 'Component', name: 'etcd', job: 'etcd' } as const;
  const report = await investigate(anyRunbook(runbook), target, { source, clock: { now: () => now }, cluster: 'lab' });
  await prometheus.close();
  const causes = Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict]));
  const expect = { causes, recovered: report.recovered.verdict };
  const made = { about, runbook: runbook.id, target, cluster: 'lab', now: now.toISOString(), reads, expect };
  writeFileSync(caseFile(`recorded-${name}`), textOf(Case.parse(made)));
  const lines = report.causes.map(({ id, verdict, reason }) => `${verdict.padEnd(12)} ${id}: ${reason}`);
  process.stdout.write(`\n${name}: ${about}\n${lines.join('\n')}\n`);
}

/**
 * Run as a program, it makes faults on a real etcd, scraped every second by a real Prometheus, and writes what they
 * answered as cases: ten minutes on a quiet machine. Look at every verdict it prints before you keep the files.
 */
if (import.meta.main) {
  await lab({ members: 3 }, async (_, leader, record) => {
    await using _load = putLoad(leader);
    await sleep(70_000);
    await record('healthy', 'Three healthy members under a light load');
    await using _disk = await slowDisk(leader.pid, 250);
    await sleep(70_000);
    await record('slow-disk', 'Every fdatasync of the leader takes 250 ms longer');
    await using _starved = starve(leader.pid);
    await sleep(70_000);
    await record('slow-disk-and-starved', 'The same, and the leader is stopped 350 ms of every 600 ms');
  });
  await lab({ members: 3 }, async (_, leader, record) => {
    await using _load = putLoad(leader);
    await sleep(10_000);
    await using _starved = starve(leader.pid);
    await sleep(70_000);
    await record('starved', 'The leader is stopped 350 ms of every 600 ms');
  });
  await lab({ members: 3, peerDelayMs: 0 }, async (etcd, leader, record) => {
    await using _load = putLoad(leader);
    await sleep(10_000);
    etcd.setPeerDelayMs(200);
    await sleep(100_000);
    await record('slow-network', 'Every chunk between the members is delayed by 200 ms');
  });
  await lab({ members: 3, quotaBytes: 16 * 1024 * 1024 }, async (_, leader, record) => {
    for (let index = 0; index < 20; index += 1) await leader.put(`big/${index}`, 1_300_000).catch(() => undefined);
    await sleep(70_000);
    await record('no-space', 'A quota of 16 MiB, filled until etcd refuses writes');
  });
  await lab({ members: 3 }, async (etcd, leader, record) => {
    await using _load = putLoad(leader);
    await sleep(70_000);
    const [first, second] = await etcd.followers();
    first?.freeze();
    await sleep(15_000);
    await record('member-stuck', 'A follower is held by SIGSTOP');
    first?.thaw();
    await sleep(5_000);
    await first?.stop();
    await sleep(15_000);
    await record('member-down', 'A follower has ended');
    await second?.stop();
    await sleep(15_000);
    await record('quorum-lost', 'Two of three members have ended');
  });
  await lab({ members: 1 }, async (_, leader, record) => {
    await using _load = putLoad(leader);
    await sleep(40_000);
    await record('one-member', 'One healthy member');
  });
}
