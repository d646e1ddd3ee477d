import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { tempDir } from '../test/harness/temp.ts';
import { atMost, type Measurement, type Row } from './measurement.ts';
import { type Cost, startPractice } from './parts/practice.ts';
import { cli } from './parts/server.ts';

const SIZES = [10, 200, 5_000] as const;
const runs = [
  { runbook: 'node-not-ready', world: 'kubelet-stopped', target: 'node/worker-3' },
  { runbook: 'etcd-heartbeat', world: 'etcd-slow-disk', target: 'component/etcd' },
] as const;

interface Sample extends Cost {
  readonly runbook: string;
  readonly nodes: number;
  readonly elapsedMs: number;
}

export const cost: Measurement = {
  id: 'cost',
  title: `What one run costs with ${SIZES.map((size) => size.toLocaleString('en-US')).join(', ')} nodes, in the practice cluster`,
  needs: [],
  async run({ say }) {
    const samples: Sample[] = [];
    for (const nodes of SIZES) {
      await using practice = await startPractice({ nodes, podsPerNode: 15 });
      await using folder = await tempDir('bench-cost');
      const config = join(folder.path, 'nightshift.yaml');
      const { kubeconfig, prometheusUrl } = practice;
      const cluster = { name: 'bench', kubernetes: { kubeconfig }, prometheus: { url: prometheusUrl } };
      await writeFile(config, stringify({ clusters: [cluster] }));
      for (const { runbook, world, target } of runs) {
        say(`${runbook} with ${nodes} nodes`);
        await practice.setWorld(world);
        const before = await practice.cost();
        const elapsedMs = await investigate(runbook, target, config, folder.path);
        samples.push({ runbook, nodes, elapsedMs, ...difference(await practice.cost(), before) });
      }
    }
    return {
      rows: runs.flatMap(({ runbook }) => rowsOf(samples.filter((one) => one.runbook === runbook))),
      figures: { samples },
    };
  },
};

/** `nightshift investigate`; exit code 1 says that a cause is confirmed. Gives the time the run took, in ms. */
async function investigate(runbook: string, target: string, config: string, cwd: string): Promise<number> {
  const words = [cli, '--config', config, 'investigate', runbook, '--target', target, '--json'];
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, words, { cwd, maxBuffer: 64 * 1024 * 1024 }, (failure, out, errors) =>
      failure && failure.code !== 1 ? reject(new Error(errors)) : resolve(out),
    );
  });
  return (JSON.parse(stdout) as { cost: { elapsedMs: number } }).cost.elapsedMs;
}

function difference(after: Cost, before: Cost): Cost {
  return {
    kubernetesCalls: after.kubernetesCalls - before.kubernetesCalls,
    prometheusQueries: after.prometheusQueries - before.prometheusQueries,
    bytes: after.bytes - before.bytes,
  };
}

/** More than the digits of larger numbers would be growth. */
const FLAT = 1.1;

function rowsOf(samples: readonly Sample[]): Row[] {
  const [smallest] = samples;
  const largest = samples.at(-1);
  if (!smallest || !largest) return [];
  const each = (get: (sample: Sample) => number) => samples.map((one) => get(one).toLocaleString('en-US')).join(', ');
  return [
    atMost(Math.max(...samples.map(({ kubernetesCalls }) => kubernetesCalls)), 25, '', {
      what: `${smallest.runbook}: Kubernetes calls`,
      note: `${each(({ kubernetesCalls }) => kubernetesCalls)}; Prometheus queries ${each(({ prometheusQueries }) => prometheusQueries)}; run ${each(({ elapsedMs }) => elapsedMs)} ms`,
    }),
    atMost(Math.max(...samples.map(({ bytes }) => bytes)) / 1000, 1_000, 'KB', {
      what: '… bytes of all answers, Prometheus included',
      note: `${each(({ bytes }) => bytes)} bytes`,
    }),
    atMost(largest.bytes / smallest.bytes, FLAT, '×', {
      what: `… with ${largest.nodes.toLocaleString('en-US')} nodes, compared with ${smallest.nodes}`,
      note: 'bytes; flat means no more than a tenth',
    }),
  ];
}
