import { expect, it } from 'vitest';
import { gapsIn, saidOf } from '../../engine/gaps.ts';
import { openIncident } from '../../engine/incident.ts';
import { looked } from '../../engine/looked.ts';
import { present } from '../../engine/present.ts';
import type { EvidenceReport, Report } from '../../engine/report.ts';

const refused = 'nothing listens on prod-eu:6443 (connection refused) [ECONNREFUSED]';
const now = new Date('2026-11-21T03:00:00Z');

function evidence(title: string, reason?: string): EvidenceReport {
  const common = {
    id: title,
    title,
    source: 'Kubernetes',
    query: '',
    asOf: now.toISOString(),
    value: null,
    elapsedMs: 1,
  };
  if (reason === undefined) return { ...common, status: 'ok', shown: 'well' };
  return { ...common, status: 'failed', shown: reason, failure: 'unreachable', reason };
}

const seen = [
  evidence('Node object', refused),
  evidence('Events'),
  evidence('Scrapes', 'no Prometheus is configured'),
  evidence('Lease', refused),
];

it('groups what could not be seen for one reason', () => {
  expect(gapsIn(seen)).toEqual([
    { titles: ['Node object', 'Lease'], reason: refused },
    { titles: ['Scrapes'], reason: 'no Prometheus is configured' },
  ]);
});

it('says once, with the last right that is missing, that more may be missing behind it', () => {
  const refusedBy = (title: string, remedy: string): EvidenceReport => ({
    ...evidence(title, `${title} may not be read`),
    failure: 'forbidden',
    remedy,
  });
  const rule = '# rule of a ClusterRole bound to jane\n- apiGroups: [""]';
  const gaps = gapsIn([
    refusedBy('Node object', rule),
    refusedBy('Events', rule),
    refusedBy('Scrapes', 'Check the token'),
  ]);
  expect(gaps.map(({ remedy }) => remedy)).toEqual([
    rule,
    `${rule}\n# more may be missing behind it: nightshift manifests rbac prints all rules`,
    'Check the token',
  ]);
});

it('holds no gap for a further witness that nobody has configured, but one for a witness that does not answer', () => {
  const witness = { ...evidence('What its kubelet tells', 'it may not be asked'), witness: true as const };
  expect(gapsIn([{ ...witness, failure: 'not-configured' }])).toEqual([]);
  expect(gapsIn([witness])).toHaveLength(1);
  expect(gapsIn([{ ...evidence('Scrapes', 'none'), failure: 'not-configured' }])).toHaveLength(1);
});

it('says of a witness that nobody asked what would let it be asked', () => {
  const witness = { ...evidence('What its kubelet tells', 'it may not be asked'), witness: true as const };
  const remedy = 'Add clusters[].kubelet';
  expect(saidOf({ ...witness, failure: 'not-configured', remedy })).toBe(
    'not asked: it may not be asked. Add clusters[].kubelet',
  );
  expect(saidOf({ ...witness, remedy })).toBe('it may not be asked');
  expect(saidOf(evidence('Events'))).toBe('well');
});

it('tells a reason once on the card, and counts every evidence item that is missing', () => {
  const opened = openIncident(
    'key',
    1,
    { cluster: 'prod-eu', runbook: 'sample', target: { kind: 'Node', name: 'worker-3' }, targetNote: '' },
    now,
  );
  const report = { causes: [], evidence: seen, remedies: [], manualSteps: [] } as unknown as Report;
  const open = { id: 'c', title: 'A cause', verdict: 'inconclusive', reason: 'could not be seen: Lease' } as const;
  const recovered = { verdict: 'inconclusive', reason: 'could not be seen: Lease' } as const;
  const causes = [{ ...open, cites: [], missing: [] }];
  const card = present(looked(opened, { ...report, causes, recovered }, 1, now), undefined);

  expect(card.gaps).toEqual([
    { title: 'Node object, Lease', reason: refused },
    { title: 'Scrapes', reason: 'no Prometheus is configured' },
  ]);
  expect(card.summary).toBe('No cause confirmed: 1 undecided, 3 evidence items could not be seen');

  const many = [...seen, evidence('Pods', refused), evidence('Readiness', refused)];
  expect(
    present(looked(opened, { ...report, causes, recovered, evidence: many }, 1, now), undefined).gaps,
  ).toMatchObject([{ title: '4 reads', reason: refused }, { title: 'Scrapes' }]);
});
