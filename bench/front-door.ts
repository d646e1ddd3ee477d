import { atLeast, atMost, type Measurement, type Row, told } from './measurement.ts';
import { openChannel } from './parts/channel.ts';
import { type Load, startLoad } from './parts/load.ts';
import { type OwnProcess, startProcess } from './parts/own-process.ts';
import { startPractice } from './parts/practice.ts';
import { startServer } from './parts/server.ts';
import { median, spread } from './statistics.ts';

const ROUNDS = 5;
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 2;
const SECONDS = 5;

interface Round {
  readonly bare: Load;
  readonly ours: Load;
}

export const frontDoor: Measurement = {
  id: 'front-door',
  title: `The front door: a webhook of 5 KB, durable, from ${CONNECTIONS} connections, beside bare node:http`,
  needs: ['setpriv'],
  async run({ say, nodeArgs }) {
    await using practice = await startPractice({ nodes: 200, podsPerNode: 15 });
    await using channel = await openChannel();
    await using load = await startLoad();
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      say(`round ${round + 1} of ${ROUNDS}`);
      // New ones each time: what the last round left to be worked on is not on the clock of the next.
      await using bare = await startProcess<string>('bare-process.ts', {});
      const ofBare = await measured(load, bare.ready, '');
      await bare[Symbol.asyncDispose]();
      await using server = await startServer({ ...practice, channel, nodeArgs });
      rounds.push({ bare: ofBare, ours: await measured(load, server.url, server.token) });
    }
    return { rows: rowsOf(rounds, load.ready), figures: { rounds, bodyBytes: load.ready } };
  },
};

async function measured(load: OwnProcess<number>, url: string, token: string): Promise<Load> {
  const ask = (seconds: number) => load.ask<Load>({ url, token, connections: CONNECTIONS, seconds });
  await ask(WARM_UP_SECONDS);
  return ask(SECONDS);
}

function rowsOf(rounds: readonly Round[], bodyBytes: number): Row[] {
  const ours = rounds.map((round) => round.ours);
  const rates = ours.map(({ requestsPerSecond }) => requestsPerSecond);
  const bare = rounds.map((round) => round.bare.requestsPerSecond);
  const ratios = rounds.map((round) => round.ours.requestsPerSecond / round.bare.requestsPerSecond);
  const refused = ours.reduce((sum, load) => sum + load.refused, 0);
  return [
    told(median(rates), '/s', {
      what: `Requests of ${(bodyBytes / 1000).toFixed(1)} KB with four new alerts each`,
      note: `in such a rush stored unread, read afterwards; ${spread(rates, '/s')}, p99 ${median(ours.map(({ p99Ms }) => p99Ms))} ms`,
    }),
    atLeast(median(ratios), 0.5, '×', {
      what: '… compared with bare node:http',
      note: `which answers ${Math.round(median(bare))}/s (${spread(bare, '/s')}), p99 ${median(rounds.map((round) => round.bare.p99Ms))} ms; ratios ${spread(ratios, '')}`,
    }),
    atMost(refused, 0, '', { what: '… not answered 200', note: '' }),
  ];
}
