import { startedAt } from '../crash-loop.ts';
import type { Facts } from '../facts.ts';
import { type Asking, isolationsOf, type NoisyClient } from '../noisy-client.ts';
import { podsEverOf } from '../placement.ts';
import { app } from '../workloads.ts';
import type { World } from '../world.ts';

const BEGAN_SECONDS_AGO = 900;
const ON = ['worker-1', 'worker-2', 'worker-3'];

/** Looks for secrets in environment variables. Its present version lists all pods of the cluster, without a pause. */
const scanner = app('security', 'scanner', {
  image: 'registry.example/security/scanner:v13',
  replicas: ON.length,
  rolledOutSecondsAgo: BEGAN_SECONDS_AGO,
});
const client: Omit<NoisyClient, 'turns'> = {
  user: 'system:serviceaccount:security:default',
  verb: 'list',
  resource: 'pods',
};
/** What each of its pods asks, a second. */
const PER_POD = 90;

/**
 * One client fills the priority level of all ServiceAccounts. Evicted pods are replaced and go on; a restart would only
 * add the lists of everybody else. A level of its own keeps it from the others, and scaled to zero it is quiet.
 */
export const noisyFlow: World = {
  id: 'noisy-flow',
  title: 'A client that asks too much',
  description: 'The API server answers 429, also to those who ask little',
  runbook: 'api-429',
  target: 'component/kube-apiserver',
  expect: ['noisyFlow'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts) => scanning({ ...facts, guests: [{ workload: scanner, on: ON }] }),
  react: scanning,
  byHand: 'have the scanner watch the pods instead of listing them again and again',
  byHandFix: 'calmClient',
  alerts: () => [
    {
      labels: {
        alertname: 'ApiFlowSchemaRejections',
        flow_schema: 'service-accounts',
        priority_level: 'workload-low',
        reason: 'queue-full',
        prometheus: 'monitoring/kube-prometheus-stack-prometheus',
        severity: 'warning',
      },
      annotations: { summary: 'flow schema service-accounts rejects requests (queue-full)' },
      expr: 'sum by (cluster, flow_schema, priority_level, reason) (rate(apiserver_flowcontrol_rejected_requests_total{job="apiserver"}[5m])) > 0.5',
      afterSeconds: 200,
    },
  ],
  slow: [
    { asks: /etcd_request_duration/, delayMs: 900 },
    { asks: /admission_webhook/, delayMs: 1_500 },
  ],
};

/** As much as its pods ask that run the present version, under whichever flow schema its requests fall. */
function scanning(facts: Facts): Facts {
  const { mendedAt = Number.POSITIVE_INFINITY } = facts;
  const stints = podsEverOf(facts, scanner)
    .filter(({ life }) => (life?.revision.image ?? scanner.image) === scanner.image)
    .map((pod) => ({ from: startedAt(pod), until: Math.min(pod.life?.goneAt ?? Number.POSITIVE_INFINITY, mendedAt) }));
  const isolations = isolationsOf(facts, client.user);
  const moments = [...stints, ...isolations].flatMap(({ from, until }) => [from, until]).filter(Number.isFinite);
  const turns = [...new Set(moments)]
    .sort((a, b) => a - b)
    .map((at): Asking => {
      const running = stints.filter(({ from, until }) => at >= from && at < until).length;
      const isolation = isolations.find(({ from, until }) => at >= from && at < until);
      return { at, perSecond: running * PER_POD, ...(isolation ? { isolatedIn: isolation.name } : {}) };
    });
  return { ...facts, noisyClient: { ...client, turns } };
}
