import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { tempDir } from '../test/harness/temp.ts';
import { until } from '../test/harness/until.ts';
import { type Stage, startStage } from '../test/real/support/acting/stage.ts';
import { BUDGET, CROWD, FULL, GUARDED } from '../test/real/support/acting/world.ts';
import { type Measurement, type Row, told } from './measurement.ts';
import { kubectlVersion } from './parts/kubectl.ts';
import { median, spread } from './statistics.ts';

const ROUNDS = 5;
const PODS = CROWD + GUARDED;

interface Sample {
  readonly oursMs: number;
  readonly requests: number;
  readonly kubectlMs: number;
}

export const drain: Measurement = {
  id: 'drain',
  title: `A node with ${PODS} pods is drained, on a real API server`,
  needs: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'openssl', 'setpriv', 'kubectl'],
  async run({ say }) {
    say('starting a control plane, about 20 seconds');
    await using stage = await startStage();
    await using home = await tempDir('bench-kubectl');
    const { path: kubectl, version } = await kubectlVersion();
    const byKubectl = async () => {
      const words = ['--kubeconfig', stage.world.plane.kubeconfig, 'drain', FULL, '--ignore-daemonsets'];
      await promisify(execFile)(kubectl, words, { env: { HOME: home.path } });
    };
    const samples: Sample[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      say(round === 0 ? 'once to warm up' : `round ${round} of ${ROUNDS}`);
      const id = await prepared(stage);
      const oursMs = await untilEmpty(stage, async () => {
        const { state, because } = await stage.hands.approved(id);
        if (state !== 'applied') throw new Error(`${state}: ${because}`);
      });
      const requests = (await stage.hands.plan(id)).steps.length;
      await filled(stage);
      const kubectlMs = await untilEmpty(stage, byKubectl);
      if (round > 0) samples.push({ oursMs, requests, kubectlMs });
    }
    return { rows: rowsOf(samples, version), figures: { samples } };
  },
};

/** The node is full and nothing holds its pods. */
async function filled({ world }: Stage): Promise<void> {
  await world.fill();
  await world.setBudget(BUDGET, 0, 'guarded');
}

async function prepared(stage: Stage): Promise<string> {
  await filled(stage);
  return stage.hands.requested('drain');
}

/** From the approval, or the command, until no pod is left that it had to evict. */
async function untilEmpty({ world }: Stage, work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  await until('the node to be empty', async () => (await world.onFullNode()).length === 0, { everyMs: 10 });
  return performance.now() - began;
}

function rowsOf(samples: readonly Sample[], version: string): Row[] {
  const [ours, kubectl] = [samples.map(({ oursMs }) => oursMs), samples.map(({ kubectlMs }) => kubectlMs)];
  return [
    told(median(ours), 'ms', {
      what: 'Approved → the node is empty, median',
      note: `${spread(ours, 'ms')}; ${samples[0]?.requests} requests, each rehearsed first, with a ledger entry for each`,
    }),
    told(median(ours) / median(kubectl), '×', {
      what: '… compared with kubectl drain',
      note: `kubectl ${version} --ignore-daemonsets: median ${Math.round(median(kubectl))} ms, ${spread(kubectl, 'ms')}; it asks for all evictions at once, then looks each second whether they are gone`,
    }),
  ];
}
