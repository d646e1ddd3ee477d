import * as z from 'zod';
import type { Change } from '../change.ts';
import { ReadFailure } from '../errors.ts';
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
  const read = await kube.find('Pod', change.pod, { namespace: change.namespace, fresh: true });
  // Compiling the change says what is to be said of a pod that is gone.
  if (read === null) return undefined;
  const pod = parsed(Owned, read);
  const owner = pod.metadata.ownerReferences.find(({ controller }) => controller);
  if (!owner) return { holds: false, value: `nothing would bring pod ${change.pod} back` };
  if (owner.kind !== 'ReplicaSet' && owner.kind !== 'StatefulSet') {
    return { holds: true, value: `${owner.kind} ${owner.name} makes a new one` };
  }
  const controller = await kube.find(owner.kind, owner.name, { namespace: change.namespace, fresh: true });
  if (controller === null) return { holds: false, value: `its owner ${owner.kind} ${owner.name} is gone` };
  const ready = parsed(Counted, controller).status.readyReplicas;
  return { holds: ready > 1, value: `${owner.kind} ${owner.name} has ${ready} ready` };
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (error) throw new ReadFailure('unparsable', `unexpected answer: ${error.issues[0]?.message}`);
  return data as T;
}
