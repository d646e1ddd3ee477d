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

/** How one ended that never ran, by containerd and by dockershim: it is no end of its own. */
export const NEVER_RAN: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);
/** What a container waits for that is on its way; whatever else it waits for is a complaint. */
export const ON_ITS_WAY: ReadonlySet<string> = new Set(['', 'ContainerCreating', 'PodInitializing']);
