import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Queue, type QueueDepth, queueNames } from '../engine/ports.ts';

/** What Prometheus can ask Nightshift about itself. Names follow https://prometheus.io/docs/practices/naming/. */
export interface Metrics {
  readonly registry: Registry;
  /** In the words of `nightshift incidents`: posted, joined, suppressed, rejected. */
  readonly alerts: Counter<'outcome'>;
  readonly webhooks: Counter<'outcome'>;
  readonly investigationSeconds: Histogram<'runbook'>;
  readonly verdicts: Counter<'runbook' | 'verdict'>;
  readonly kubernetesCalls: Counter;
  readonly remediations: Counter<'step'>;
  readonly executions: Counter<'outcome'>;
  readonly failures: Counter<'queue'>;
  readonly messages: Counter<'kind'>;
}

/** Gauges of prom-client that are called as counters are; the same by kind (`nodejs_active_resources`) stay. */
const misnamed = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

/** `unreadBytes`: what an inbox in front of the store holds, where there is one. */
export function createMetrics(queue: Queue, unreadBytes?: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const registers = [registry];
  const metrics: Metrics = {
    registry,
    alerts: new Counter({
      name: 'nightshift_alerts_total',
      help: 'Alerts by what became of them: posted, joined, suppressed, rejected, or left out by Alertmanager (max_alerts; webhooks rejected whole are not in it)',
      labelNames: ['outcome'],
      registers,
    }),
    webhooks: new Counter({
      name: 'nightshift_webhooks_total',
      help: 'Requests to POST /alerts by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    investigationSeconds: new Histogram({
      name: 'nightshift_investigation_duration_seconds',
      help: 'Time one run of a runbook took',
      labelNames: ['runbook'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
      registers,
    }),
    verdicts: new Counter({
      name: 'nightshift_verdicts_total',
      help: 'Verdicts on causes',
      labelNames: ['runbook', 'verdict'],
      registers,
    }),
    kubernetesCalls: new Counter({
      name: 'nightshift_kubernetes_calls_total',
      help: 'Requests to Kubernetes API servers made by investigations',
      registers,
    }),
    remediations: new Counter({
      name: 'nightshift_remediation_steps_total',
      help: 'Wishes, decisions, executions and verifications worked on',
      labelNames: ['step'],
      registers,
    }),
    executions: new Counter({
      name: 'nightshift_executions_total',
      help: 'Executions of plans by how they ended',
      labelNames: ['outcome'],
      registers,
    }),
    failures: new Counter({
      name: 'nightshift_message_failures_total',
      help: 'Queue messages that failed and will be tried again',
      labelNames: ['queue'],
      registers,
    }),
    messages: new Counter({
      name: 'nightshift_chat_messages_total',
      help: 'Cards and thread messages brought up to date in the channel, and answers to one person (tell)',
      labelNames: ['kind'],
      registers,
    }),
  };
  watchQueues(queue, registers);
  if (unreadBytes) watchInbox(unreadBytes, registers);
  return metrics;
}

const queueGauges: readonly (readonly [name: string, help: string, read: (depth: QueueDepth) => number])[] = [
  ['nightshift_queue_messages', 'Messages that wait', ({ waiting }) => waiting],
  ['nightshift_queue_in_flight_messages', 'Messages being worked on', ({ inFlight }) => inFlight],
  ['nightshift_queue_dead_letters', 'Messages given up after the last attempt', ({ dead }) => dead],
  [
    'nightshift_queue_oldest_message_age_seconds',
    'For how long the oldest message that waits or is being worked on has been due',
    ({ oldestAgeSeconds }) => oldestAgeSeconds,
  ],
];

/** Read when Prometheus asks. */
function watchQueues(queue: Queue, registers: Registry[]): void {
  for (const [name, help, read] of queueGauges) {
    new Gauge({
      name,
      help,
      labelNames: ['queue'],
      registers,
      async collect() {
        for (const one of queueNames) this.set({ queue: one }, read(await queue.depth(one)));
      },
    });
  }
}

function watchInbox(unreadBytes: () => number, registers: Registry[]): void {
  new Gauge({
    name: 'nightshift_inbox_unread_bytes',
    help: 'Webhooks that were stored in a rush and wait to be read',
    registers,
    collect() {
      this.set(unreadBytes());
    },
  });
}
