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
  kubelet: z.record(z.string(), z.number()),
  apiCalls: z.record(z.string(), z.number()),
  expiredPerSecond: z.number().optional(),
  unhealthyNodes: z.number().optional(),
});
export type Recording = z.infer<typeof Recording>;
