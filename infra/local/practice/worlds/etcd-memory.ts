import type { Facts } from '../facts.ts';
import { app } from '../workloads.ts';
import type { World, WorldAlert } from '../world.ts';

const BEGAN_SECONDS_AGO = 900;
/** It has done it for fifty minutes when etcd is full. */
const ROLLED_OUT_SECONDS_AGO = BEGAN_SECONDS_AGO + 3_000;

/** Writes a report of every pod. Its present version writes all of each report anew for every look. */
const reporter = app('governance', 'policy-reporter', {
  image: 'registry.example/governance/policy-reporter:v13',
  replicas: 1,
  rolledOutSecondsAgo: ROLLED_OUT_SECONDS_AGO,
});

/**
 * Somebody gave etcd a memory limit of 512 MiB, a quarter of what its database may grow to, and a controller made it grow.
 * Nobody is killed: all members wait for memory, what etcd has to answer is answered by nobody, and those who wait fill the
 * seats of the API servers. Nothing can be written, so no fix of the API can help or harm; a restarted API server asks the
 * same etcd. A higher limit in the manifests ends it.
 *
 * Simplified: whoever asks gets the slow end of it (`kubernetes/stalled.ts`), the 429s of others are seen in the metrics alone;
 * schedulers and controller managers, which end themselves for want of their lease, do so in the metrics but not in the
 * restarts of their pods; and no node turns Unknown afterwards, whose grace period begins anew.
 */
export const etcdMemory: World = {
  id: 'etcd-memory',
  title: 'etcd at its memory limit',
  description: 'The API server answers 429, and 500 and 504 beside it; nothing can be written',
  runbook: 'api-429',
  target: 'component/kube-apiserver',
  expect: ['etcdAtMemoryLimit', 'etcdSlow'],
  gaps: ['pods', 'serverPods'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts, beganAt) => ({
    ...facts,
    guests: [{ workload: reporter, on: ['worker-1'] }],
    etcdStall: { from: beganAt },
  }),
  react: raised,
  byHand: 'raise the memory limit in etcd.yaml to 2Gi on every machine of the control plane',
  byHandFix: 'raiseMemory',
  alerts: () => [rejections, refusals],
  slow: [
    { asks: /etcd_request_duration/, delayMs: 900 },
    { asks: /admission_webhook/, delayMs: 1_500 },
  ],
};

function raised(facts: Facts): Facts {
  const { mendedAt, etcdStall } = facts;
  if (mendedAt === undefined || etcdStall === undefined) return facts;
  return { ...facts, etcdStall: { ...etcdStall, raisedAt: mendedAt } };
}

const prometheus = 'monitoring/kube-prometheus-stack-prometheus';

const rejections: WorldAlert = {
  labels: {
    alertname: 'ApiFlowSchemaRejections',
    flow_schema: 'service-accounts',
    priority_level: 'workload-low',
    reason: 'queue-full',
    prometheus,
    severity: 'warning',
  },
  annotations: { summary: 'flow schema service-accounts rejects requests (queue-full)' },
  expr: 'sum by (cluster, flow_schema, priority_level, reason) (rate(apiserver_flowcontrol_rejected_requests_total{job="apiserver"}[5m])) > 0.5',
  afterSeconds: 285,
};

const answered429 = 'rate(apiserver_request_total{job="apiserver", code="429", subresource!="eviction"}[5m])';

const refusals: WorldAlert = {
  labels: { alertname: 'ApiServer429RateHigh', prometheus, severity: 'warning' },
  annotations: { summary: '27% of API requests are rejected with 429' },
  expr: `sum by (cluster) (${answered429}) / sum by (cluster) (rate(apiserver_request_total{job="apiserver"}[5m])) > 0.01 and sum by (cluster) (${answered429}) > 1`,
  afterSeconds: 300,
};
