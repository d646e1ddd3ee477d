import * as z from 'zod';
import { startControlPlane } from '../../test/harness/control-plane.ts';
import { parseMetrics } from '../../test/harness/metrics.ts';
import { startPrometheus } from '../../test/harness/prometheus.ts';
import { until } from '../../test/harness/until.ts';
import type { LabInput, LabQuestion, LabReady } from './lab.ts';
import { workFor } from './own-process.ts';

const nodeSchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});

/** What the runbooks read: a ServiceAccount of its own, so that priority and fairness counts our calls apart. */
const rules = [
  {
    apiGroups: ['', 'apps', 'coordination.k8s.io', 'policy', 'discovery.k8s.io'],
    resources: ['nodes', 'pods', 'events', 'leases', 'services', 'namespaces', 'endpointslices'],
    verbs: ['get', 'list'],
  },
  { nonResourceURLs: ['/readyz', '/livez'], verbs: ['get'] },
];

workFor(async ({ nodes: count, pods, silent }: LabInput) => {
  const stack = new AsyncDisposableStack();
  const plane = stack.use(await startControlPlane());
  const nodes = await plane.createNodes(count, pods);
  const kubelets = await plane.runKubelets(nodes, { ports: true });
  const prometheus = stack.use(
    await startPrometheus({
      scrapeConfigs: [...plane.scrapeConfigs(), kubelets.scrapeConfig(), plane.etcd.scrapeConfig()],
      scrapeIntervalSeconds: 10,
    }),
  );
  const { kubeconfig } = await plane.serviceAccount('nightshift', rules);
  const cordons = [
    { apiGroups: [''], resources: ['nodes'], verbs: ['patch'] },
    // Before its first write it is looked whether both accounts lead to one cluster.
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
  ];
  const { kubeconfig: fixerKubeconfig } = await plane.serviceAccount('fixer', cordons);
  const up = async () => (await prometheus.query('sum(up{job="kubelet"})'))[0]?.value;
  await until('every kubelet to be scraped', async () => (await up()) === count, { deadlineMs: 60_000 });

  for (const name of silent) await kubelets.silence(name);
  for (const name of silent) {
    const ready = async () =>
      nodeSchema
        .parse(await plane.kube.must('GET', `/api/v1/nodes/${name}?resourceVersion=0`))
        .status.conditions.find(({ type }) => type === 'Ready')?.status;
    await until(`${name} to be Unknown`, async () => (await ready()) === 'Unknown', { deadlineMs: 120_000 });
  }

  const ready: LabReady = { kubeconfig, fixerKubeconfig, prometheusUrl: prometheus.url, nodes };
  return {
    ready,
    /** Heals a node; or says how many calls of ServiceAccounts outside kube-system the API server has served: those of the bot. */
    answer: async (asked) => {
      const question = asked as LabQuestion;
      if ('heal' in question) return kubelets.speak(question.heal);
      const { body } = await plane.kube.call('GET', '/metrics');
      return (
        parseMetrics(String(body)).sum('apiserver_flowcontrol_dispatched_requests_total', {
          flow_schema: 'service-accounts',
        }) ?? 0
      );
    },
    close: () => stack.disposeAsync(),
  };
});
