import { describe } from 'vitest';
import * as z from 'zod';
import { clusterFrom } from '../../infra/kubernetes/client.ts';
import { writerContract } from '../contract/writer.ts';
import { startControlPlane } from '../harness/control-plane.ts';
import type { KubeClient } from '../harness/kube-client.ts';
import { needs } from '../harness/programs.ts';
import { until } from '../harness/until.ts';

const namespace = 'shop';
const Budget = z.object({
  status: z.object({ observedGeneration: z.int().default(0) }).default({ observedGeneration: 0 }),
});

/** A budget that no number of pods will ever satisfy, once the controller manager has worked it out. */
async function makeBudget(kube: KubeClient, name: string, app: string): Promise<void> {
  const budgets = `/apis/policy/v1beta1/namespaces/${namespace}/poddisruptionbudgets`;
  const spec = { minAvailable: 100, selector: { matchLabels: { app } } };
  await kube.must('POST', budgets, { metadata: { name }, spec });
  await until('the budget to be worked out', async () => {
    const { status } = Budget.parse(await kube.must('GET', `${budgets}/${name}`));
    return status.observedGeneration > 0;
  });
}

async function makeDeployment(kube: KubeClient, name: string): Promise<void> {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.example/web:v1' }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  await kube.must('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, { metadata: { name }, spec });
  // Its controller writes to it until it has seen the spec; from then on it stays as it is, having no scheduler.
  await until('its controller to have seen it', async () => {
    const seen = Budget.parse(await kube.must('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`));
    return seen.status.observedGeneration > 0;
  });
}

describe.skipIf(needs('etcd', 'openssl', 'kube-apiserver', 'kube-controller-manager'))('a real API server', () => {
  writerContract('the Kubernetes client', { flowControl: true }, async () => {
    const plane = await startControlPlane();
    await plane.createNodes(1, 3);
    await makeBudget(plane.kube, 'guard', 'app-2');
    await makeDeployment(plane.kube, 'web');
    const cluster = await clusterFrom({ kubeconfig: plane.kubeconfig, version: '1.2.3' });
    return {
      writer: cluster.writer,
      source: cluster.source,
      node: 'worker-1',
      free: [
        { namespace, name: 'app-0-0' },
        { namespace, name: 'app-1-1' },
      ],
      guarded: { namespace, name: 'app-2-2', budget: 'guard' },
      deployment: { namespace, name: 'web' },
      close: async () => {
        await cluster.close();
        await plane[Symbol.asyncDispose]();
      },
    };
  });
});
