import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { KubeClient } from './kube-client.ts';

const labels = z.record(z.string(), z.string()).default({});
const NodeList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), labels }),
      spec: z.object({ unschedulable: z.boolean().default(false) }),
    }),
  ),
});
const Term = z.object({ matchFields: z.tuple([z.object({ values: z.tuple([z.string()]) })]) });
const PodList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string(), deletionTimestamp: z.string().optional() }),
      spec: z.object({
        nodeSelector: labels,
        affinity: z
          .object({
            nodeAffinity: z.object({
              requiredDuringSchedulingIgnoredDuringExecution: z.object({ nodeSelectorTerms: z.tuple([Term]) }),
            }),
          })
          .optional(),
      }),
    }),
  ),
});
type Pod = z.infer<typeof PodList>['items'][number];

/**
 * Plays the scheduler: binds each pod to the next node that is not cordoned and has the labels it selects, a DaemonSet's
 * pod to the node it is meant for. Of taints and room it knows nothing.
 */
export function runScheduler(kube: KubeClient): AsyncDisposable {
  const ended = new AbortController();
  let turn = 0;

  async function beat(): Promise<void> {
    const path = `/api/v1/pods?fieldSelector=${encodeURIComponent('spec.nodeName=,status.phase=Pending')}`;
    const waiting = PodList.parse(await kube.must('GET', path)).items;
    if (waiting.length === 0) return;
    const nodes = NodeList.parse(await kube.must('GET', '/api/v1/nodes?resourceVersion=0')).items;
    for (const { metadata, spec } of waiting) {
      const fitting = nodes.filter((node) => !node.spec.unschedulable && selects(spec.nodeSelector, node));
      const name = meantFor(spec) ?? fitting[turn++ % fitting.length]?.metadata.name;
      if (name === undefined || metadata.deletionTimestamp !== undefined) continue;
      const target = { kind: 'Node', name };
      const binding = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/binding`;
      await kube.call('POST', binding, { metadata: { name: metadata.name }, target });
    }
  }

  const loop = (async () => {
    while (!ended.signal.aborted) {
      await beat().catch(() => undefined); // an API server that is away: the next beat tries again
      await sleep(100);
    }
  })();
  return {
    [Symbol.asyncDispose]: () => {
      ended.abort();
      return loop;
    },
  };
}

function selects(selector: Readonly<Record<string, string>>, node: z.infer<typeof NodeList>['items'][number]): boolean {
  return Object.entries(selector).every(([key, value]) => node.metadata.labels[key] === value);
}

function meantFor({ affinity }: Pod['spec']): string | undefined {
  return affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0]
    .values[0];
}
