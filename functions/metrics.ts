import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Queue, queueNames } from '../engine/ports.ts';

/** What Prometheus can ask Nightshift about itself. Names follow https://prometheus.io/docs/practices/naming/. */
export interface Metrics {
  readonly registry: Registry;
  readonly alerts: Counter<'outcome'>;
  readonly webhooks: Counter<'outcome'>;
  readonly investigationSeconds: Histogram<'runbook'>;
  readonly verdicts: Counter<'runbook' | 'verdict'>;
  readonly kubernetesCalls: Counter;
  readonly failures: Counter<'queue'>;
  readonly messages: Counter<'kind'>;
}

export function createMetrics(queue: Queue): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const metrics: Metrics = {
    registry,
    alerts: new Counter({
      name: 'nightshift_alerts_total',
      help: 'Alerts by what became of them',
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
    failures: new Counter({
      name: 'nightshift_message_failures_total',
      help: 'Queue messages that failed and will be tried again',
      labelNames: ['queue'],
      registers,
    }),
    messages: new Counter({
      name: 'nightshift_chat_messages_total',
      help: 'Cards and thread messages brought up to date in the channel',
      labelNames: ['kind'],
      registers,
    }),
  };
  watchQueues(queue, registers);
  return metrics;
}

function watchQueues(queue: Queue, registers: Registry[]): void {
  const labelNames = ['queue'] as const;
  const waiting = new Gauge({ name: 'nightshift_queue_messages', help: 'Messages that wait', labelNames, registers });
  const inFlight = new Gauge({
    name: 'nightshift_queue_in_flight_messages',
    help: 'Messages being worked on',
    labelNames,
    registers,
  });
  const dead = new Gauge({
    name: 'nightshift_queue_dead_letters',
    help: 'Messages given up after the last attempt',
    labelNames,
    registers,
  });
  new Gauge({
    name: 'nightshift_queue_oldest_message_age_seconds',
    help: 'Age of the oldest message that waits or is being worked on',
    labelNames,
    registers,
    async collect() {
      for (const name of queueNames) {
        const depth = await queue.depth(name);
        this.set({ queue: name }, depth.oldestAgeSeconds);
        waiting.set({ queue: name }, depth.waiting);
        inFlight.set({ queue: name }, depth.inFlight);
        dead.set({ queue: name }, depth.dead);
      }
    },
  });
}
