import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Evidence } from '../../engine/runbook.ts';
import { clockTime, plural } from '../evidence/node-words.ts';

/** Pods without a node. A scheduler that works says of each at once why it has none (`PodScheduled=False`). */
export interface Unbound {
  readonly namespace: string;
  readonly name: string;
  readonly createdAt: string;
  /** When a scheduler said so; absent: none has looked at it. */
  readonly lookedAt?: string;
}

const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default('default'),
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().nullish(),
  }),
  spec: z
    .object({
      schedulerName: z.string().default('default-scheduler'),
      schedulingGates: z.array(z.unknown()).default([]),
    })
    .default({ schedulerName: 'default-scheduler', schedulingGates: [] }),
  status: z
    .object({
      conditions: z.array(z.object({ type: z.string(), lastTransitionTime: z.string().nullish() })).default([]),
    })
    .default({ conditions: [] }),
});

export interface Waiting {
  /** The oldest first. */
  readonly pods: readonly Unbound[];
  /** There are more than fit into one answer, and none of them was read. */
  readonly tooMany: boolean;
}

/** Not those of another scheduler, nor those that are held back on purpose. */
const Schema = z
  .object({ items: z.array(Pod).nullable() })
  .transform(({ items }): Waiting => ({ tooMany: items === null, pods: unboundIn(items ?? []) }));

function unboundIn(items: readonly z.infer<typeof Pod>[]): readonly Unbound[] {
  return [...new Map(items.map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod])).values()]
    .filter(({ metadata, spec }) => {
      const isOurs = spec.schedulerName === 'default-scheduler' && spec.schedulingGates.length === 0;
      return isOurs && !metadata.deletionTimestamp;
    })
    .map(({ metadata, status }) => {
      const looked = status.conditions.find(({ type }) => type === 'PodScheduled')?.lastTransitionTime;
      const { namespace, name, creationTimestamp: createdAt } = metadata;
      return { namespace, name, createdAt, ...(looked ? { lookedAt: looked } : {}) };
    })
    .toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.name < b.name ? -1 : 1));
}

/** Served by the index of the watch cache. Of thousands the answer exceeds its cap: that, too, is an answer. */
export const waiting: Evidence<Waiting, unknown> = {
  title: 'Pods that have no node',
  schema: Schema,
  reads: ['list Pod'],
  read: async ({ kube }) => {
    try {
      return await kube.list('Pod', { fieldSelector: 'spec.nodeName=' });
    } catch (thrown) {
      if (thrown instanceof ReadFailure && thrown.kind === 'too-large') return { items: null };
      throw thrown;
    }
  },
  show: ({ pods, tooMany }) => {
    if (tooMany) return 'more than fit into one answer (4 MiB)';
    const unseen = unseenIn({ pods });
    if (unseen.length === 0)
      return `${plural(pods.length, 'pod')}${pods.length > 0 ? ', a scheduler has looked at each' : ''}`;
    const [first] = unseen;
    const since = first ? `, the first since ${clockTime(first.createdAt)}` : '';
    return `${plural(pods.length, 'pod')}, no scheduler has looked at ${unseen.length} of them${since}`;
  },
};

/** Those that no scheduler has looked at. */
export function unseenIn({ pods }: Pick<Waiting, 'pods'>): readonly Unbound[] {
  return pods.filter(({ lookedAt }) => lookedAt === undefined);
}
