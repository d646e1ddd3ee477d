import * as z from 'zod';

/** The fields of Kubernetes objects that a change looks at, and no others. Items of a list carry no `kind`. */

const Strings = z.record(z.string(), z.string()).default({});

export const Meta = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().min(1),
  resourceVersion: z.string().min(1),
  generation: z.number().default(0),
  deletionTimestamp: z.string().nullish(),
  labels: Strings,
  annotations: Strings,
  finalizers: z.array(z.string()).default([]),
  ownerReferences: z
    .array(
      z.object({
        apiVersion: z.string().optional(),
        kind: z.string(),
        name: z.string(),
        uid: z.string(),
        controller: z.boolean().default(false),
      }),
    )
    .default([]),
});
export type Meta = z.infer<typeof Meta>;

export const Conditions = z
  .array(
    z.object({
      type: z.string(),
      status: z.string(),
      reason: z.string().optional(),
      message: z.string().optional(),
    }),
  )
  .default([]);

/** Whole: a patch of the list has to give back every field of the taints it does not mean. */
export const NodeTaint = z
  .object({ key: z.string(), value: z.string().optional(), effect: z.string() })
  .catchall(z.json());
export type NodeTaint = z.infer<typeof NodeTaint>;

export const Node = z.object({
  metadata: Meta,
  spec: z
    .object({ unschedulable: z.boolean().default(false), taints: z.array(NodeTaint).default([]) })
    .default({ unschedulable: false, taints: [] }),
  status: z.object({ conditions: Conditions, allocatable: Strings }).default({ conditions: [], allocatable: {} }),
});
export type Node = z.infer<typeof Node>;

/** Sources of a volume that hold what is lost with a pod, or what keeps it on its node. */
const Volume = z.looseObject({
  name: z.string(),
  emptyDir: z.unknown().optional(),
  ephemeral: z.unknown().optional(),
  csi: z.looseObject({ readOnly: z.boolean().optional() }).nullish(),
  hostPath: z.unknown().optional(),
  persistentVolumeClaim: z.looseObject({ claimName: z.string().optional() }).nullish(),
});

const Requirements = z
  .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
  .default([]);

/** One of the terms has to fit, with all it asks for. */
const NodeSelector = z.object({
  nodeSelectorTerms: z.array(z.object({ matchExpressions: Requirements, matchFields: Requirements })),
});

export const Pod = z.object({
  metadata: Meta,
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z
      .array(
        z.object({
          name: z.string(),
          image: z.string().optional(),
          resources: z.object({ requests: Strings, limits: Strings }).prefault({}),
          volumeMounts: z.array(z.object({ name: z.string(), readOnly: z.boolean().default(false) })).default([]),
        }),
      )
      .default([]),
    volumes: z.array(Volume).default([]),
    nodeSelector: Strings,
    affinity: z
      .object({
        nodeAffinity: z.object({ requiredDuringSchedulingIgnoredDuringExecution: NodeSelector.nullish() }).nullish(),
      })
      .nullish(),
    tolerations: z
      .array(
        z.object({
          key: z.string().optional(),
          operator: z.string().default('Equal'),
          value: z.string().default(''),
          effect: z.string().optional(),
          tolerationSeconds: z.number().optional(),
        }),
      )
      .default([]),
  }),
  status: z.object({ phase: z.string().default('Unknown'), conditions: Conditions }),
});
export type Pod = z.infer<typeof Pod>;

export const LabelSelector = z.object({
  matchLabels: Strings,
  matchExpressions: Requirements,
});
export type LabelSelector = z.infer<typeof LabelSelector>;

export const Budget = z.object({
  metadata: Meta,
  spec: z.object({ selector: LabelSelector.nullish(), unhealthyPodEvictionPolicy: z.string().nullish() }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      disruptionsAllowed: z.number().default(0),
      currentHealthy: z.number().default(0),
      desiredHealthy: z.number().default(0),
      expectedPods: z.number().default(0),
    })
    .prefault({}),
});
export type Budget = z.infer<typeof Budget>;

const Amounts = z.record(z.string(), z.string()).default({});
const Container = z.looseObject({
  name: z.string(),
  image: z.string().optional(),
  resources: z.object({ requests: Amounts, limits: Amounts }).prefault({}),
});
const Share = z.union([z.number(), z.string()]);

/** A Deployment, StatefulSet or DaemonSet: each kind has the fields it has. */
export const WorkloadObject = z.object({
  metadata: Meta,
  spec: z.object({
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    selector: LabelSelector,
    strategy: z
      .object({
        type: z.string().optional(),
        rollingUpdate: z.object({ maxUnavailable: Share.optional(), maxSurge: Share.optional() }).nullish(),
      })
      .optional(),
    updateStrategy: z
      .object({
        type: z.string().optional(),
        rollingUpdate: z.object({ partition: z.number().optional(), maxUnavailable: Share.optional() }).nullish(),
      })
      .optional(),
    podManagementPolicy: z.string().optional(),
    ordinals: z.object({ start: z.number().default(0) }).nullish(),
    persistentVolumeClaimRetentionPolicy: z.object({ whenScaled: z.string().optional() }).optional(),
    // Whole: a digest of it tells one template from another.
    template: z.looseObject({
      metadata: z.looseObject({ annotations: Strings }).prefault({}),
      spec: z.looseObject({
        containers: z.array(Container),
        volumes: z.array(Volume).optional(),
      }),
    }),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      currentRevision: z.string().optional(),
      updateRevision: z.string().optional(),
      desiredNumberScheduled: z.number().default(0),
      updatedNumberScheduled: z.number().default(0),
      numberAvailable: z.number().default(0),
      conditions: Conditions,
    })
    .prefault({}),
});
export type WorkloadObject = z.infer<typeof WorkloadObject>;

export const Autoscaler = z.object({
  metadata: Meta,
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.string(), name: z.string(), apiVersion: z.string().default('') }),
  }),
});
