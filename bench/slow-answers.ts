import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, type Measurement, type Row, told } from './measurement.ts';
import { arrivalOf } from './parts/arrival.ts';
import { openChannel } from './parts/channel.ts';
import { startPractice } from './parts/practice.ts';
import { startServer } from './parts/server.ts';
import { median, spread } from './statistics.ts';

const LATENCY_MS = 20;
const ROUNDS = 5;
const worlds = ['kubelet-stopped', 'etcd-slow-disk'] as const;

interface Sample {
  readonly world: string;
  /** The slowest chain of reads, and the whole run, as the report has them. */
  readonly chainMs: number;
  readonly runMs: number;
  readonly verdictMs: number;
}

export const slowAnswers: Measurement = {
  id: 'slow-answers',
  title: `A diagnosis when every answer takes ${LATENCY_MS} ms longer, in the practice cluster`,
  needs: ['setpriv'],
  async run({ say, nodeArgs }) {
    await using practice = await startPractice({ nodes: 200, podsPerNode: 15, latencyMs: LATENCY_MS });
    await using channel = await openChannel();
    const samples: Sample[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      say(`round ${round + 1} of ${ROUNDS}`);
      await using server = await startServer({ ...practice, channel, nodeArgs });
      const arrivals = new Map<string, number>();
      for (const world of worlds) {
        await practice.setWorld(world);
        const body = await practice.alertFor(world);
        const { verdictMs, messages } = await arrivalOf(channel, () => server.post(body));
        arrivals.set(world, verdictMs);
        await sleep(messages * 1_000); // Slack takes a message a second
      }
      for (const { runbook, report } of (await server.accounts()).incidents) {
        const world = runbook === 'etcd-heartbeat' ? 'etcd-slow-disk' : 'kubelet-stopped';
        const { slowestChainMs: chainMs, elapsedMs: runMs } = report?.cost ?? { slowestChainMs: NaN, elapsedMs: NaN };
        samples.push({ world, chainMs, runMs, verdictMs: arrivals.get(world) ?? Number.NaN });
      }
    }
    return { rows: worlds.flatMap((world) => rowsOf(world, samples)), figures: { samples } };
  },
};

function rowsOf(world: string, all: readonly Sample[]): Row[] {
  const samples = all.filter((sample) => sample.world === world);
  const chain = median(samples.map(({ chainMs }) => chainMs));
  const verdicts = samples.map(({ verdictMs }) => verdictMs);
  const runs = samples.map(({ runMs }) => runMs);
  return [
    told(chain, 'ms', { what: `${world}: the slowest chain of reads`, note: 'as the report has it' }),
    atMost(median(verdicts), 1.2 * chain + 100, 'ms', {
      what: '… alert → card with the verdicts, median',
      note: `1.2 × the chain + 100 ms; ${spread(verdicts, 'ms')}, the run alone ${spread(runs, 'ms')}`,
    }),
  ];
}
