import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { networkAppOf } from '../evidence/network-apps.ts';
import { clockTime, plural } from '../evidence/node-words.ts';

/** How a container ended the last time. */
const Ended = z.object({
  reason: z.string().default(''),
  exitCode: z.number().default(0),
  finishedAt: z.string().nullish(),
});
const Status = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  state: z
    .object({
      running: z.object({ startedAt: z.string().nullish() }).nullish(),
      waiting: z.object({ reason: z.string().default('') }).nullish(),
      terminated: Ended.nullish(),
    })
    .prefault({}),
  lastState: z.object({ terminated: Ended.nullish() }).prefault({}),
});
const Container = z.object({
  name: z.string(),
  resources: z.object({ limits: z.record(z.string(), z.union([z.string(), z.number()])).default({}) }).prefault({}),
  volumeMounts: z.array(z.object({ name: z.string() })).default([]),
});
const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default('default'),
    creationTimestamp: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().nullish(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() }))
      .default([]),
  }),
  spec: z.object({
    hostNetwork: z.boolean().default(false),
    containers: z.array(Container).default([]),
    initContainers: z.array(Container).default([]),
    volumes: z.array(z.object({ name: z.string(), hostPath: z.object({ path: z.string() }).nullish() })).default([]),
  }),
  status: z.object({
    phase: z.string().default('Unknown'),
    podIP: z.string().nullish(),
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() }))
      .default([]),
    containerStatuses: z.array(Status).default([]),
    initContainerStatuses: z.array(Status).default([]),
  }),
});
type Pod = z.infer<typeof Pod>;

/** A container of an agent: the state it is in, how it ended before, and what it may use. */
export interface AgentContainer {
  readonly name: string;
  readonly isInit: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  /** `running`, `ended`, or why it waits: `CrashLoopBackOff`, `ContainerCreating`, … */
  readonly state: string;
  readonly startedAt?: string | undefined;
  readonly ended?: { readonly reason: string; readonly exitCode: number; readonly at?: string | undefined } | undefined;
  readonly memoryLimit?: string | undefined;
}

/** A pod of the network: kube-proxy, or the agent of a CNI plug-in. */
export interface Agent {
  readonly namespace: string;
  readonly name: string;
  /** What it is called in its labels: `flannel`, `calico-node`, `kube-proxy`, … */
  readonly app: string;
  readonly daemonSet?: string | undefined;
  readonly createdAt: string;
  readonly ready: boolean;
  /** Since when it is ready, or not; `undefined`: nobody says. */
  readonly changedAt?: string | undefined;
  readonly isEnding: boolean;
  /** Whether it shares the machine's lock of iptables. */
  readonly mountsLock: boolean;
  readonly containers: readonly AgentContainer[];
}

/** A pod that is bound to the node, wants a network of its own, and has no address yet. */
export interface WaitingPod {
  readonly namespace: string;
  readonly name: string;
  readonly createdAt: string;
}

export interface AgentsView {
  readonly readAt: string;
  readonly agents: readonly Agent[];
  /** The newest first. */
  readonly waiting: readonly WaitingPod[];
  /** Pods that hold an address of the pod network. */
  readonly withAddress: number;
}

export const PodsOnNode = z
  .object({ readAt: z.string(), list: z.object({ items: z.array(Pod) }) })
  .transform(({ readAt, list }): AgentsView => {
    const pods = [...new Map(list.items.map((pod) => [nameOf(pod.metadata), pod])).values()].toSorted((a, b) =>
      nameOf(a.metadata) < nameOf(b.metadata) ? -1 : 1,
    );
    const ordinary = pods.filter(({ spec, status }) => !spec.hostNetwork && !isOver(status.phase));
    const waiting = ordinary.filter(({ metadata, status }) => !status.podIP && !metadata.deletionTimestamp);
    return {
      readAt,
      agents: pods.flatMap(agentOf),
      waiting: waiting
        .map(({ metadata }) => ({
          namespace: metadata.namespace,
          name: metadata.name,
          createdAt: metadata.creationTimestamp,
        }))
        .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)),
      withAddress: ordinary.filter(({ status }) => status.podIP).length,
    };
  });

export function podsOf(node: string) {
  return { fieldSelector: `spec.nodeName=${node}` } as const;
}

export const agents: Evidence<AgentsView, NodeTarget> = {
  title: 'Pods of the network on the node, and pods that wait for theirs',
  schema: PodsOnNode,
  reads: ['list Pod'],
  read: async ({ kube }, { name }, { now }) => ({
    readAt: now.toISOString(),
    list: await kube.list('Pod', podsOf(name)),
  }),
  show: ({ agents: all, waiting, withAddress }) =>
    [
      ...(all.length === 0 ? ['no pod of the network of a known name'] : all.map(agentWords)),
      waiting.length === 0 ? 'no pod waits for an address' : `${plural(waiting.length, 'pod')} without an address`,
      `${plural(withAddress, 'pod')} with one`,
    ].join('; '),
};

function agentOf({ metadata, spec, status }: Pod): readonly Agent[] {
  const app = networkAppOf(metadata.labels);
  if (app === undefined || isOver(status.phase)) return [];
  const lock = spec.volumes.find(({ hostPath }) => hostPath?.path.endsWith('/xtables.lock'))?.name;
  const all = [
    ...spec.initContainers.map((container) => ({ container, isInit: true })),
    ...spec.containers.map((container) => ({ container, isInit: false })),
  ];
  const statuses = [...status.initContainerStatuses, ...status.containerStatuses];
  return [
    {
      namespace: metadata.namespace,
      name: metadata.name,
      app,
      daemonSet: metadata.ownerReferences.find(({ kind, controller }) => kind === 'DaemonSet' && controller)?.name,
      createdAt: metadata.creationTimestamp,
      ready: readyIn(status.conditions)?.status === 'True',
      changedAt: readyIn(status.conditions)?.lastTransitionTime ?? undefined,
      isEnding: Boolean(metadata.deletionTimestamp),
      mountsLock: all.some(({ container }) => container.volumeMounts.some(({ name }) => name === lock)),
      containers: all.map(({ container, isInit }) =>
        containerOf(
          container,
          isInit,
          statuses.find(({ name }) => name === container.name),
        ),
      ),
    },
  ];
}

/**
 * As the kubelet says. Of a silent node the controller manager turns Ready of all pods to False and leaves ContainersReady alone
 * (measured): that the node is silent is told by the node.
 */
function readyIn(conditions: Pod['status']['conditions']) {
  const one = (wanted: string) => conditions.find(({ type }) => type === wanted);
  return one('ContainersReady') ?? one('Ready');
}

function containerOf(
  { name, resources }: z.infer<typeof Container>,
  isInit: boolean,
  status: z.infer<typeof Status> | undefined,
): AgentContainer {
  const { running, waiting, terminated } = status?.state ?? {};
  const ended = terminated ?? status?.lastState.terminated;
  return {
    name,
    isInit,
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
    state: running ? 'running' : terminated ? 'ended' : (waiting?.reason ?? 'not started'),
    startedAt: running?.startedAt ?? undefined,
    ended: ended ? { reason: ended.reason, exitCode: ended.exitCode, at: ended.finishedAt ?? undefined } : undefined,
    memoryLimit: resources.limits.memory === undefined ? undefined : String(resources.limits.memory),
  };
}

export function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function isOver(phase: string): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** "kube-flannel/kube-flannel-ds-x2x: kube-flannel CrashLoopBackOff, 12 restarts, ended at 02:51:07 (OOMKilled)". */
export function agentWords(agent: Agent): string {
  const { isEnding, ready } = agent;
  const again = restlessIn(agent);
  if (ready && again?.ended?.at)
    return `${nameOf(agent)} ready, but ${again.name} ended at ${clockTime(again.ended.at)} (${endWords(again.ended)}), ${plural(again.restarts, 'restart')}`;
  if (ready) return `${nameOf(agent)} ready${isEnding ? ', being ended' : ''}`;
  const { name, state, restarts, ended } = failingIn(agent) ?? { name: 'it', state: 'not ready', restarts: 0 };
  const end = ended ? `, ended${ended.at ? ` at ${clockTime(ended.at)}` : ''} (${endWords(ended)})` : '';
  return `${nameOf(agent)} not ready: ${name} ${state}${restarts > 0 ? `, ${plural(restarts, 'restart')}` : ''}${end}`;
}

export function endWords({ reason, exitCode }: { readonly reason: string; readonly exitCode: number }): string {
  return reason && reason !== 'Error' ? reason : `exit code ${exitCode}`;
}

/** Its container that was started again after an end of its own; a restart of the machine ends it as `Unknown`. */
export function restlessIn({ containers }: Agent): AgentContainer | undefined {
  return containers.find(
    ({ isInit, restarts, ended }) => !isInit && restarts > 0 && ended?.at !== undefined && ended.reason !== 'Unknown',
  );
}

/** The container that keeps its pod from being ready: the first init container that is not through, else the first not ready. */
export function failingIn({ containers }: Agent): AgentContainer | undefined {
  const isThrough = ({ ready, state, ended }: AgentContainer) => ready || (state === 'ended' && ended?.exitCode === 0);
  return containers.find((one) => one.isInit && !isThrough(one)) ?? containers.find((one) => !one.isInit && !one.ready);
}
