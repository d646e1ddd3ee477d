import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { NAME, NAMESPACE, SELECTOR } from './target.ts';
import { dateTime } from './words.ts';

const Deployment = z
  .object({
    spec: z.object({ replicas: z.number().default(1), paused: z.boolean().default(false) }).prefault({}),
    status: z.object({ readyReplicas: z.number().default(0) }).prefault({}),
  })
  .nullable()
  .transform((found) => found && { ...found.spec, ready: found.status.readyReplicas });
const Version = z
  .object({
    metadata: z.object({
      name: z.string(),
      creationTimestamp: z.string(),
      annotations: z.record(z.string(), z.string()).default({}),
    }),
    spec: z.object({ replicas: z.number().default(0) }).prefault({}),
  })
  .transform(({ metadata: { name, creationTimestamp, annotations } }) => ({
    name,
    madeAt: creationTimestamp,
    revision: Number(annotations['deployment.kubernetes.io/revision'] ?? 0),
  }));
const Scaler = z.object({ metadata: z.object({ name: z.string() }) });

const Workload = z
  .object({
    deployment: Deployment,
    versions: z.object({ items: z.array(Version) }),
    scalers: z.object({ items: z.array(Scaler) }),
    troubleAt: z.string(),
  })
  .transform(({ deployment, versions, scalers, troubleAt }) =>
    deployment === null
      ? null
      : {
          ...deployment,
          version: versions.items.toSorted((a, b) => b.revision - a.revision)[0],
          scaledBy: scalers.items.map(({ metadata }) => metadata.name).toSorted()[0],
          troubleAt,
        },
  );
/** Who keeps its pods alive. `null`: no Deployment coredns, as with kops' or OpenShift's DaemonSets. */
export type Workload = z.infer<typeof Workload>;

/** cluster-proportional-autoscaler, as the Kubernetes documentation and AKS call it: it sets the replicas again. */
const SCALERS = 'k8s-app in (dns-autoscaler,kube-dns-autoscaler,coredns-autoscaler)';

export const workload: Evidence<Workload, unknown> = {
  title: 'The Deployment, and its present version',
  schema: Workload,
  reads: ['get Deployment in kube-system', 'list ReplicaSet in kube-system', 'list Deployment in kube-system'],
  read: async ({ kube }, _, { now, since }) => {
    const [deployment, versions, scalers] = await Promise.all([
      kube.find('Deployment', NAME, { namespace: NAMESPACE }),
      kube.list('ReplicaSet', { namespace: NAMESPACE, labelSelector: SELECTOR }),
      kube.list('Deployment', { namespace: NAMESPACE, labelSelector: SCALERS }),
    ]);
    return { deployment, versions, scalers, troubleAt: (since ?? now).toISOString() };
  },
  show: (found) => {
    if (found === null) return 'there is no Deployment kube-system/coredns';
    const { replicas, ready, paused, version, scaledBy } = found;
    const words = [
      `${ready} of ${replicas} replicas ready`,
      ...(version ? [`revision ${version.revision} made at ${dateTime(version.madeAt)}`] : []),
      ...(paused ? ['paused'] : []),
      ...(scaledBy ? [`scaled by ${scaledBy}`] : []),
    ];
    return words.join('; ');
  },
};
