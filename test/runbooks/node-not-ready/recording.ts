import * as z from 'zod';

/** What a moment of a recorded trouble holds, cut down to what is used. Kubernetes objects keep their own shape. */
export const Recording = z.strictObject({
  about: z.string(),
  /** The server's time when the objects were read. */
  now: z.iso.datetime(),
  node: z.looseObject({ metadata: z.looseObject({ name: z.string() }) }),
  lease: z.unknown(),
  events: z.array(z.unknown()),
  pods: z.array(z.unknown()),
  /** Prometheus at that moment: the last scrape of each job, and figures computed from the recorded ranges. */
  scrapes: z.record(z.string(), z.strictObject({ up: z.number(), seconds: z.number().optional() })),
  /** What curl met there at that moment, where the scrapes failed: the words of Prometheus for it. */
  ended: z.string().optional(),
  kubelet: z.record(z.string(), z.number()),
  apiCalls: z.record(z.string(), z.number()),
  expiredPerSecond: z.number().optional(),
  unhealthyNodes: z.number().optional(),
  readyz: z.strictObject({ status: z.number(), text: z.string() }).optional(),
});
export type Recording = z.infer<typeof Recording>;

export type Json = Record<string, unknown>;

/** The items of a list as the API server answers it, or of a bare array. */
export function itemsOf(list: unknown): Json[] {
  return (Array.isArray(list) ? list : (list as { items: Json[] }).items) as Json[];
}

export function pick(object: Json, ...keys: readonly string[]): Json {
  return Object.fromEntries(keys.flatMap((key) => (key in object ? [[key, object[key]]] : [])));
}

export function trimNode({ metadata, spec, status }: Json): Recording['node'] {
  return {
    metadata: { name: '', ...pick(metadata as Json, 'name', 'uid', 'resourceVersion', 'creationTimestamp') },
    spec,
    status: pick(status as Json, 'conditions', 'addresses', 'nodeInfo'),
  };
}

export function trimPod({ metadata, status }: Json): Json {
  const { conditions = [], ...rest } = status as { conditions?: Json[] };
  const readiness = conditions.filter(({ type }) => type === 'Ready' || type === 'ContainersReady');
  return {
    metadata: pick(metadata as Json, 'name', 'namespace', 'deletionTimestamp'),
    status: {
      ...pick(rest, 'phase', 'reason', 'message'),
      ...(readiness.length > 0 ? { conditions: readiness.map((condition) => pick(condition, 'type', 'status')) } : {}),
    },
  };
}
