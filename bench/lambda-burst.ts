import { setTimeout as sleep } from 'node:timers/promises';
import { accounts } from '../engine/accounts.ts';
import { type LambdaLocal, startLambdaLocal } from '../functions/lambda/local/runner.ts';
import { all, type Measurement, type Row, told } from './measurement.ts';
import { bodiesOf } from './parts/storm-load.ts';
import { percentile } from './statistics.ts';

const ALERTS = 2_000;
const NODES = 200;
const PODS = 3_000;
/** Of a sender that does not wait for one answer before it sends the next request. */
const AT_ONCE = 50;
const SETTLED_WITHIN_MS = 900_000;

export const lambdaBurst: Measurement = {
  id: 'lambda-burst',
  title: `${ALERTS.toLocaleString('en-US')} alerts in one burst, through the packaged functions on emulators of AWS`,
  needs: [],
  async run({ say }) {
    say('packages the functions');
    const practice = { nodes: NODES, podsPerNode: PODS / NODES };
    await using local = await startLambdaLocal({ practice, logLevel: 'error' });
    const nodes = Array.from({ length: NODES }, (_, index) => ({ name: `worker-${index + 1}` }));
    const began = performance.now();
    say('sends');
    const { statuses, tookMs } = await sendAll(local, bodiesOf({ nodes, pods: PODS, alerts: ALERTS }));
    const sentMs = performance.now() - began;
    say(`answered after ${Math.round(sentMs)} ms, settles`);
    await local.settled({ withinMs: SETTLED_WITHIN_MS });
    const settledMs = performance.now() - began;
    await sleep(0);
    const { totals, incidents } = await accounts(local.place.store);
    const dead = (await local.place.queue.deadLetters()).length;
    const counts = local.counts();
    const { messages } = (await (await fetch(`${local.url}/console/messages`)).json()) as {
      readonly messages: unknown[];
    };
    return {
      rows: rowsOf({
        statuses,
        tookMs,
        sentMs,
        settledMs,
        totals: totals.alerts,
        counts,
        dead,
        cards: messages.length,
      }),
      figures: {
        statuses,
        sentMs,
        settledMs,
        totals,
        incidents: incidents.length,
        counts,
        dead,
        cards: messages.length,
      },
    };
  },
};

async function sendAll({ url, token }: LambdaLocal, bodies: readonly string[]) {
  const statuses: Record<string, number> = {};
  const tookMs: number[] = [];
  const left = [...bodies];
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const sender = async () => {
    for (let body = left.pop(); body !== undefined; body = left.pop()) {
      const began = performance.now();
      const { status } = await fetch(`${url}/alerts`, { method: 'POST', headers, body });
      tookMs.push(performance.now() - began);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return { statuses, tookMs };
}

function rowsOf({
  statuses,
  tookMs,
  sentMs,
  settledMs,
  totals,
  counts,
  dead,
  cards,
}: {
  readonly statuses: Readonly<Record<string, number>>;
  readonly tookMs: readonly number[];
  readonly sentMs: number;
  readonly settledMs: number;
  readonly totals: Readonly<Partial<Record<string, number>>>;
  readonly counts: ReturnType<LambdaLocal['counts']>;
  readonly dead: number;
  readonly cards: number;
}): Row[] {
  const accounted = (totals.posted ?? 0) + (totals.joined ?? 0);
  const handed = Object.entries(counts.messages).map(([name, { handed: count }]) => `${name} ${count}`);
  const messages = Object.values(counts.messages).reduce((sum, { handed: count }) => sum + count, 0);
  return [
    all(statuses['200'] ?? 0, ALERTS, {
      what: 'Requests answered 200',
      note: `${JSON.stringify(statuses)}; ${AT_ONCE} at once, all after ${(sentMs / 1_000).toFixed(1)} s; p99 ${Math.round(percentile(tookMs, 0.99))} ms`,
    }),
    all(accounted, ALERTS, { what: 'Alerts accounted for: posted or joined', note: JSON.stringify(totals) }),
    told(settledMs / 1_000, 's', { what: '… until nothing was left to do', note: `${dead} dead letters` }),
    told(messages, '', { what: 'Messages handed to functions', note: handed.join(', ') }),
    told(cards, '', { what: 'Cards in the channel', note: 'what folded into a storm has none of its own' }),
  ];
}
