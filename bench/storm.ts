import { setTimeout as sleep } from 'node:timers/promises';
import { all, atMost, type Measurement, type Row, told } from './measurement.ts';
import { webhookOf } from './parts/alerts.ts';
import { openChannel } from './parts/channel.ts';
import { type Server, startServer } from './parts/server.ts';
import { ALERTS, bodiesOf, sendAll, WITHIN_MS } from './parts/storm-load.ts';
import { percentile, spread } from './statistics.ts';

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
