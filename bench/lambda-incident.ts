import * as z from 'zod';
import type { Incident } from '../engine/incident.ts';
import type { Plan } from '../engine/plan.ts';
import type { LocalCounts } from '../functions/lambda/local/counts.ts';
import { type LambdaLocal, startLambdaLocal } from '../functions/lambda/local/runner.ts';
import { readStack, type Stack } from '../functions/lambda/local/stack.ts';
import { functionNames } from '../functions/lambda/needs.ts';
import { practiceUsers } from '../infra/local/console/practice-users.ts';
import { until } from '../test/harness/until.ts';
import { atMost, type Measurement, told } from './measurement.ts';
import { money, writeCosts } from './parts/cost-page.ts';
import { incidentCosts } from './parts/costs.ts';
import { manyPlans, OTHERS_END, PLANS, ticksAmongMany } from './parts/month.ts';
import { personAt } from './parts/person.ts';
import { sumOf } from './parts/prices.ts';
import { root } from './parts/server.ts';

const WORLD = 'etcd-slow-disk';
const TIMES = 10_000;
const MOST_DOLLARS = 1;
/** The practice disk recovers within seconds; that it stays well is looked at for as long as the verb says. */
const VERIFIED_WITHIN_MS = 300_000;

const Metrics = z.object({
  _aws: z.object({ CloudWatchMetrics: z.array(z.object({ Metrics: z.array(z.object({ Name: z.string() })) })) }),
});

export const lambdaIncident: Measurement = {
  id: 'lambda-incident',
  title: `What one incident asks of AWS, and what ${TIMES.toLocaleString('en-US')} of them cost`,
  needs: [],
  async run({ say }) {
    say('packages the functions');
    await using local = await startLambdaLocal({ logLevel: 'info' });
    await manyPlans(local);
    await warmUp(local);
    const steps: string[] = [];
    const step = (words: string) => {
      steps.push(words);
      say(words);
    };
    await oneIncident(local, step);
    const counts = local.counts();
    say('and nothing happens');
    const stack = readStack(root);
    const incident = incidentCosts(counts, stack);
    const metrics = metricsOf(local);
    const { idle, month, plansDollars } = await ticksAmongMany(local, stack, TIMES);
    const many = sumOf(incident) * TIMES;
    const path = `The way: ${steps.join(' → ')} (practice world \`${WORLD}\`)`;
    const plans = { count: PLANS, dollars: plansDollars };
    await writeCosts({ incident, idle: month, plans, metrics: metrics.size, times: TIMES, path });
    return {
      rows: [
        atMost(many, MOST_DOLLARS, '$', {
          what: `${TIMES.toLocaleString('en-US')} incidents`,
          note: `${steps.join(' → ')}; nothing that is free is taken off; infra/aws/COST.md has every part`,
        }),
        ...countedRows(counts, stack),
        told(plansDollars, '$', {
          what: `… of it that the tick goes through ${PLANS.toLocaleString('en-US')} plans once a day`,
          note: 'plans are forgotten after 30 days; what a press reads of others is on the agenda',
        }),
        told(sumOf(month), '$', {
          what: `A month in which nothing happens, after ${TIMES.toLocaleString('en-US')} incidents`,
          note: `of it ${money(sumOf(month.filter(({ priced }) => priced === 'alarms')))} alarms`,
        }),
      ],
      figures: { counts, idle, incident, month, plans, metrics: [...metrics] },
    };
  },
};

function countedRows(counts: LocalCounts, { memoryMb }: Stack) {
  const sum = (requests: Readonly<Record<string, number>>) => Object.values(requests).reduce((a, b) => a + b, 0);
  const each = (requests: Readonly<Record<string, number>>) =>
    Object.entries(requests)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const ran = functionNames
    .map((name) => [name, counts.functions[name]] as const)
    .filter(([, { events }]) => events > 0);
  const busyMs = ran.reduce((total, [, { busyMs: ms }]) => total + ms, 0);
  const handed = Object.fromEntries(Object.entries(counts.messages).map(([name, { handed: count }]) => [name, count]));
  return [
    told(sum(counts.dynamodb), '', { what: '… requests to DynamoDB', note: each(counts.dynamodb) }),
    told(counts.dynamodbUnits.write, '', {
      what: '… units written',
      note: `and ${counts.dynamodbUnits.read} read; by the emulator, without the index`,
    }),
    told(sum(counts.sqs) + sum(counts.polling), '', {
      what: '… requests to SQS',
      note: `functions: ${each(counts.sqs)}; pollers: ${each(counts.polling)}, of which those that wait are idle costs`,
    }),
    told(sum(handed), '', { what: '… messages handed to functions', note: each(handed) }),
    told((busyMs / 1_000) * (memoryMb / 1_024), '', {
      what: '… GB-seconds',
      note: ran.map(([name, { events, busyMs: ms }]) => `${name} ${events} × ${Math.round(ms / events)} ms`).join(', '),
    }),
  ];
}

/** What CloudWatch was told of. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function metricsOf(local: LambdaLocal): ReadonlySet<string> {
  const lines = functionNames
    .flatMap((name) => local.function(name).logged())
    .map((line) => Metrics.safeParse(line).data);
  const told = lines.flatMap((line) => line?._aws.CloudWatchMetrics ?? []);
  return new Set(told.flatMap(({ Metrics: metrics }) => metrics.map(({ Name }) => Name)));
}

/** One process of each function has its cold start behind it, as it has when something happens every few minutes. */
async function warmUp(local: LambdaLocal): Promise<void> {
  const events = functionNames.map(
    (name) => [name, name === 'tick' ? { due: 'sweep' } : { check: 'configuration' }] as const,
  );
  await Promise.all(events.map(([name, event]) => local.function(name).invoke(event)));
  await local.settled();
  local.resetCounts();
}

async function oneIncident(local: LambdaLocal, step: (words: string) => void): Promise<void> {
  const requester = personAt(local.url, practiceUsers.requester);
  const approver = personAt(local.url, practiceUsers.approver);
  const { store } = local.place;
  const plan = (fits: (plan: Plan) => boolean, deadlineMs = 60_000) =>
    until(
      'the plan',
      async () => (await store.list<Plan>('plans', { after: OTHERS_END })).map(({ value }) => value).findLast(fits),
      { deadlineMs },
    );

  await local.drills.start(WORLD);
  step('alert');
  const card = await until('the card', () => requester.cardAbout('etcd'), { deadlineMs: 60_000 });
  await local.settled();
  step('card');
  // The first one offered ends the pod that floods the disk.
  await requester.press(/^fix$/, { on: card });
  await plan(() => true);
  await requester.submit();
  await plan(({ state }) => state === 'requested');
  step('plan');
  await approver.press(/^approve$/, { under: card });
  await plan(({ approvals }) => approvals.length > 0);
  step('approval');
  const { state, because } = await plan(
    (one) => !['requested', 'approved', 'executing'].includes(one.state),
    VERIFIED_WITHIN_MS,
  );
  if (state !== 'applied') throw new Error(`the plan is ${state}: ${because}`);
  step('applied');
  const isOver = ({ verification }: Plan) => verification !== undefined && verification.verdict !== 'waiting';
  const { verification } = await plan(isOver, VERIFIED_WITHIN_MS);
  if (verification?.verdict !== 'fixed') throw new Error(`verified: ${verification?.verdict}, ${verification?.reason}`);
  step('verified');
  await post(local, resolved(local.practice.alertFor(WORLD)));
  await until(
    'the incident to close',
    async () => (await store.list<Incident>('closed')).length + (await isClosed(store)),
    { deadlineMs: VERIFIED_WITHIN_MS },
  );
  await local.settled();
  step('resolved');
}

async function isClosed(store: LambdaLocal['place']['store']): Promise<number> {
  return (await store.list<Incident>('incidents')).filter(({ value }) => value.closedAt !== undefined).length;
}

function resolved(webhook: Record<string, unknown>) {
  const alerts = (webhook.alerts as readonly object[]).map((alert) => ({
    ...alert,
    status: 'resolved',
    endsAt: new Date().toISOString(),
  }));
  return { ...webhook, status: 'resolved', alerts };
}

async function post(local: LambdaLocal, webhook: unknown): Promise<void> {
  const { status } = await fetch(`${local.url}/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${local.token}` },
    body: JSON.stringify(webhook),
  });
  if (status !== 200) throw new Error(`the resolved alert was answered ${status}`);
}
