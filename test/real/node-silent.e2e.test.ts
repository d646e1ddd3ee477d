import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { needs } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import { partOf } from './support/channel.ts';
import { type KubeLab, startKubeLab } from './support/kube-lab.ts';
import { type Incident, verdictsOf } from './support/nightshift.ts';

/** Names no node, only an address with a port, as alerts do whose rule aggregates all other labels away. */
const unreachable = {
  alert: 'KubeletInstanceUnreachable',
  expr: 'max by (job, instance) (up{job="kubelet"}) == 0',
  for: '50s', // by then the controller manager has called the node Unknown
  labels: { severity: 'warning' },
};
/** As kube-state-metrics brings it: `pod` and `instance` are its own. */
const notReady = (node: string) => ({
  alertname: 'KubeNodeNotReady',
  cluster: 'posted',
  ...(node === '' ? {} : { node }),
  ...{ job: 'kube-state-metrics', namespace: 'monitoring', pod: 'kube-state-metrics-0', instance: '10.1.2.3:8443' },
});

const nodeSchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});
const podSchema = z.object({ status: z.object({ phase: z.string() }) });
const confirmed = expect.stringMatching(/^confirmed/);
const ruledOut = expect.stringMatching(/^ruled-out/);
const inconclusive = expect.stringMatching(/^inconclusive/);

const shown = ({ report }: Incident, id: string) => report.evidence.find((item) => item.id === id)?.shown;

const absent =
  needs('etcd', 'openssl', 'kube-apiserver', 'kube-controller-manager') ??
  needs('prometheus', 'prometheus-alertmanager');

describe.skipIf(absent)('among 200 nodes and 3,000 pods of a real API server', () => {
  let lab: KubeLab;
  beforeAll(async () => {
    lab = await startKubeLab({
      // Two of them fall silent at the same time: with half of all it might be Prometheus that is cut off.
      ...{ nodes: 200, pods: 3_000, scraped: 6, etcdMembers: 1 },
      ...{ clusters: ['lab', 'posted', 'odd'], rules: [unreachable] },
    });
    await Promise.all(['worker-3', 'worker-4', 'worker-7'].map(startAgent));
    return () => lab[Symbol.asyncDispose]();
  });

  /** A pod of the system, whose log the API server may be asked for: the others are applications. */
  const startAgent = async (node: string) => {
    const pods = '/api/v1/namespaces/kube-system/pods';
    const spec = { nodeName: node, containers: [{ name: 'agent', image: 'registry.example/agent:v1' }] };
    await lab.plane.kube.must('POST', pods, { metadata: { name: `agent-${node}` }, spec });
    await until(`the agent of ${node} to run`, async () => {
      const { status } = podSchema.parse(await lab.plane.kube.must('GET', `${pods}/agent-${node}`));
      return status.phase === 'Running';
    });
  };

  const isUnknown = async (node: string) => {
    const answer = await lab.plane.kube.must('GET', `/api/v1/nodes/${node}?resourceVersion=0`);
    return nodeSchema
      .parse(answer)
      .status.conditions.some(({ type, status }) => type === 'Ready' && status === 'Unknown');
  };
  const staysWithinBudget = ({ report }: Incident) => {
    expect(report.cost.kubernetesCalls).toBeGreaterThan(0);
    expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(25);
    expect(report.cost.bytes).toBeLessThanOrEqual(1024 * 1024);
  };

  test.concurrent('a stopped kubelet: the alert has its address only, the card its name, and the cause', async () => {
    const about = { cluster: 'lab', target: 'node/worker-3' };
    await lab.kubelets.scraped.silence('worker-3');
    const { incident, card } = await lab.nightshift.diagnosis(about, { deadlineMs: 150_000 });
    expect(incident.alerts).toEqual({ KubeletInstanceUnreachable: 1 });
    const address = lab.nodes.find(({ name }) => name === 'worker-3')?.address;
    expect(card.words).toContain(`label instance=${address}:10250 is an address of node worker-3`);
    expect(verdictsOf(incident.report)).toMatchObject({
      kubeletStopped: confirmed,
      ...{ kubeletStuck: ruledOut, cutOff: ruledOut, clockJumped: ruledOut },
      // It is not down; that it came back from a boot without its kubelet is for a witness to say that is not scraped here.
      machineDown: expect.stringMatching(
        /^inconclusive: its port refuses .* something at its address answers; whether it was restarted, node_exporter would tell$/,
      ),
      ...{ removed: ruledOut, plannedWork: ruledOut, frozenAnswers: ruledOut, controllerManagerDown: ruledOut },
    });
    expect(card.words).toMatch(/Likely cause: The kubelet is stopped.*its port refuses at once/s);
    expect(shown(incident, 'kubeletAnswer')).toBe(`the API server is refused at ${address}:10250`);
    expect(shown(incident, 'kubeletErrors')).toMatch(/^not asked: /);
    expect(shown(incident, 'node')).toContain('Kubelet stopped posting node status.');
    expect(shown(incident, 'node')).toContain(
      'taints node.kubernetes.io/unreachable:NoSchedule, node.kubernetes.io/unreachable:NoExecute',
    );
    expect(shown(incident, 'events')).toContain('NodeNotReady from node-controller');
    expect(shown(incident, 'pods')).toBe('16 pods, 16 running, 16 marked not ready although their containers are');
    staysWithinBudget(incident);

    await lab.kubelets.scraped.speak('worker-3');
    await until(
      'the incident to be closed',
      async () => {
        const { incidents } = await lab.nightshift.accounts();
        return incidents.some(({ target, state }) => target === about.target && state === 'closed');
      },
      { everyMs: 1_000 },
    );
    const closed = await lab.nightshift.diagnosis(about, { since: incident.report.startedAt });
    expect(closed.card.text).toContain('Closed: Ready=True since');
  });

  test.concurrent('a frozen kubelet: not stopped; stuck or a dead machine, which takes a second witness to tell', async () => {
    await lab.kubelets.scraped.silence('worker-4', 'frozen');
    const about = { cluster: 'lab', target: 'node/worker-4' };
    const { incident, card } = await lab.nightshift.diagnosis(about, { deadlineMs: 150_000 });
    expect(verdictsOf(incident.report)).toMatchObject({
      kubeletStopped: ruledOut,
      kubeletStuck: expect.stringMatching(/^inconclusive: its port stays silent .* no node_exporter is scraped/),
      machineDown: expect.stringMatching(/^inconclusive: its port stays silent .* no node_exporter is scraped/),
    });
    expect(card.text).toContain('No cause confirmed');
    expect(shown(incident, 'kubeletAnswer')).toBe('the API server gets no answer from its port within 3 s');
    staysWithinBudget(incident);
  });

  test.concurrent('a stopped kubelet that nobody scrapes: the API server is refused at its port', async () => {
    const about = { cluster: 'posted', target: 'node/worker-7' };
    await lab.kubelets.others.silence('worker-7');
    await until('worker-7 to be Unknown', () => isUnknown('worker-7'), { deadlineMs: 120_000, everyMs: 500 });
    const alert = { labels: notReady('worker-7'), startsAt: new Date().toISOString() };
    await lab.alertmanager.post([alert]);
    const { incident, card } = await lab.nightshift.diagnosis(about);
    const address = lab.nodes.find(({ name }) => name === 'worker-7')?.address;
    expect(verdictsOf(incident.report)).toMatchObject({
      kubeletStopped: expect.stringMatching(
        `^confirmed: its port refuses at once \\(the API server is refused at ${address}:10250\\), and it renewed its lease`,
      ),
      ...{ kubeletStuck: ruledOut, cutOff: ruledOut },
      machineDown: expect.stringMatching(
        /^inconclusive: .* something at its address answers; whether it was restarted/,
      ),
      ...{ removed: ruledOut, plannedWork: ruledOut, frozenAnswers: ruledOut, controllerManagerDown: ruledOut },
      ...{ runtimeGone: inconclusive, networkPlugin: inconclusive, pressure: inconclusive, clockJumped: ruledOut },
    });
    expect(partOf(card, 'Could not be seen')).toMatch(
      /^Scrapes of node_exporter .*: Prometheus holds no series.*calls to the API server: Prometheus scrapes no \/metrics of this kubelet/s,
    );
    staysWithinBudget(incident);

    // Somebody resolves the alert (a silence of its rule, a cordon): the node has not recovered by that.
    await lab.alertmanager.post([{ ...alert, endsAt: new Date().toISOString() }]);
    const resolved = await lab.nightshift.diagnosis(about, { since: incident.report.startedAt });
    expect(resolved.incident.state).toBe('still-broken');
    expect(resolved.card.text).toContain('Alertmanager says resolved, but: Ready=Unknown');
    await lab.kubelets.others.speak('worker-7');
    await lab.nightshift.channel.press(resolved.card, 'Run Again');
    const recovered = await lab.nightshift.diagnosis(about, { since: resolved.incident.report.startedAt });
    // Nobody but the Node itself tells of its runtime: it is well when it was Ready for some minutes.
    expect(recovered.incident.state).toBe('unchecked');
    expect(recovered.card.text).toContain('a hanging runtime shows in Ready after 2 minutes only');
  });

  test.concurrent('one node by its address, its name with a port, and its label: one incident', async () => {
    const about = { cluster: 'odd', target: 'node/worker-9' };
    const address = lab.nodes.find(({ name }) => name === 'worker-9')?.address ?? '';
    const kubelet = { alertname: 'KubeletInstanceUnreachable', cluster: 'odd', job: 'kubelet' };
    await lab.alertmanager.post([{ labels: { ...kubelet, instance: address } }]);
    const { incident } = await lab.nightshift.diagnosis(about);
    await lab.alertmanager.post([
      { labels: { ...kubelet, instance: 'worker-9:10250' } },
      { labels: { ...notReady('worker-9'), cluster: 'odd' } },
    ]);
    await until(
      'all three to be accounted for',
      async () => {
        const { webhooks } = await lab.nightshift.accounts();
        const outcomes = webhooks.flatMap(({ alerts }) => alerts).filter((alert) => alert.incident === incident.id);
        return outcomes.length === 3;
      },
      { everyMs: 1_000 },
    );
  });

  test.concurrent('labels that name nothing are said, not guessed', async () => {
    const kubelet = { alertname: 'KubeletInstanceUnreachable', cluster: 'odd', job: 'kubelet' };
    await lab.alertmanager.post([
      { labels: { ...kubelet, instance: '10.255.255.1:10250' } },
      { labels: { ...notReady(''), cluster: 'odd' } },
      { labels: { ...notReady('worker-999'), cluster: 'odd' } },
    ]);
    const card = (words: string) =>
      until(`a card that says: ${words}`, async () =>
        (await lab.nightshift.channel.messages()).find((message) => message.words.includes(words)),
      );
    await card('no node of this cluster has the name or address 10.255.255.1');
    await card('no node of this cluster is called worker-999');
    const { incidents } = await lab.nightshift.accounts();
    const unresolved = incidents.filter(({ target }) => target.startsWith('unresolved/'));
    expect(unresolved.map(({ target }) => target).toSorted()).toEqual([
      'unresolved/instance=10.255.255.1:10250',
      'unresolved/node=worker-999',
    ]);
    for (const { report } of unresolved) expect(report).toBeUndefined();
    // One that names no node at all is looked at as any other alert.
    await lab.nightshift.diagnosis({ cluster: 'odd', target: 'cluster' });
  });
});
