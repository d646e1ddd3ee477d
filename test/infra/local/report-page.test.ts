import { expect, it } from 'vitest';
import type { EvidenceReport, Report } from '../../../engine/report.ts';
import { reportPage } from '../../../infra/local/report-page.ts';

const REFUSED = 'nothing listens on 127.0.0.1:6443 (connection refused) [ECONNREFUSED]';
const COMMAND = `kubectl -n kube-system exec etcd-1 -- etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt endpoint health --cluster`;

function unseen(title: string, reason: string): EvidenceReport {
  const at = { source: 'Kubernetes', query: `get ${title}`, asOf: '2026-11-21T03:00:00.000Z', elapsedMs: 1 };
  return { id: title, title, status: 'failed', ...at, value: null, shown: reason, failure: 'unreachable', reason };
}

const report: Report = {
  runbook: 'sample',
  title: 'Node is not ready, and this title is so long that nobody can read it on one line of a terminal',
  target: 'node/worker-3',
  cluster: 'prod-eu',
  startedAt: '2026-11-21T03:00:00.000Z',
  causes: [
    {
      ...{ id: 'a', verdict: 'confirmed', cites: [], missing: [] },
      title: 'A cause with a title that is also far too long for one line of a terminal of 80 columns',
      reason: 'its port refuses at once',
    },
  ],
  evidence: [
    ...['Node object', 'Lease of the kubelet', 'Pods on the node'].map((title) => unseen(title, REFUSED)),
    unseen('Scrapes', 'no Prometheus is configured'),
  ],
  remedies: [],
  manualSteps: [
    {
      ...{ id: 'm', cause: 'a', risk: 'medium' },
      title: 'Restart what does not answer, after you have looked at why it does not, and only then',
      steps: [
        {
          kind: 'change',
          title: 'Do',
          command: COMMAND,
          verify: { command: COMMAND, shows: 'every member is healthy' },
        },
        { kind: 'change', title: 'Wait', verify: { command: 'kubectl get node worker-3 -w', shows: 'Ready=True' } },
        { kind: 'look', title: 'Look again', command: COMMAND, shows: 'no errors' },
      ],
    },
  ],
  recovered: { verdict: 'inconclusive', reason: 'could not be seen: Node object' },
  cost: { kubernetesCalls: 1, prometheusQueries: 2, bytes: 1, elapsedMs: 12, slowestChainMs: 1 },
};

const page = reportPage(report, { columns: 80, colour: false });
const lines = page.split('\n');

it('passes the last column with nothing but commands, which stand alone on their line', () => {
  const long = lines.filter((line) => line.length > 80);
  expect(long.map((line) => line.trim())).toEqual([COMMAND, COMMAND, COMMAND]);
});

it('gives a reason once, however many reads it stopped', () => {
  const [, seen = ''] = page.split('Could not be seen\n');
  expect(seen.split('\n').slice(0, 4)).toEqual([
    `  3 reads: ${REFUSED}`,
    '      Node object, Lease of the kubelet, Pods on the node',
    '  Scrapes: no Prometheus is configured',
    '',
  ]);
  expect(page.split('ECONNREFUSED')).toHaveLength(2);
});

it('keeps what a check should show apart from a command that is too long for both', () => {
  expect(page).toContain(`       then check:\n         ${COMMAND}\n         every member is healthy\n`);
  expect(page).toContain('       then check: kubectl get node worker-3 -w: Ready=True\n');
  expect(page).toContain('       look for: no errors\n');
});

it('counts in the singular, too', () => {
  expect(page).toContain('1 Kubernetes call, 2 Prometheus queries, 1 byte, 12 ms');
});

it('calls what is seen beside an alert that no runbook is about a trouble, and not its cause', () => {
  const beside = reportPage({ ...report, runbook: 'any-alert' }, { columns: 80, colour: false });
  expect(page).toContain('\nLikely cause\n');
  expect(beside).toContain('\nTrouble seen (not yet the cause of an alert)\n');
  expect(beside).not.toContain('Likely cause');
});

it('says what is wrong where nobody knows yet why', () => {
  const recovered = { verdict: 'ruled-out', reason: 'the kubelet reports PIDPressure' } as const;
  expect(reportPage({ ...report, causes: [], recovered }, { columns: 80, colour: false })).toContain(
    'Likely cause\n  none confirmed\n  not well: the kubelet reports PIDPressure\n',
  );
});
