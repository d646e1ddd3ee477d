import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Tallies } from '../tallies.ts';

export interface FunctionMetrics extends Tallies {
  readonly failures: { inc(): void };
  /** A setting, a secret, or what it leads to cannot be used; the log says which, and what to do. */
  readonly misconfigured: { inc(by?: number): void };
  /** Signed as Slack signs, now, and not with our signing secret: which of the two is wrong nobody else would say. */
  readonly pressesUnauthorized: { inc(): void };
  readonly repairs: { inc(by: number): void };
  /** Writes down what was counted since. Once for each event, when it is done. */
  flush(): void;
}

/**
 * Counts in CloudWatch's Embedded Metric Format: one line of the log, no request. CloudWatch asks $0.30 a month for each
 * metric (by the hour in which it was counted), so only what an alarm or a graph needs is one; the rest stands beside
 * them in the same line, to be searched for.
 */
export function functionMetrics(service: string): FunctionMetrics {
  const metrics = new Metrics({ namespace: 'Nightshift', serviceName: service });
  const beside = new Map<string, number>();
  const count = (name: string, by = 1) => void metrics.addMetric(name, 'Count', by);
  const note = (name: string, by = 1) => void beside.set(name, (beside.get(name) ?? 0) + by);
  return {
    alerts: { inc: ({ outcome }, by) => count(`Alerts${capitals(outcome)}`, by) },
    webhooks: { inc: ({ outcome }, by) => count(`Webhooks${capitals(outcome)}`, by) },
    executions: { inc: ({ outcome }, by) => count(`Executions${capitals(outcome)}`, by) },
    failures: { inc: () => count('MessagesFailed') },
    misconfigured: { inc: (by) => count('Misconfigured', by) },
    pressesUnauthorized: { inc: () => count('PressesUnauthorized') },
    repairs: { inc: (by) => count('Repairs', by) },
    investigationSeconds: {
      observe: ({ runbook }, seconds) => {
        metrics.addMetric('InvestigationSeconds', 'Seconds', seconds);
        note(`investigated_${runbook}`);
      },
    },
    verdicts: { inc: ({ runbook, verdict }, by) => note(`verdict_${runbook}_${verdict}`, by) },
    kubernetesCalls: { inc: (by) => note('kubernetes_calls', by) },
    remediations: { inc: ({ step }, by) => note(`remediation_${step}`, by) },
    messages: { inc: ({ kind }, by) => note(`announced_${kind}`, by) },
    flush() {
      if (!metrics.hasStoredMetrics()) return;
      for (const [name, value] of beside) metrics.addMetadata(name, String(value));
      beside.clear();
      metrics.publishStoredMetrics();
    },
  };
}

/** `not-stored` → `NotStored` */
function capitals(words: string): string {
  return words.replace(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
