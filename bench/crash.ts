import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from '../engine/accounts.ts';
import { all, atLeast, atMost, type Measurement, type Row } from './measurement.ts';
import { nodeNotReady, seenBy, webhookOf } from './parts/alerts.ts';
import { type Channel, type ChannelMessage, openChannel } from './parts/channel.ts';
import { startPractice } from './parts/practice.ts';
import { untilQuiet } from './parts/quiet.ts';
import { type Server, startServer } from './parts/server.ts';

const ALERTS = 20;
const KILL_AFTER_MS = 1_000;
const numbers = Array.from({ length: ALERTS }, (_, index) => index + 1);

const kinds = [
  {
    what: 'nodes, which fold into a storm',
    bodies: () => numbers.map((n) => webhookOf([nodeNotReady(`worker-${n}`)])),
  },
  {
    // A fourth node within a minute would begin a storm.
    what: 'three nodes, seen by several Prometheus',
    bodies: () => numbers.map((n) => webhookOf([seenBy(`monitoring/k8s-${n}`, nodeNotReady(`worker-${1 + (n % 3)}`))])),
  },
] as const;

export const crash: Measurement = {
  id: 'crash',
  title: `Killed (SIGKILL) ${KILL_AFTER_MS / 1000} s after it accepted ${ALERTS} alerts, and started again`,
  needs: ['setpriv'],
  async run({ say, nodeArgs }) {
    await using practice = await startPractice({ nodes: 200, podsPerNode: 15 });
    const rows: Row[] = [];
    const figures: Record<string, unknown> = {};
    for (const { what, bodies } of kinds) {
      say(what);
      await using channel = await openChannel();
      await using server = await startServer({ ...practice, channel, nodeArgs });
      const outcome = await killed(server, channel, bodies());
      rows.push(...rowsOf(what, outcome));
      figures[what] = { ...outcome, accounts: outcome.accounts.totals };
    }
    return { rows, figures };
  },
};

interface Killed {
  readonly accepted: number;
  /** Messages that stood in the channel when it was killed. */
  readonly before: number;
  readonly messages: readonly ChannelMessage[];
  readonly accounts: Accounts;
}

async function killed(server: Server, channel: Channel, bodies: readonly string[]): Promise<Killed> {
  const statuses = await Promise.all(bodies.map((body) => server.post(body)));
  await sleep(KILL_AFTER_MS);
  const before = channel.messages().length;
  const restartedAt = performance.now();
  await server.crashAndRestart();
  await untilQuiet(channel, restartedAt, { quietMs: 8_000, deadlineMs: 120_000 });
  const accepted = statuses.filter((status) => status === 200).length;
  return { accepted, before, messages: channel.messages(), accounts: await server.accounts() };
}

function rowsOf(what: string, { accepted, before, messages, accounts }: Killed): Row[] {
  const posted = new Set(accounts.incidents.filter((incident) => incident.posted).map(({ id }) => id));
  const alerts = accounts.webhooks.flatMap((webhook) => webhook.alerts);
  const delivered = alerts.filter(
    ({ outcome, incident }) => (outcome === 'posted' || outcome === 'joined') && posted.has(incident ?? ''),
  );
  const keys = messages.map(({ key }) => key);
  const cards = messages.filter(({ inThread }) => !inThread).length;
  return [
    all(delivered.length, accepted, {
      what: `Delivered of ${ALERTS} about ${what}`,
      note: `${accepted} accepted; ${cards} cards and ${messages.length - cards} thread messages, ${before} of them before the kill`,
    }),
    atMost(keys.length - new Set(keys).size, 0, '', { what: '… messages that came twice', note: '' }),
    atLeast(messages.length - before, 1, '', { what: '… messages that were still to be sent when it died', note: '' }),
  ];
}
