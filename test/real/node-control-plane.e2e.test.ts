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
import { type Nightshift, startNightshift, verdictsOf } from './support/nightshift.ts';

const noLeader = {
  alert: 'etcdNoLeader',
  expr: 'etcd_server_has_leader == 0',
  for: '40s', // by then the controller manager's lease is older than any healthy one
  labels: { severity: 'critical' },
};
const confirmed = expect.stringMatching(/^confirmed/);
const ruledOut = expect.stringMatching(/^ruled-out/);
const absent =
  needs('etcd', 'openssl', 'kube-apiserver', 'kube-controller-manager') ??
  needs('prometheus', 'prometheus-alertmanager');

const isOfKubernetes = ({ source }: EvidenceReport) => source.includes('Kubernetes');
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
      new Set(['node', 'registered', 'lease', 'events', 'pods', 'controllerManager', 'scheduler', 'nodes']),
    );
    for (const { reason, remedy } of gaps) {
      expect(reason).toMatch(/^ServiceAccount default\/nightshift may not (get|list) /);
      expect(remedy).toContain('bound to ServiceAccount default/nightshift\n- apiGroups:');
    }
    const [card] = (await nightshift.channel.messages()).filter(({ words }) => words.includes('Node worker-1'));
    if (card === undefined) throw new Error('there is no card of worker-1');
    expect(partOf(card, 'Could not be seen')).toContain(
      'Node object: ServiceAccount default/nightshift may not get nodes',
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

  test('etcd as static pods, as kubeadm sets it up: its members have the names of their pods, and their nodes', async () => {
    const members = ['worker-1', 'worker-2', 'worker-3'].map((nodeName, index) => ({
      nodeName,
      name: `etcd-m${index + 1}`,
    }));
    for (const { name, nodeName } of members) {
      const labels = { component: 'etcd', tier: 'control-plane' };
      const containers = [
        {
          name: 'etcd',
          image: 'registry.example/etcd:3.4',
          command: ['etcd', `--name=${name}`, '--heartbeat-interval=100', '--election-timeout=1000'],
        },
      ];
      await until('the pod to be accepted', async () => {
        const { status } = await lab.plane.kube.call('POST', '/api/v1/namespaces/kube-system/pods', {
          metadata: { name, labels },
          spec: { nodeName, containers },
        });
        return status === 201;
      });
    }
    const { code, stdout } = await lab.nightshift.run([
      'investigate',
      'etcd-heartbeat',
      '--target',
      'component/etcd',
      '--json',
    ]);
    console.error(code, stdout);
  });

  test('no quorum', async () => {
    const t = Date.now();
    await using _fault = await lab.plane.stopEtcdQuorum();
    const etcd = await lab.nightshift.diagnosis({ cluster: 'lab', target: 'component/etcd' }, { deadlineMs: 150_000 });
    console.error(
      (Date.now() - t) / 1000,
      verdictsOf(etcd.incident.report),
      etcd.incident.report.evidence.map((e) => `${e.id} ${e.status} ${e.elapsedMs} ${e.shown}`),
      etcd.incident.report.cost,
      etcd.card.text,
    );
    await lab.alertmanager.post([{ labels: { alertname: 'KubeNodeNotReady', cluster: 'lab', node: 'worker-2' } }]);
    const node = await lab.nightshift.diagnosis({ cluster: 'lab', target: 'node/worker-2' });
    console.error(
      (Date.now() - t) / 1000,
      verdictsOf(node.incident.report),
      node.incident.report.evidence.map((e) => `${e.id} ${e.status} ${e.elapsedMs} ${e.shown}`),
      node.incident.report.cost,
      node.card.text,
    );
  });
});
