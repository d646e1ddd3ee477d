import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import { ContainerStatus } from '../evidence/container-status.ts';
import { secondsSince } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import { NAMESPACE, SELECTOR } from './target.ts';

const Amounts = z.record(z.string(), z.string()).default({});
const Spec = z.object({
  name: z.string(),
  image: z.string().default(''),
  resources: z.object({ limits: Amounts }).prefault({}),
});
const Condition = z.object({
  type: z.string(),
  status: z.string(),
  message: z.string().nullish(),
  lastTransitionTime: z.string().nullish(),
});

const Pod = z
  .object({
    metadata: z.object({
      name: z.string(),
      creationTimestamp: z.string(),
      deletionTimestamp: z.string().nullish(),
      labels: z.record(z.string(), z.string()).default({}),
    }),
    spec: z.object({
      nodeName: z.string().nullish(),
      hostNetwork: z.boolean().default(false),
      containers: z.array(Spec).default([]),
    }),
    status: z
      .object({
        phase: z.string().default('Unknown'),
        podIP: z.string().nullish(),
        conditions: z.array(Condition).default([]),
        containerStatuses: z.array(ContainerStatus).default([]),
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }) => {
    const condition = (wanted: string) => status.conditions.find(({ type }) => type === wanted);
    const own = spec.containers.find(isCoreDns);
    const container = status.containerStatuses.find(({ name }) => name === own?.name);
    const [ready, scheduled] = [condition('Ready'), condition('PodScheduled')];
    const containersReady = condition('ContainersReady')?.status;
    return {
      name: metadata.name,
      labels: metadata.labels,
      createdAt: metadata.creationTimestamp,
      isEnding: Boolean(metadata.deletionTimestamp),
      node: spec.nodeName ?? undefined,
      address: status.podIP ?? undefined,
      /** It uses the network of its machine. */
      isOnHost: spec.hostNetwork,
      phase: status.phase,
      unscheduled: scheduled?.status === 'False' ? (scheduled.message ?? 'it has no node') : undefined,
      isReady: ready?.status === 'True',
      readyChangedAt: ready?.lastTransitionTime ?? undefined,
      /** `undefined`: the server does not say. */
      containersReady: containersReady === undefined ? undefined : containersReady === 'True',
      /** Of CoreDNS' own container; `undefined`: it is another DNS. */
      container: own?.name,
      version: /:v?(\d[^@]*)/.exec(own?.image.split('/').at(-1) ?? '')?.[1],
      limits: own?.resources.limits ?? {},
      restarts: container?.restartCount ?? 0,
      runningSince: container?.state.running?.startedAt ?? undefined,
      waiting: container?.state.waiting,
      ended: container?.state.terminated ?? container?.lastState.terminated,
    };
  });
export type PodView = z.infer<typeof Pod>;

function isCoreDns({ name, image }: z.infer<typeof Spec>): boolean {
  return name === 'coredns' || /(^|[/-])coredns[:@]/.test(image);
}

/** CoreDNS' pods by name; `others`: pods of another DNS under the same label; `more`: there are some that were not read. */
export interface Pods {
  readonly all: readonly PodView[];
  readonly others: number;
  readonly more: boolean;
}

export const Pods: z.ZodType<Pods> = z
  .object({ items: z.array(Pod), metadata: z.object({ continue: z.string().optional() }).default({}) })
  .transform(({ items, metadata }) => {
    const once = [...new Map(items.map((pod) => [pod.name, pod])).values()];
    const own = once.filter(({ container }) => container !== undefined);
    // What is left of a pod that was evicted, or whose machine was shut down, is no pod any more; lists of before may hold it.
    const all = own.filter(({ phase }) => phase !== 'Failed' && phase !== 'Succeeded');
    return {
      all: all.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      others: once.length - own.length,
      more: Boolean(metadata.continue),
    };
  });

/** As many as thousands of nodes have; the cost of a run must not grow with the cluster. */
const MOST_PODS = 30;
/** Leftovers are kept by the thousand (kube-controller-manager, `--terminated-pod-gc-threshold`), and would fill the list. */
const LIVING = 'status.phase!=Failed,status.phase!=Succeeded';

export const podReads = ['list Pod in kube-system'] as const;

export function readPods({ kube }: Readers): Promise<unknown> {
  const which = { namespace: NAMESPACE, labelSelector: SELECTOR, fieldSelector: LIVING };
  return kube.list('Pod', { ...which, limit: MOST_PODS, fresh: true });
}

export async function podsRead(readers: Readers): Promise<Pods> {
  return Pods.parse(await readPods(readers));
}

/** When its container ended last, if that was so lately that its last words are worth reading. */
export function endedLately({ ended }: PodView, now: Date): boolean {
  return ended?.finishedAt ? secondsSince(ended.finishedAt, now) <= limits.latelySeconds : false;
}

/**
 * Its container ends again and again: it waits to be started once more, or has ended within the ten minutes that a crash
 * loop may take, and has not run on for a minute since, ready.
 */
export function keepsEnding(pod: PodView, now: Date): boolean {
  if (pod.isEnding) return false;
  if (pod.waiting?.reason === 'CrashLoopBackOff') return true;
  if (!pod.ended?.finishedAt || secondsSince(pod.ended.finishedAt, now) > limits.loopingSeconds) return false;
  const runs = pod.runningSince === undefined ? 0 : secondsSince(pod.runningSince, now);
  return !pod.isReady || runs < limits.settledSeconds;
}

/** Those in trouble first: those that keep ending, those that are not ready, then the rest, each by name. */
export function worstFirst(pods: readonly PodView[], now: Date): readonly PodView[] {
  const rank = (pod: PodView) => (keepsEnding(pod, now) ? 0 : pod.isReady ? 2 : 1);
  return pods.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}
