import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { ListOptions, Readers } from '../../engine/readers.ts';
import { secondsSince } from '../evidence/node-words.ts';
import { Container, type ContainerView } from './containers.ts';
import { limits } from './limits.ts';
import type { FlapTarget } from './target.ts';

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  lastTransitionTime: z.string().nullish(),
});

const Pod = z
  .object({
    metadata: z.object({
      name: z.string(),
      namespace: z.string().default('default'),
      creationTimestamp: z.string(),
      deletionTimestamp: z.string().nullish(),
      finalizers: z.array(z.string()).default([]),
      ownerReferences: z.array(z.object({ kind: z.string(), controller: z.boolean().optional() })).default([]),
    }),
    spec: z
      .object({
        nodeName: z.string().optional(),
        readinessGates: z.array(z.object({ conditionType: z.string() })).default([]),
        initContainers: z.array(z.object({ name: z.string(), restartPolicy: z.string().nullish() })).default([]),
      })
      .prefault({}),
    status: z
      .object({
        phase: z.string().default('Unknown'),
        reason: z.string().nullish(),
        message: z.string().nullish(),
        conditions: z.array(Condition).default([]),
        containerStatuses: z.array(Container).default([]),
        initContainerStatuses: z.array(Container).default([]),
      })
      .prefault({}),
  })
  .transform(({ metadata, spec, status }) => {
    const condition = (wanted: string) => status.conditions.find(({ type }) => type === wanted);
    const [ready, scheduled] = [condition('Ready'), condition('PodScheduled')];
    const target = condition('DisruptionTarget');
    // A sidecar runs and is probed as long as its pod, though it is listed among those that come before (since 1.29).
    const sidecars = spec.initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
    const isSidecar = (one: ContainerView) => sidecars.some(({ name }) => name === one.name);
    const containers = [...status.initContainerStatuses.filter(isSidecar), ...status.containerStatuses];
    return {
      namespace: metadata.namespace,
      name: metadata.name,
      node: spec.nodeName,
      createdAt: metadata.creationTimestamp,
      isEnding: Boolean(metadata.deletionTimestamp),
      /** When it should be gone at the latest: its grace period is counted in. */
      goneBy: metadata.deletionTimestamp ?? undefined,
      /** Each keeps it until its controller takes it away. */
      finalizers: metadata.finalizers,
      /** Its end is its purpose. */
      ofJob: metadata.ownerReferences.some(({ kind }) => kind === 'Job'),
      phase: status.phase,
      reason: status.reason ?? '',
      message: status.message ?? '',
      why: [status.reason, status.message].filter(Boolean).join(': '),
      /** Why it was ended by somebody (since 1.26). */
      disruption: target?.status === 'True' ? [target.reason, target.message].filter(Boolean).join(': ') : undefined,
      unscheduled: scheduled?.status === 'False' ? (scheduled.message ?? 'it has no node') : undefined,
      isReady: ready?.status === 'True',
      /** The last time it became ready or stopped being so. */
      changedAt: ready?.lastTransitionTime ?? undefined,
      isOver: status.phase === 'Failed' || status.phase === 'Succeeded',
      /** `undefined`: the server is too old to say (before 1.11), and no container is listed either. */
      containersReady: containersReady(condition('ContainersReady')?.status, containers),
      hasGates: spec.readinessGates.length > 0,
      /** Gates that hold it back; whoever opens them is no kubelet. */
      gates: spec.readinessGates
        .map(({ conditionType }) => conditionType)
        .filter((gate) => condition(gate)?.status !== 'True'),
      /** Those that run as long as the pod does. */
      containers,
      /** Those that must have ended before the others start. */
      before: status.initContainerStatuses.filter((one) => !isSidecar(one)),
    };
  });
export type PodView = z.infer<typeof Pod>;

function containersReady(condition: string | undefined, all: readonly ContainerView[]) {
  if (condition === 'True' || condition === 'False') return condition === 'True';
  return all.length === 0 ? undefined : all.every(({ ready }) => ready);
}

/**
 * `gone`: the pod of the alert does not exist. `more`: there are others that were not looked at. `undated`: pods that have
 * ended, perhaps within the half hour: when, nobody tells.
 */
export const Pods = z
  .object({
    items: z.array(Pod),
    metadata: z.object({ continue: z.string().optional() }).default({}),
    gone: z.boolean().optional(),
    /** When a list was read; absent: it is the one pod of the alert, which counts whatever became of it. */
    readAt: z.string().optional(),
  })
  .transform(({ items, metadata, gone = false, readAt }) => {
    const once = new Map(items.map((pod) => [nameOf(pod), pod]));
    const listed = [...once.values()].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const left = listed.filter((pod) => readAt !== undefined && isLeft(pod, new Date(readAt)));
    return {
      pods: listed.filter((pod) => !left.includes(pod)),
      gone,
      more: Boolean(metadata.continue),
      undated: left.filter((pod) => endedAt(pod) === undefined).map(nameOf),
    };
  });
export type Pods = z.infer<typeof Pods>;

export function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** Pods that ended stay listed for weeks (evicted, or by a node that was shut down), and are no endpoints any more. */
function isLeft(pod: PodView, now: Date): boolean {
  return pod.isOver && secondsSince(endedAt(pod) ?? pod.createdAt, now) > limits.latelySeconds;
}

/** `undefined`: servers before 1.22 tell of an evicted pod neither conditions nor containers. */
function endedAt({ changedAt, containers }: PodView): string | undefined {
  const ends = [changedAt, ...containers.map(({ ended }) => ended?.finishedAt)];
  return ends.flatMap((at) => (at ? [at] : [])).toSorted((a, b) => Date.parse(b) - Date.parse(a))[0];
}

/** Of a Service with a thousand pods a few tell what is wrong with it, and cost the same everywhere. */
const MOST_OF_A_SERVICE = 50;
const Slice = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }) });
const Service = z.object({ spec: z.object({ selector: z.record(z.string(), z.string()).default({}) }) });

/** What any read that is about the pods of the target may ask. */
export const podReads = ['list Pod', 'get Pod', 'get Service', 'get EndpointSlice'] as const;

/** The pods that come and go, or may: what `Pods` takes. */
export async function readPods(readers: Readers, target: FlapTarget, now: Date): Promise<unknown> {
  const { kube } = readers;
  const listed = async (options: ListOptions) => {
    const list = (await kube.list('Pod', options)) as object | null;
    return { ...list, readAt: now.toISOString() };
  };
  if (target.kind === 'Node') return listed({ fieldSelector: `spec.nodeName=${target.name}` });
  if (target.kind === 'Pod') {
    const pod = await kube.find('Pod', target.name, { namespace: target.namespace });
    return { items: pod === null ? [] : [pod], gone: pod === null };
  }
  const { namespace } = target;
  const name = await serviceOf(readers, target);
  const { selector } = Service.parse(await kube.get('Service', name, { namespace })).spec;
  const labelSelector = Object.entries(selector)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  if (labelSelector === '') throw new ReadFailure('unparsable', `Service ${namespace}/${name} selects no pods`);
  return listed({ namespace, labelSelector, limit: MOST_OF_A_SERVICE, fresh: true });
}

/** The Service whose endpoints the target is. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#ownership */
export async function serviceOf(
  { kube }: Readers,
  target: Extract<FlapTarget, { kind: 'Service' | 'Object' }>,
): Promise<string> {
  if (target.kind === 'Service') return target.name;
  const slice = Slice.parse(await kube.get('EndpointSlice', target.name, { namespace: target.namespace }));
  const name = slice.metadata.labels['kubernetes.io/service-name'];
  if (name === undefined) throw new ReadFailure('unparsable', `EndpointSlice ${target.name} names no Service`);
  return name;
}

/** The node to look at: the target itself, or where most of its pods are that came or went. */
export async function nodeFor(readers: Readers, target: FlapTarget, now: Date): Promise<string> {
  if (target.kind === 'Node') return target.name;
  const { pods } = Pods.parse(await readPods(readers, target, now));
  const name = busiestNode(pods, now) ?? ('node' in target ? target.node : undefined);
  if (name === undefined) throw new ReadFailure('not-found', 'no pod of it is on a node');
  return name;
}

/** Those that look as if their node were silent say where the trouble is; then those that came or went; else all. */
function busiestNode(pods: readonly PodView[], now: Date): string | undefined {
  const placed = pods.filter(({ node }) => node !== undefined);
  const unwell = placed.filter((pod) => !pod.isReady || changedLately(pod, now));
  const by = Map.groupBy(unwell.length > 0 ? unwell : placed, ({ node = '' }) => node);
  const silent = (pods: readonly PodView[]) => pods.filter(looksSilent).length;
  return [...by].toSorted(
    ([a, one], [b, two]) => silent(two) - silent(one) || two.length - one.length || (a < b ? -1 : 1),
  )[0]?.[0];
}

/** Its containers are ready and it is not, and no gate holds it back: so the controller manager leaves them. */
function looksSilent({ isReady, isEnding, containersReady, gates }: PodView): boolean {
  return !isReady && !isEnding && containersReady === true && gates.length === 0;
}

/** Whether it became ready, or stopped being so, within the half hour; a pod that says no time counts as steady. */
export function changedLately({ changedAt }: PodView, now: Date): boolean {
  return changedAt !== undefined && secondsSince(changedAt, now) <= limits.latelySeconds;
}
