import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tempDir } from '../test/harness/temp.ts';
import { atMost, type Measurement, told } from './measurement.ts';
import { type Memory, memoryOf, root } from './parts/server.ts';
import { median, spread } from './statistics.ts';

const ROUNDS = 5;
/** The practice incident of a first start is over by then. */
const IDLE_AFTER_MS = 10_000;
const READY_WITHIN_SECONDS = 3;

interface Sample {
  readonly readyMs: number;
  readonly memory: Memory;
}

export const start: Measurement = {
  id: 'start',
  title: 'npm start on a fresh data directory: practice cluster, console and one practice incident',
  needs: [],
  async run({ say }) {
    const samples: Sample[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      say(`round ${round + 1} of ${ROUNDS}`);
      samples.push(await startedOnce(round === ROUNDS - 1 ? IDLE_AFTER_MS : 0));
    }
    const seconds = samples.map(({ readyMs }) => readyMs / 1000);
    const idle = samples.at(-1)?.memory ?? { now: Number.NaN, peak: Number.NaN };
    return {
      rows: [
        atMost(median(seconds), READY_WITHIN_SECONDS, 's', {
          what: 'npm start → ready, median',
          note: spread(seconds, 's'),
        }),
        told(idle.now, 'MB', {
          what: 'Resident memory, idle',
          note: `${IDLE_AFTER_MS / 1000} s later; the most there was: ${Math.round(idle.peak)} MB. After a storm: see there`,
        }),
      ],
      figures: { samples },
    };
  },
};

async function startedOnce(idleMs: number): Promise<Sample> {
  await using data = await tempDir('bench-start');
  const env = { ...process.env, PORT: '0', NIGHTSHIFT_DATA: data.path, NIGHTSHIFT_CONFIG: undefined };
  const began = performance.now();
  const child = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const gone = once(child, 'exit');
  try {
    await readyLine(child.stdout, gone);
    const readyMs = performance.now() - began;
    await sleep(idleMs);
    return { readyMs, memory: memoryOf(serverBelow(child.pid ?? 0)) };
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGTERM'); // npm, its shell and the server
    await gone;
    await allGone(child.pid ?? 0);
  }
}

/** npm does not wait for the server, which still writes: its data may go when it is gone. */
async function allGone(group: number): Promise<void> {
  try {
    for (;;) {
      process.kill(-group, 0);
      await sleep(50);
    }
  } catch {
    // Nobody of that group is left.
  }
}

async function readyLine(output: NodeJS.ReadableStream, gone: Promise<unknown>): Promise<void> {
  const ready = Promise.withResolvers<void>();
  let text = '';
  output.on('data', (chunk: Buffer) => {
    text += chunk;
    if (text.includes('is ready: ')) ready.resolve();
  });
  gone.then(() => ready.reject(new Error(`npm start ended: ${text}`)));
  await ready.promise;
}

/** The last of the chain npm → shell → node. */
function serverBelow(pid: number): number {
  const children = readFileSync(join('/proc', String(pid), 'task', String(pid), 'children'), 'utf8').trim();
  const [child] = children.split(' ').filter(Boolean);
  return child === undefined ? pid : serverBelow(Number(child));
}
