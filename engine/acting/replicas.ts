import * as z from 'zod';
import type { Change } from '../change.ts';
import type { Readers } from '../readers.ts';

const Owned = z.object({
  metadata: z.object({
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().default(false) }))
      .default([]),
  }),
});
const Counted = z.object({ status: z.object({ readyReplicas: z.int().default(0) }).default({ readyReplicas: 0 }) });

export interface LastReplica {
  readonly holds: boolean;
  readonly value: string;
}

/** Whether a change leaves its workload at least one ready replica; `undefined` for changes that take none away. */
export async function replicasAfter(kube: Readers['kube'], change: Change): Promise<LastReplica | undefined> {
  if (change.verb === 'scale') {
    const { kind, name } = change.workload;
    return { holds: change.replicas > 0, value: `${kind} ${name} would have ${change.replicas} replicas` };
  }
  if (change.verb !== 'evict' && change.verb !== 'delete-pod') return undefined;
  const pod = Owned.parse(await kube.get('Pod', change.pod, { namespace: change.namespace, fresh: true }));
  const owner = pod.metadata.ownerReferences.find(({ controller }) => controller);
  if (!owner) return { holds: false, value: `nothing would bring pod ${change.pod} back` };
  if (owner.kind !== 'ReplicaSet' && owner.kind !== 'StatefulSet') {
    return { holds: true, value: `${owner.kind} ${owner.name} makes a new one` };
  }
  const read = await kube.find(owner.kind, owner.name, { namespace: change.namespace, fresh: true });
  if (read === null) return { holds: false, value: `its owner ${owner.kind} ${owner.name} is gone` };
  const ready = Counted.parse(read).status.readyReplicas;
  return { holds: ready > 1, value: `${owner.kind} ${owner.name} has ${ready} ready` };
}
