import type { Card } from '../../../engine/card.ts';
import type { EvidenceReport } from '../../../engine/report.ts';

/** Cards as the engine makes them, for the tests of their rendering. */
export const lease: EvidenceReport = {
  id: 'lease',
  title: 'Lease of the kubelet',
  status: 'ok',
  source: 'Kubernetes',
  query: 'GET /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-3',
  asOf: '2026-11-21T02:45:10Z',
  value: { renewedSecondsAgo: 247 },
  shown: 'renewed 247 s ago',
  threshold: '40 s (lease duration)',
  thresholdSource: 'https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats',
  elapsedMs: 12,
};

export const load: EvidenceReport = {
  id: 'load',
  title: 'CPU pressure of the node',
  status: 'failed',
  source: 'Prometheus',
  query: 'rate(node_pressure_cpu_waiting_seconds_total{instance=~"worker-3(:\\\\d+)?"}[5m])',
  asOf: '2026-11-21T02:45:10Z',
  windowSeconds: 300,
  value: null,
  shown: 'connection refused',
  failure: 'unreachable',
  reason: 'Prometheus at http://prometheus:9090 refused the connection',
  remedy: 'check that Prometheus runs',
  elapsedMs: 3,
};

export const diagnosed: Card = {
  incident: '0a1b2c3d4e5f-1',
  state: 'diagnosed',
  title: 'Node worker-3: node is not ready',
  summary: 'The kubelet stopped or hangs. The lease was renewed 247 s ago (limit 40 s) while the machine answers.',
  cluster: 'prod-eu',
  target: 'Node worker-3',
  targetNote: 'label node=worker-3 names the Node',
  since: new Date('2026-11-21T02:41:00Z'),
  updatedAt: new Date('2026-11-21T02:45:11Z'),
  severity: 'critical',
  checklist: [],
  canLook: true,
  isBeside: false,
  likely: [
    {
      title: 'The kubelet stopped or hangs',
      reason: 'The lease was renewed 247 s ago (limit 40 s) while node-exporter on the same machine answers.',
    },
  ],
  ruledOut: [
    { title: 'The machine is down', reason: 'node-exporter answered 4 s ago' },
    { title: 'Many nodes at once', reason: '1 of 12 nodes is not ready (limit 3)' },
  ],
  open: [{ title: 'Resource pressure', reason: 'CPU pressure could not be seen' }],
  gaps: [
    {
      title: 'CPU pressure of the node',
      reason: 'Prometheus at http://prometheus:9090 refused the connection',
      remedy: 'check that Prometheus runs',
    },
  ],
  evidence: [lease, load],
  remedies: [
    {
      id: 'cordonNode',
      title: 'Cordon the node',
      cause: 'kubeletDown',
      risk: 'low',
      digest: 'f'.repeat(64),
      changes: [{ verb: 'cordon', node: 'worker-3' }],
      rehearsal: null,
    },
    { id: 'evictPod', title: 'Evict the noisy pod', cause: 'pressure', unavailable: 'no pod stands out' },
  ],
  manual: [
    {
      id: 'restartKubelet',
      title: 'Restart the kubelet on the machine',
      cause: 'kubeletDown',
      risk: 'medium',
      steps: [
        { kind: 'look', title: 'See why it stopped', command: 'ssh worker-3 journalctl -u kubelet -n 100 --no-pager' },
        {
          kind: 'change',
          title: 'Start it again',
          command: 'ssh worker-3 sudo systemctl restart kubelet',
          verify: { command: 'kubectl get node worker-3', shows: 'Ready within 60 s' },
          warning: 'Running containers keep running; do not reboot.',
        },
      ],
    },
  ],
  alert: {
    name: 'KubeNodeNotReady',
    labels: {
      alertname: 'KubeNodeNotReady',
      node: 'worker-3',
      severity: 'critical',
      job: 'kube-state-metrics',
      condition: 'Ready',
    },
    annotations: { summary: 'Node is not ready.', runbook_url: 'https://runbooks.example.com/kubenodenotready' },
    count: 2,
    firing: 1,
  },
  links: [
    { label: 'Runbook', url: 'https://runbooks.example.com/kubenodenotready' },
    { label: 'Prometheus', url: 'http://prometheus:9090/graph?g0.expr=up%7Bjob%3D%22x%22%7D&g0.tab=1' },
    { label: 'Silence', url: 'http://alertmanager:9093/#/silences/new?filter=%7Bnode%3D%22worker-3%22%7D' },
  ],
  offered: [],
  plans: [],
  byHand: [],
  notes: ['Joined by KubeNodeUnreachable'],
  cost: { kubernetesCalls: 7, prometheusQueries: 4, elapsedMs: 214 },
};

export const looking: Card = {
  ...diagnosed,
  state: 'looking',
  summary: 'Looking: 1 of 3 evidence items seen',
  checklist: [
    { title: 'Lease of the kubelet', state: 'ok' },
    { title: 'CPU pressure of the node', state: 'failed' },
    { title: 'Events of the node', state: 'waiting' },
  ],
  likely: [],
  ruledOut: [],
  open: [],
  gaps: [],
  evidence: [],
  remedies: [],
  manual: [],
  notes: [],
};
