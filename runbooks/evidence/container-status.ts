import * as z from 'zod';

const Ended = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  exitCode: z.number(),
  finishedAt: z.string().nullish(),
});

/** Of `containerStatuses` and `initContainerStatuses`: what a container does now, and how it ended before. */
export const ContainerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  state: z
    .object({
      running: z.object({ startedAt: z.string().nullish() }).optional(),
      waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
      terminated: Ended.optional(),
    })
    .default({}),
  lastState: z.object({ terminated: Ended.optional() }).default({}),
});
