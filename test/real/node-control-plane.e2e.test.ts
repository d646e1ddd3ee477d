import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import type { EvidenceReport } from '../../engine/report.ts';
import { clusterFrom } from '../../infra/kubernetes/client.ts';
import { sourceOf } from '../../infra/kubernetes/source.ts';
import { prometheusFrom } from '../../infra/prometheus/client.ts';
import { sourceContract } from '../contract/source.ts';
import { mergePatch } from '../harness/kube-client.ts';
import { needs } from '../harness/programs.ts';
import type { PolicyRule } from '../harness/service-account.ts';
import { until } from '../harness/until.ts';
import { partOf } from './support/channel.ts';
import { type KubeLab, startKubeLab } from './support/kube-lab.ts';
import { type Diagnosis, type Nightshift, startNightshift, verdictsOf } from './support/nightshift.ts';

const noLeader = {
  alert: 'etcdNoLeader',
  expr: 'etcd_server_has_leader == 0',
  for: '40s', // by then the controller manager's lease is older than any healthy one
  labels: { severity: 'critical' },
};
const confirmed = expect.stringMatching(/^confirmed/);
const ruledOut = expect.stringMatching(/^ruled-out/);
const cannotBeSeen = expect.stringMatching(
  /^inconclusive: scrapes of .* hang; whether its machine is gone could not be seen$/,
);
const absent =
  needs('etcd', 'openssl', 'kube-apiserver', 'kube-controller-manager') ??
  needs('prometheus', 'prometheus-alertmanager');

const reportSchema = z.object({
  causes: z.array(z.object({ id: z.string(), reason: z.string() })),
  evidence: z.array(z.object({ id: z.string(), value: z.unknown() })),
});
const isOfKubernetes = ({ source }: EvidenceReport) => source === 'Kubernetes';
const isForbidden = ({ failure }: EvidenceReport) => failure === 'forbidden';

describe.skipIf(absent)('a real control plane', () => {
  let lab: KubeLab;
  beforeAll(async () => {
    lab = await startKubeLab({
      ...{ nodes: 6, pods: 30, scraped: 3, etcdMembers: 3 },
      ...{ clusters: ['lab'], rules: [noLeader] },
    });
    await lab.kubelets.scraped.silence('worker-3', 'frozen');
    return () => lab[Symbol.asyncDispose]();
  });

  sourceContract('with a real Prometheus', { metrics: true, stuck: true }, async () => {
    const kubernetes = await clusterFrom({ kubeconfig: lab.plane.kubeconfig, version: 'test' });
    const prometheus = prometheusFrom({ url: lab.prometheus.url, version: 'test' });
    return {
      source: sourceOf({ kubernetes: kubernetes.source, prometheus: prometheus.source }),
      ...{ node: 'worker-1', promql: 'up' },
      stuck: { verb: 'probe', path: '/api/v1/nodes/worker-3/proxy/healthz' },
      close: async () => {
        await Promise.all([kubernetes.close(), prometheus.close()]);
      },
    };
  });

  test('a ServiceAccount without rights: every gap names the rule to add, and these rules are enough', async () => {
    const { user, kubeconfig } = await lab.plane.serviceAccount('nightshift', []);
    await using nightshift = await startNightshift({
      clusters: [{ name: 'narrow', kubeconfig, prometheusUrl: lab.prometheus.url }],
    });
    const narrow = (await look(nightshift)).filter(isOfKubernetes);
    // /readyz is open to everybody in a default cluster (system:public-info-viewer).
    expect(narrow.filter((item) => !isForbidden(item)).map(({ id }) => id)).toEqual(['readyz', 'readyz']);
    const gaps = narrow.filter(isForbidden);
    expect(new Set(gaps.map(({ id }) => id))).toEqual(
      new Set([
        'node',
        'registered',
        'lease',
        'events',
        'pods',
        'kubeletAnswer',
        'starting',
        'log',
        'controllerManager',
        'scheduler',
        'nodes',
      ]),
    );
    for (const { reason, remedy } of gaps) {
      expect(reason).toMatch(/^ServiceAccount default\/nightshift may not (get|list) /);
      expect(remedy).toContain('bound to ServiceAccount default/nightshift\n- apiGroups:');
    }
    const [card] = (await nightshift.channel.messages()).filter(({ words }) => words.includes('Node worker-1'));
    if (card === undefined) throw new Error('there is no card of worker-1');
    expect(partOf(card, 'Could not be seen')).toContain(
      'Node object, Registration of the node: ServiceAccount default/nightshift may not get nodes',
    );

    await allow(rulesIn(gaps));
    const wider = (await look(nightshift)).filter(isForbidden);
    // What is read after something that was forbidden becomes known only now.
    expect(wider.map(({ id, reason }) => [id, reason])).toEqual([
      ['nodes', 'ServiceAccount default/nightshift may not list nodes'],
    ]);
    await allow([...rulesIn(gaps), ...rulesIn(wider)]);
    const all = (await look(nightshift)).filter(isOfKubernetes);
    expect(all.filter(({ status }) => status !== 'ok').map(({ id, reason }) => [id, reason])).toEqual([]);
    expect(user).toBe('system:serviceaccount:default:nightshift');
  });

  /** Asks for both runbooks in the channel; the evidence of both. */
  async function look(nightshift: Nightshift): Promise<readonly EvidenceReport[]> {
    const since = new Date(Date.now() - 1).toISOString();
    await nightshift.channel.say('/nightshift investigate node-not-ready worker-1');
    await nightshift.channel.say('/nightshift investigate etcd-heartbeat etcd');
    const node = await nightshift.diagnosis({ cluster: 'narrow', target: 'node/worker-1' }, { since });
    const etcd = await nightshift.diagnosis({ cluster: 'narrow', target: 'component/etcd' }, { since });
    return [...node.incident.report.evidence, ...etcd.incident.report.evidence];
  }

  /** The rules as a person would paste them under `rules:`. */
  function rulesIn(gaps: readonly EvidenceReport[]): readonly PolicyRule[] {
    return [...new Set(gaps.map(({ remedy = '' }) => remedy))].flatMap((yaml) => parse(yaml) as PolicyRule[]);
  }

  /** Makes these the rules of the ServiceAccount's ClusterRole, and waits until the API server goes by them. */
  async function allow(rules: readonly PolicyRule[]): Promise<void> {
    const reviews = rules.flatMap((rule) => ('resources' in rule ? [rule] : []));
    await lab.plane.kube.must(
      'PATCH',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/nightshift',
      { rules },
      mergePatch,
    );
    for (const { apiGroups, resources, verbs } of reviews) {
      const resourceAttributes = { group: apiGroups[0], resource: resources[0], verb: verbs[0] };
      const spec = { user: 'system:serviceaccount:default:nightshift', resourceAttributes };
      await until(`${verbs[0]} ${resources[0]} to be allowed`, async () => {
        const review = await lab.plane.kube.must('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
          spec,
        });
        return z.object({ status: z.object({ allowed: z.boolean() }) }).parse(review).status.allowed;
      });
    }
  }

  test('etcd as static pods, as kubeadm makes them: its members have names, nodes and flags', async () => {
    for (const [index, { name: nodeName }] of lab.nodes.slice(0, 3).entries()) {
      const labels = { component: 'etcd', tier: 'control-plane' };
      const command = ['etcd', '--heartbeat-interval=100', '--election-timeout=1000'];
      const spec = { nodeName, containers: [{ name: 'etcd', image: 'registry.example/etcd:3.4.23', command }] };
      const pod = { metadata: { name: `etcd-m${index + 1}`, labels }, spec };
      await until('the pod to be accepted', async () => {
        const { status } = await lab.plane.kube.call('POST', '/api/v1/namespaces/kube-system/pods', pod);
        return status === 201; // not before its namespace has a ServiceAccount with a token
      });
    }
    const { stdout } = await lab.nightshift.run([
      'investigate',
      'etcd-heartbeat',
      '--target',
      'component/etcd',
      '--json',
    ]);
    const { causes, evidence } = reportSchema.parse(JSON.parse(stdout));
    const value = (id: string) => evidence.find((item) => item.id === id)?.value;
    expect(value('pods')).toMatchObject(
      [1, 2, 3].map((n) => ({ name: `etcd-m${n}`, node: `worker-${n}`, heartbeatMs: 100, electionMs: 1_000 })),
    );
    expect(value('nodes')).toMatchObject({
      sampled: false,
      nodes: lab.nodes.slice(0, 3).map(({ name }) => ({ name })),
    });
    const leader = await lab.etcd.leader();
    const named = `etcd-${leader.name} (${new URL(leader.clientUrl).host})`;
    expect(causes.find(({ id }) => id === 'slowDisk')?.reason).toContain(named);
  });

  test("etcd loses its quorum: named, and the API server's frozen answers are not believed", async () => {
    const worker2 = { cluster: 'lab', target: 'node/worker-2' };
    let frozen: Diagnosis;
    {
      await using _fault = await lab.plane.stopEtcdQuorum();
      const etcd = await lab.nightshift.diagnosis(
        { cluster: 'lab', target: 'component/etcd/etcd' },
        { deadlineMs: 150_000 },
      );
      expect(etcd.incident.alerts).toEqual({ etcdNoLeader: 1 });
      expect(verdictsOf(etcd.incident.report)).toMatchObject({
        quorumLost: confirmed,
        // A process that is stopped and a machine that is gone look the same from here, and the objects are frozen.
        ...{ memberStuck: cannotBeSeen, memberDown: cannotBeSeen },
        frozenApi: expect.stringMatching(/^confirmed: the API server's etcd check fails and .* old \(limit 30 s\)/),
      });
      expect(etcd.card.words).toContain('Likely cause: etcd has no leader');

      await lab.alertmanager.post([{ labels: { alertname: 'KubeNodeNotReady', cluster: 'lab', node: 'worker-2' } }]);
      frozen = await lab.nightshift.diagnosis(worker2);
      // Of its clock no alert tells, and no object is asked.
      const { frozenAnswers, clockOff, ...others } = verdictsOf(frozen.incident.report);
      expect(clockOff).toMatch(/^ruled-out: no alert is about its clock/);
      expect(frozenAnswers).toMatch(/^confirmed: \/readyz answers 500 \(failing: etcd\)/);
      for (const verdict of Object.values(others))
        expect(verdict).toMatch(/^inconclusive: the API server has lost etcd/);
      const node = frozen.incident.report.evidence.find(({ id }) => id === 'node');
      expect(node, 'the API server answers as if nothing were wrong').toMatchObject({ status: 'ok' });
      expect(frozen.incident.report.cost.elapsedMs).toBeLessThan(20_000);
    }
    await lab.nightshift.channel.press(frozen.card, 'Run Again');
    const thawed = await lab.nightshift.diagnosis(worker2, { since: frozen.incident.report.startedAt });
    expect(verdictsOf(thawed.incident.report)).toMatchObject({ frozenAnswers: ruledOut, removed: ruledOut });
  });
});
