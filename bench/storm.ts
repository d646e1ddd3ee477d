import { setTimeout as sleep } from 'node:timers/promises';
import { all, atMost, type Measurement, type Row, told } from './measurement.ts';
import { nodeNotReady, podCrashLooping, webhookOf } from './parts/alerts.ts';
import { openChannel } from './parts/channel.ts';
import type { Lab } from './parts/lab.ts';
import { type Server, startServer } from './parts/server.ts';
import { percentile, spread } from './statistics.ts';

const ALERTS = 1_000;
const WITHIN_MS = 10_000;
const ACCOUNTED_WITHIN_MS = 30_000;
/** Slack's pace leaves edits of the card waiting after the last alert is accounted for. */
const SETTLE_MS = 15_000;

export const storm: Measurement = {
  id: 'storm',
  title: `A storm: ${ALERTS} distinct node and pod alerts in ${WITHIN_MS / 1000} s, on the real control plane`,
  needs: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'prometheus', 'openssl', 'setpriv'],
  async run({ lab: startedLab, say, nodeArgs }) {
    const lab = await startedLab();
    await using channel = await openChannel();
    await using server = await startServer({ ...lab, channel, nodeArgs });
    await server.post(webhookOf([{ labels: { alertname: 'Watchdog' }, annotations: {}, expr: 'vector(1)' }]));
    const before = server.memory();
    const callsBefore = await lab.kubernetesCalls();
    say('sending');
    const sent = await sendAll(server, bodiesOf(lab));
    say('waiting until all are accounted for');
    const accountedMs = await untilAccounted(server, sent.endedAt);
    await sleep(SETTLE_MS);
    const figures = {
      ...sent,
      accountedMs,
      totals: (await server.accounts()).totals.alerts,
      kubernetesCalls: (await lab.kubernetesCalls()) - callsBefore,
      channel: channel.messages().filter(({ inThread }) => !inThread).length,
      threads: channel.messages().filter(({ inThread }) => inThread).length,
      memory: { before: before.now, after: server.memory().now, peak: server.memory().peak },
    };
    return { rows: rowsOf(figures), figures };
  },
};

/** Every node once, and as many pods: a zone goes down. */
function bodiesOf({ nodes, pods }: Lab): readonly string[] {
  const step = Math.floor(pods / (ALERTS - nodes.length));
  const ofNodes = nodes.map(({ name }) => nodeNotReady(name));
  const ofPods = Array.from({ length: ALERTS - nodes.length }, (_, index) => {
    const number = index * step;
    return podCrashLooping('shop', `app-${number % 60}-${number}`);
  });
  const mixed = ofPods.flatMap((pod, index) => {
    const node = index % 4 === 0 ? ofNodes[index / 4] : undefined;
    return node ? [node, pod] : [pod];
  });
  return mixed.map((alert) => webhookOf([alert]));
}

interface Sent {
  readonly statuses: Readonly<Record<string, number>>;
  /** Of each request, from the moment it was due: a sender that is held up does not hide the delay. */
  readonly answeredMs: readonly number[];
  readonly endedAt: number;
}

/** An open loop: each request goes out at its time, whether or not the ones before it were answered. */
async function sendAll(server: Server, bodies: readonly string[]): Promise<Sent> {
  const began = performance.now();
  const statuses: Record<string, number> = {};
  const answeredMs = await Promise.all(
    bodies.map(async (body, index) => {
      const due = (index * WITHIN_MS) / bodies.length;
      await sleep(due);
      const status = await server.post(body).catch(() => 'no answer');
      statuses[status] = (statuses[status] ?? 0) + 1;
      return performance.now() - began - due;
    }),
  );
  return { statuses, answeredMs, endedAt: performance.now() };
}

/** Milliseconds from the last answer until `nightshift incidents --json` shows no alert that is still pending. */
async function untilAccounted(server: Server, endedAt: number): Promise<number> {
  for (;;) {
    const totals = (await server.accounts()).totals.alerts;
    const elapsed = performance.now() - endedAt;
    if (totals.pending === undefined || elapsed > 4 * ACCOUNTED_WITHIN_MS) return elapsed;
    await sleep(500);
  }
}

function rowsOf(figures: {
  readonly statuses: Readonly<Record<string, number>>;
  readonly answeredMs: readonly number[];
  readonly accountedMs: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly kubernetesCalls: number;
  readonly channel: number;
  readonly threads: number;
  readonly memory: { readonly before: number; readonly after: number; readonly peak: number };
}): Row[] {
  const { statuses, answeredMs, accountedMs, totals, memory } = figures;
  const accounted = ['posted', 'joined'].reduce((sum, name) => sum + (totals[name] ?? 0), 0);
  return [
    all(statuses['200'] ?? 0, ALERTS, { what: 'Requests answered 200', note: JSON.stringify(statuses) }),
    atMost(percentile(answeredMs, 0.99), 1_000, 'ms', {
      what: '… p99',
      note: `median ${Math.round(percentile(answeredMs, 0.5))} ms; ${spread(answeredMs, 'ms')}`,
    }),
    all(accounted, ALERTS, { what: 'Alerts accounted for: posted or joined', note: JSON.stringify(totals) }),
    atMost(accountedMs / 1000, ACCOUNTED_WITHIN_MS / 1000, 's', {
      what: '… after the last request',
      note: 'by nightshift incidents --json, whose own run is in it',
    }),
    atMost(figures.channel, 10, '', {
      what: 'Messages in the channel',
      note: `and ${figures.threads} in their threads`,
    }),
    atMost(memory.peak, 250, 'MB', {
      what: 'Resident memory, the most there was',
      note: `${Math.round(memory.before)} MB before, ${Math.round(memory.after)} MB afterwards`,
    }),
    told(figures.kubernetesCalls / ALERTS, '', {
      what: 'Kubernetes calls per alert',
      note: `${figures.kubernetesCalls} in all, counted by the API server`,
    }),
  ];
}
