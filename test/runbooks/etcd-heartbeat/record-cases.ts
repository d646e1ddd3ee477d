import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { tempDir } from '../../harness/temp.ts';
import { caseFile, textOf } from './write-cases.ts';

type Check = '[+]etcd ok' | '[-]etcd failed: reason withheld';
/** Without a check there was no Kubernetes API to ask. */
type Recorder = (name: string, about: string, check?: Check) => Promise<void>;

async function lab(
  options: EtcdOptions,
  run: (etcd: Etcd, leader: EtcdMember, record: Recorder, scrape: Scrape) => Promise<void>,
): Promise<void> {
  await using etcd = await startEtcd(options);
  await using folder = await tempDir('targets');
  const file = join(folder.path, 'etcd.json');
  const scrape: Scrape = async (members, scheme = 'http') => {
    const targets = members.map(({ clientUrl }) => new URL(clientUrl).host);
    writeFileSync(file, JSON.stringify([{ targets, labels: { __scheme__: scheme } }]));
    await sleep(2_000);
  };
  await scrape(etcd.members);
  const found = { job_name: 'etcd', file_sd_configs: [{ files: [file], refresh_interval: '1s' }] };
  await using prometheus = await startPrometheus({ scrapeConfigs: [found] });
  const record: Recorder = (name, about, check) => recordFrom(prometheus.url, name, about, check);
  await run(etcd, await etcd.leader(), record, scrape);
}

/** Whom Prometheus scrapes from now on, and how; it follows within two seconds. */
type Scrape = (members: readonly EtcdMember[], scheme?: 'http' | 'https') => Promise<void>;

/** etcd ran as no pod of any cluster. */
const noPods = { items: [] };
const noApi = { kind: 'not-configured', message: 'etcd alone was recorded, without a Kubernetes API' } as const;

async function recordFrom(url: string, name: string, about: string, check?: Check): Promise<void> {
  const prometheus = prometheusFrom({ url, version: 'recorder' });
  const reads: Case['reads'] = {};
  const now = new Date();
  const source: Source = {
    async read(request, limits) {
      const key = requestKey(request);
      if (request.verb === 'probe' && check !== undefined) {
        const failed = check.startsWith('[-]');
        const body = {
          status: failed ? 500 : 200,
          text: `[+]ping ok\n${check}\nreadyz check ${failed ? 'failed' : 'passed'}\n`,
        };
        reads[key] = { body };
        return { body, bytes: body.text.length, asked: '/readyz?verbose', asOf: now };
      }
      if (request.verb === 'list' && request.kind === 'Pod') {
        reads[key] = { body: noPods };
        return { body: noPods, bytes: 0, asked: key, asOf: now };
      }
      if (systemOf(request) === 'Kubernetes') {
        reads[key] = { failure: noApi };
        throw new ReadFailure(noApi.kind, noApi.message);
      }
      const answer = await prometheus.source.read(request, limits);
      reads[key] = { body: answer.body };
      return answer;
    },
  };
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

const labs: Readonly<Record<string, () => Promise<void>>> = {
  disk: () =>
    lab({ members: 3 }, async (_, leader, record) => {
      await using _load = putLoad(leader);
      await sleep(70_000);
      await record('healthy', 'Three healthy members under a light load', '[+]etcd ok');
      await using _disk = await slowDisk(leader.pid, 250);
      await sleep(70_000);
      await record('slow-disk', 'Every fdatasync of the leader takes 250 ms longer');
      await using _starved = starve(leader.pid);
      await sleep(70_000);
      await record('slow-disk-and-starved', 'The same, and the leader is stopped 350 ms of every 600 ms');
    }),
  starved: () =>
    lab({ members: 3 }, async (_, leader, record) => {
      await using _load = putLoad(leader);
      await sleep(10_000);
      await using _starved = starve(leader.pid);
      await sleep(70_000);
      await record('starved', 'The leader is stopped 350 ms of every 600 ms');
    }),
  network: () =>
    lab({ members: 3, peerDelayMs: 0 }, async (etcd, leader, record) => {
      await using _load = putLoad(leader);
      await sleep(10_000);
      etcd.setPeerDelayMs(200);
      await sleep(100_000);
      await record('slow-network', 'Every chunk between the members is delayed by 200 ms');
    }),
  space: () =>
    lab({ members: 3, quotaBytes: 16 * 1024 * 1024 }, async ({ members }, leader, record) => {
      for (let index = 0; index < 20; index += 1) await leader.put(`big/${index}`, 1_300_000).catch(() => undefined);
      await sleep(70_000);
      await record('no-space', 'A quota of 16 MiB, filled until etcd refuses writes');
      await leader.clear('big/');
      for (const member of members) await member.defragment();
      await using _load = putLoad(leader);
      await sleep(130_000);
      await record(
        'alarm-not-disarmed',
        'Then space was made, and the alarm was not disarmed: writes are still refused',
      );
    }),
  loss: () =>
    lab({ members: 3, ownPort: true }, async (etcd, leader, record) => {
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
    }),
  alone: () =>
    lab({ members: 1 }, async (_, leader, record) => {
      await using _load = putLoad(leader);
      await sleep(40_000);
      await record('one-member', 'One healthy member', '[+]etcd ok');
    }),
  replaced: () =>
    lab({ members: 3 }, async (etcd, leader, record, scrape) => {
      await using _load = putLoad(leader);
      await sleep(30_000);
      const [first, second] = await etcd.followers();
      if (first === undefined || second === undefined) throw new Error('there are no two followers');
      const fresh = await etcd.replace(first);
      await scrape([leader, second, fresh]);
      await sleep(150_000);
      await record(
        'member-replaced',
        'A follower was removed and another added: its peers still count the old one',
        '[+]etcd ok',
      );
      await scrape([leader, fresh]);
      second.freeze();
      await sleep(150_000);
      await record('stranger-stuck', 'And a follower that is no scrape target any more is held by SIGSTOP');
      second.thaw();
      await sleep(5_000);
      await second.stop();
      await sleep(30_000);
      await record('stranger-down', 'And then it has ended');
    }),
  scrapes: () =>
    lab({ members: 3 }, async (etcd, leader, record, scrape) => {
      await using _load = putLoad(leader);
      await sleep(60_000);
      await scrape(etcd.members, 'https');
      await sleep(15_000);
      await record('scrapes-refused', 'Three healthy members, scraped with the wrong scheme', '[+]etcd ok');
    }),
  frozen: () =>
    lab({ members: 3 }, async (etcd, leader, record) => {
      const load = putLoad(leader);
      await sleep(60_000);
      await load[Symbol.asyncDispose]();
      for (const member of etcd.members) member.freeze();
      await sleep(120_000);
      await record(
        'all-stuck',
        'All three members are held by SIGSTOP since two minutes',
        '[-]etcd failed: reason withheld',
      );
    }),
};

/**
 * Run as a program, it makes faults on a real etcd, scraped every second by a real Prometheus, and writes what they
 * answered as cases: twenty minutes on a quiet machine, less when only some labs are named. Look at every verdict it
 * prints before you keep the files.
 */
if (import.meta.main) {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : Object.keys(labs)) {
    const run = labs[name];
    if (run === undefined) throw new Error(`no lab is called ${name}: ${Object.keys(labs).join(', ')}`);
    await run();
  }
}
