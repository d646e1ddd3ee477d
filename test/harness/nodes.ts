import * as z from 'zod';
import { type KubeClient, strategicPatch } from './kube-client.ts';
import {
  type FakeNode,
  fakeNodes,
  leaseObject,
  nodeObject,
  podNamespace,
  podObject,
  runningStatus,
} from './node-objects.ts';
import { until } from './until.ts';

const serviceAccountSchema = z.object({ secrets: z.array(z.unknown()).default([]) });
const nodeListSchema = z.object({
  items: z.array(z.object({ spec: z.object({ taints: z.array(z.unknown()).default([]) }) })),
});

export const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const pods = `/api/v1/namespaces/${podNamespace}/pods`;

/**
 * Makes Nodes worker-1 … worker-N with fresh leases, and `pods` Running Pods in namespace "shop" spread over them.
 * About 200 pods a second on two cores. Every new Node carries
 * the taint not-ready until the controller manager has seen it Ready; this waits until all are gone. Without kubelets they turn Unknown after 40 s.
 */
export async function createNodes(kube: KubeClient, count: number, podCount: number): Promise<readonly FakeNode[]> {
  await kube.must('POST', '/api/v1/namespaces', { metadata: { name: podNamespace } });
  const nodes = fakeNodes(count);
  await sideBySide(nodes, async (node) => {
    await kube.must('POST', '/api/v1/nodes', nodeObject(node));
    await kube.must('POST', leases, leaseObject(node));
  });
  // Until its token is there, the API server refuses every pod of the namespace.
  await until(`the token of the default ServiceAccount of ${podNamespace}`, async () => {
    const account = await kube.must('GET', `/api/v1/namespaces/${podNamespace}/serviceaccounts/default`);
    return serviceAccountSchema.parse(account).secrets.length > 0;
  });
  await sideBySide(Array.from({ length: podCount }).keys(), async (index) => {
    const node = nodes[index % count];
    if (node === undefined) throw new Error('pods need at least one node');
    const pod = podObject(node, index);
    await kube.must('POST', pods, pod);
    const status = runningStatus(node, pod.spec.containers);
    await kube.must('PATCH', `${pods}/${pod.metadata.name}/status`, { status }, strategicPatch);
  });
  const withoutTaints = async () => {
    const list = nodeListSchema.parse(await kube.must('GET', '/api/v1/nodes?resourceVersion=0'));
    return list.items.every(({ spec }) => spec.taints.length === 0);
  };
  // The controller manager takes them off one after the other, and on a busy machine that takes its time.
  await until('every node to be without taints', withoutTaints, { deadlineMs: 150_000 });
  return nodes;
}

/** Eight at a time: as many as the client has connections. */
async function sideBySide<T>(things: Iterable<T>, work: (thing: T) => Promise<void>): Promise<void> {
  const todo = things[Symbol.iterator](); // shared, so that each worker takes the next one
  const worker = async () => {
    for (let next = todo.next(); !next.done; next = todo.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
