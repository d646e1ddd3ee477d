import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentAccount } from '../engine/accounts.ts';
import { tempDir } from '../test/harness/temp.ts';
import { all, atLeast, atMost, type Measurement, told } from './measurement.ts';
import { kubeletDown, nodeNotReady, webhookOf } from './parts/alerts.ts';
import { type Arrival, arrivalOf } from './parts/arrival.ts';
import { type Channel, openChannel } from './parts/channel.ts';
import { type ByHand, byHand } from './parts/kubectl.ts';
import type { Lab } from './parts/lab.ts';
import { type Server, startServer } from './parts/server.ts';
import { median, percentile, spread } from './statistics.ts';

/** A fourth incident within a minute would begin a storm and share a card, so every server is new and gets three. */
const ROUNDS = 10;
const PER_ROUND = 3;

interface Sample extends Arrival {
  /** The first alert after a start: no connection is open yet and nothing is compiled. */
  readonly cold: boolean;
  /** The alert names its node only by an address. */
  readonly byAddress: boolean;
  readonly handMs: number;
}

export const latency: Measurement = {
  id: 'latency',
  title: 'A node alert becomes a card and a diagnosis, on a real API server with 200 nodes and 3,000 pods',
  needs: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'prometheus', 'openssl', 'setpriv'],
  async run({ lab: startedLab, say, nodeArgs }) {
    const lab = await startedLab();
    await using channel = await openChannel();
    await using home = await tempDir('bench-kubectl');
    const hand = await byHand(lab.kubeconfig, home.path);
    await hand.lookAt('worker-1'); // fills kubectl's discovery cache
    const samples: Sample[] = [];
    const incidents: IncidentAccount[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      say(`round ${round + 1} of ${ROUNDS}`);
      await using server = await startServer({ ...lab, channel, nodeArgs });
      for (let index = 0; index < PER_ROUND; index += 1) {
        samples.push(await oneAlert(lab, channel, server, hand, round * PER_ROUND + index));
      }
      incidents.push(...(await server.accounts()).incidents);
    }
    return { rows: rowsOf(samples, incidents, hand.what), figures: { samples, reads: incidents.map(readsOf) } };
  },
};

async function oneAlert(lab: Lab, channel: Channel, server: Server, hand: ByHand, number: number): Promise<Sample> {
  const name = lab.silent[number % lab.silent.length] ?? '';
  // The last one of every second round.
  const byAddress = number % (2 * PER_ROUND) === 2 * PER_ROUND - 1;
  const address = lab.nodes.find((node) => node.name === name)?.address ?? '';
  const alert = byAddress ? kubeletDown(`${address}:10250`) : nodeNotReady(name);
  const arrival = await arrivalOf(channel, () => server.post(webhookOf([alert])));
  const handMs = await hand.lookAt(name);
  // Slack takes a message a second: the next alert finds a rested channel.
  await sleep(arrival.messages * 1_000);
  return { ...arrival, cold: number % PER_ROUND === 0, byAddress, handMs };
}

/** What none of the seven commands tells: for the log of a pod the API server asks the kubelet, after two other answers. */
const besides: ReadonlySet<string> = new Set(['kubeletAnswer']);

/** Milliseconds until the last answer that the commands have as well was there, and until the run was over. */
function readsOf({ report }: IncidentAccount): { readonly kubernetesMs: number; readonly runMs: number } {
  const answers = (report?.evidence ?? []).filter(({ id, source }) => source === 'Kubernetes' && !besides.has(id));
  const last = Math.max(...answers.map(({ asOf }) => Date.parse(asOf)));
  return { kubernetesMs: last - Date.parse(report?.startedAt ?? ''), runMs: report?.cost.elapsedMs ?? Number.NaN };
}

function rowsOf(samples: readonly Sample[], incidents: readonly IncidentAccount[], hand: string) {
  const pick = (get: (sample: Sample) => number, which: (sample: Sample) => boolean = () => true) =>
    samples.filter(which).map(get);
  const named = ({ byAddress }: Sample) => !byAddress;
  const [cards, verdicts, threads] = [
    pick(({ cardMs }) => cardMs, named),
    pick(({ verdictMs }) => verdictMs, named),
    pick(({ wholeMs }) => wholeMs, named),
  ];
  const reads = incidents.map(readsOf);
  const kubernetes = median(reads.map(({ kubernetesMs }) => kubernetesMs));
  const run = median(reads.map(({ runMs }) => runMs));
  const byHandMs = pick(({ handMs }) => handMs);
  const right = incidents.filter(({ report }) =>
    report?.causes.some(({ id, verdict }) => id === 'kubeletStopped' && verdict === 'confirmed'),
  );
  const beside = `${hand}: median ${Math.round(median(byHandMs))} ms, ${spread(byHandMs, 'ms')}`;
  return [
    atMost(median(cards), 100, 'ms', { what: 'Node alert → first card, median', note: spread(cards, 'ms') }),
    atMost(median(verdicts), 250, 'ms', { what: '… → card with the verdicts, median', note: spread(verdicts, 'ms') }),
    atMost(median(threads), 250, 'ms', {
      what: '… → all evidence in the thread, median',
      note: `${spread(threads, 'ms')}; p90 ${Math.round(percentile(threads, 0.9))} ms`,
    }),
    told(
      median(
        pick(
          ({ wholeMs }) => wholeMs,
          ({ cold }) => cold,
        ),
      ),
      'ms',
      {
        what: '… the same for the first alert after a start',
        note: 'no connection open, nothing compiled',
      },
    ),
    told(
      median(
        pick(
          ({ wholeMs }) => wholeMs,
          ({ byAddress }) => byAddress,
        ),
      ),
      'ms',
      {
        what: '… the same for an alert with an address only',
        note: `TargetDown with instance=ADDRESS:10250, ${samples.filter(({ byAddress }) => byAddress).length} of them`,
      },
    ),
    all(right.length, samples.length, { what: 'Diagnoses that name the stopped kubelet', note: 'the real cause' }),
    atLeast(median(byHandMs) / kubernetes, 10, '×', {
      what: 'The same Kubernetes evidence by kubectl takes',
      note: `ours ${kubernetes} ms; ${beside}`,
    }),
    told(median(byHandMs) / run, '×', {
      what: '… compared with our whole run, Prometheus included',
      note: `ours ${run} ms`,
    }),
  ];
}
