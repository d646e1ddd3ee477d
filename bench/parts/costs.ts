import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalCounts } from '../../functions/lambda/local/counts.ts';
import type { Stack } from '../../functions/lambda/local/stack.ts';
import { functionNames } from '../../functions/lambda/needs.ts';
import type { Priced, Used } from './prices.ts';
import { root } from './server.ts';

const MONTH_S = 730 * 3_600;
/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html: so many at once, each for as long as SQS lets it wait. */
const POLLERS_PER_QUEUE = 5;
const POLL_S = 20;
/** START, END and REPORT, which Lambda writes for each event, and a line of metrics. */
const LOG_BYTES_PER_EVENT = 700;

/** What one incident uses. */
export function incidentCosts(counts: LocalCounts, { memoryMb }: Stack): readonly Used[] {
  const { dynamodb, dynamodbUnits, sqs, polling, secretsManager, functions } = counts;
  const ran = functionNames.map((name) => functions[name]);
  const events = sum(ran.map((one) => one.events));
  const asked = functions.alerts.events + functions.slack.events;
  const handed = functions.investigate.events + functions.announce.events + functions.remediate.events;
  const writes = dynamodbUnits.write + (dynamodb.UpdateItem ?? 0);
  return [
    used('tableWrites', writes, `${dynamodb.UpdateItem ?? 0} updates, their sizes, and the index of unsent messages`),
    used('tableReads', dynamodbUnits.read, `${total(dynamodb) - (dynamodb.UpdateItem ?? 0)} requests`),
    used('queueRequests', total(sqs) + (polling.DeleteMessageBatch ?? 0) + handed, 'sent, hidden, received, deleted'),
    used('lambdaTime', gigabyteSeconds(sum(ran.map(({ busyMs }) => busyMs)), memoryMb), 'from event to answer, warm'),
    used('lambdaRequests', events, `${handed} batches, ${asked} HTTP requests`),
    used('httpRequests', asked, 'webhooks, clicks'),
    used('secretRequests', total(secretsManager), 'when they are five minutes old'),
    used('logs', events * LOG_BYTES_PER_EVENT, `about ${LOG_BYTES_PER_EVENT} bytes for each event`),
  ];
}

interface Ticks {
  readonly sweeps: number;
  readonly repairs: number;
}

/** What a month uses in which nothing happens. `idle` are so many ticks of either kind. */
export function idleCosts(
  { sweep, repair }: { readonly sweep: LocalCounts; readonly repair: LocalCounts },
  { sweeps, repairs }: Ticks,
  { memoryMb, functions }: Stack,
): readonly Used[] {
  const timesOf = (due: string) =>
    sum(
      functions.tick.schedules
        .filter(({ input }) => input.due === due)
        .map(({ everyMs }) => (MONTH_S * 1_000) / everyMs),
    );
  const checks = functionNames.flatMap((name) => functions[name].schedules.filter(({ input }) => 'check' in input));
  const checked = sum(checks.map(({ everyMs }) => (MONTH_S * 1_000) / everyMs));
  /** By what one tick of its kind used. */
  const byTicks = (get: (counts: LocalCounts) => number) =>
    (get(sweep) / sweeps) * timesOf('sweep') + (get(repair) / repairs) * timesOf('repair');
  const queues = functionNames.filter((name) => functions[name].source).length;
  const ticks = timesOf('sweep') + timesOf('repair');
  const busyMs = byTicks((counts) => counts.functions.tick.busyMs);
  return [
    used('alarms', alarms(), 'infra/aws/stack/alarms.yml'),
    used('queueRequests', (queues * POLLERS_PER_QUEUE * MONTH_S) / POLL_S, `Lambda waits at ${queues} queues`),
    used('secrets', 2, 'the token of alerts, and Slack; one more for each kubeconfig'),
    used('lambdaTime', gigabyteSeconds(busyMs, memoryMb), 'tick'),
    used('lambdaRequests', ticks + checked, 'tick, and the hourly look at the configuration'),
    used(
      'tableReads',
      byTicks(({ dynamodbUnits }) => dynamodbUnits.read),
      'tick, after 10,000 incidents that are over',
    ),
    used(
      'tableWrites',
      byTicks(({ dynamodbUnits }) => dynamodbUnits.write),
      'tick',
    ),
    used('secretRequests', checked * 2, 'the hourly look'),
    used('keyRequests', MONTH_S / 300, 'the key of the table'),
    used('logs', (ticks + checked) * LOG_BYTES_PER_EVENT, `about ${LOG_BYTES_PER_EVENT} bytes for each event`),
    used('storage', 0.1, 'some ten thousand incidents'),
    used('backup', 0.1, 'of the same'),
  ];
}

function alarms(): number {
  const text = readFileSync(join(root, 'infra/aws/stack/alarms.yml'), 'utf8');
  return text.match(/Type: AWS::CloudWatch::Alarm/g)?.length ?? 0;
}

function used(priced: Priced, amount: number, how: string): Used {
  return { priced, amount, how };
}

function gigabyteSeconds(ms: number, memoryMb: number): number {
  return (ms / 1_000) * (memoryMb / 1_024);
}

function total(requests: Readonly<Record<string, number>>): number {
  return sum(Object.values(requests));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
