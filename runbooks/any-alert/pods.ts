import * as z from 'zod';
import { selectorText } from '../../engine/changes/labels.ts';
import { LabelSelector } from '../../engine/changes/objects.ts';
import { ReadFailure } from '../../engine/errors.ts';
import type { Readers } from '../../engine/readers.ts';
import { type AnyTarget, namespaceOf } from './target.ts';

const Ended = z.object({
  reason: z.string().default(''),
  exitCode: z.number(),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  message: z.string().nullish(),
});
const Resources = z.object({ limits: z.record(z.string(), z.unknown()).nullish() }).nullish();
const Container = z
  .object({
    name: z.string(),
    resources: Resources,
    ready: z.boolean().default(false),
    restartCount: z.number().default(0),
    state: z
      .object({
        waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
        terminated: Ended.optional(),
      })
      .default({}),
    lastState: z.object({ terminated: Ended.optional() }).default({}),
  })
  .transform(({ name, resources, ready, restartCount, state, lastState }) => ({
    name,
    resources,
    ready,
    restarts: restartCount,
    waiting: state.waiting,
    /** How its latest run that is over ended. */
    ended: state.terminated ?? lastState.terminated,
    /** It has not been started again since. */
    over: state.terminated !== undefined,
  }));

const SpecContainer = z.object({ name: z.string(), resources: Resources });
const Spec = z.object({
  nodeName: z.string().optional(),
  resources: Resources,
  containers: z.array(SpecContainer).default([]),
  initContainers: z.array(SpecContainer).default([]),
});

/**
 * `512Mi`, its own or that of its pod; `null`: it has none; `undefined`: nobody has told. What its kubelet has given it counts, if
 * that is told: a resize in place may wait for room, or never find it (https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/).
 */
function memoryLimitOf(
  { name, resources: given }: Pick<z.infer<typeof Container>, 'name' | 'resources'>,
  spec: z.infer<typeof Spec>,
): string | null | undefined {
  const own = [...spec.initContainers, ...spec.containers].find((container) => container.name === name);
  const limit = own && ((given ?? own.resources)?.limits?.memory ?? spec.resources?.limits?.memory ?? null);
  return limit === undefined || limit === null ? limit : String(limit);
}

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
});

export const Pod = z
  .object({
    metadata: z.object({
      name: z.string(),
      creationTimestamp: z.string(),
      ownerReferences: z
        .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() }))
        .default([]),
    }),
    spec: Spec.prefault({}),
    status: z.object({
      phase: z.string().default('Unknown'),
      reason: z.string().nullish(),
      message: z.string().nullish(),
      conditions: z.array(Condition).default([]),
      containerStatuses: z.array(Container).default([]),
      initContainerStatuses: z.array(Container).default([]),
    }),
  })
  .transform(({ metadata, spec, status }) => ({
    name: metadata.name,
    createdAt: metadata.creationTimestamp,
    owner: metadata.ownerReferences.find(({ controller }) => controller) ?? metadata.ownerReferences[0],
    node: spec.nodeName,
    phase: status.phase,
    why: [status.reason, status.message].filter(Boolean).join(': '),
    ready: status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    unscheduled: status.conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False'),
    containers: [...status.initContainerStatuses, ...status.containerStatuses].map(({ resources, ...container }) => ({
      ...container,
      memoryLimit: memoryLimitOf({ name: container.name, resources }, spec),
    })),
  }));
export type PodView = z.infer<typeof Pod>;
export type ContainerView = PodView['containers'][number];

/**
 * The pods an alert is about. `named: false`: its target is none that has pods. `gone`: it had, and has not now. `more`:
 * there are others that were not looked at.
 */
export const Pods = z.discriminatedUnion('named', [
  z.object({ named: z.literal(false) }),
  z.object({
    named: z.literal(true),
    gone: z.boolean(),
    pods: z.array(Pod),
    more: z.boolean(),
    /** It is about this pod; else about a workload or a Service that has them. */
    isOne: z.boolean().default(false),
  }),
]);
export type Pods = z.infer<typeof Pods>;

/** What its node was short of when it ended a pod: `web-1 was evicted: The node was low on resource: memory`. */
export function evictedWords(found: Pods): string | undefined {
  const pods = found.named ? found.pods : [];
  const evicted = pods.find(({ why }) => /^Evicted: The node (?:was low on|had condition)/.test(why));
  return evicted && `${evicted.name} was evicted: ${evicted.why.replace(/^Evicted: /, '').slice(0, 120)}`;
}

/**
 * Those that serve or shall. What failed (evicted, or by a node that was shut down) stays listed for weeks beside the pod that
 * was made in its place; only of itself it is the trouble.
 */
export function presentIn({ pods, isOne }: Extract<Pods, { named: true }>): readonly PodView[] {
  return isOne ? pods : pods.filter(({ phase }) => phase !== 'Failed');
}

/** Of a workload with a thousand pods a few tell what is wrong with it, and cost the same everywhere. */
const SOME_PODS = 20;
/** https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
const PodList = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(z.unknown()),
});
const OfWorkload = z.object({ spec: z.object({ selector: LabelSelector }) });
const OfService = z.object({ spec: z.object({ selector: z.record(z.string(), z.string()).nullish() }) });
export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

export function isWorkload(kind: string): kind is WorkloadKind {
  return workloadKinds.some((known) => known === kind);
}

export async function readPods({ kube }: Readers, target: AnyTarget): Promise<unknown> {
  const namespace = namespaceOf(target);
  if (namespace === undefined) return { named: false };
  if (target.kind === 'Pod') {
    const pod = await kube.find('Pod', target.name, { namespace });
    return { named: true, gone: pod === null, pods: pod === null ? [] : [pod], more: false, isOne: true };
  }
  const kind = target.kind === 'Object' ? target.resource : target.kind;
  if (!('name' in target) || (kind !== 'Service' && !isWorkload(kind))) return { named: false };
  const owner = await kube.find(kind, target.name, { namespace });
  if (owner === null) return { named: true, gone: true, pods: [], more: false };
  const labelSelector = selectorOf(kind, owner);
  if (labelSelector === '') return { named: false };
  const listed = await kube.list('Pod', { namespace, labelSelector, limit: SOME_PODS, fresh: true });
  const { items, metadata } = PodList.parse(listed);
  return { named: true, gone: false, pods: items, more: Boolean(metadata.continue) };
}

/** `app=web,tier in (front,back)`; empty: it selects nothing. */
export function selectorOf(kind: WorkloadKind | 'Service', owner: unknown): string {
  const unknown = () => new ReadFailure('unparsable', 'it has no selector we understand');
  if (kind === 'Service') {
    const service = OfService.safeParse(owner);
    if (!service.success) throw unknown();
    return selectorText({ matchLabels: service.data.spec.selector ?? {}, matchExpressions: [] });
  }
  const workload = OfWorkload.safeParse(owner);
  if (!workload.success) throw unknown();
  return selectorText(workload.data.spec.selector);
}
