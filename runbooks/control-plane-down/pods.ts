import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { counted } from '../../engine/words.ts';
import { flagIn, switchIn } from '../evidence/flags.ts';

/** A component of the control plane as its kubelet reports the static pod: the mirror pod. */
export interface StaticPod {
  readonly name: string;
  readonly component: string;
  readonly node: string;
  readonly ready: boolean;
  readonly container: string;
  readonly restarts: number;
  /** Why it waits, or how it ended; absent: it runs. `isOver`: it runs again, and is looked at as it was before. */
  readonly stopped?: { readonly reason: string; readonly message: string; readonly isOver?: true };
  readonly runningSince?: string;
  /** How the run before ended. */
  readonly last?: {
    readonly reason: string;
    readonly exitCode: number;
    readonly startedAt?: string;
    readonly endedAt: string;
  };
  readonly image: string;
  readonly memoryLimit?: string;
  /** As its command sets it; absent: the component's default, all addresses. */
  readonly bindAddress?: string;
  /** `--leader-elect=false`, or a Lease of another name or namespace: then the usual one tells nothing. */
  readonly electsNobody: boolean;
  /** A file (`--config` of the scheduler) says how it elects, and the flags nothing. */
  readonly isConfigured: boolean;
}

const Ended = z.object({
  reason: z.string().default(''),
  exitCode: z.number(),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
});
const Running = z.object({ startedAt: z.string().nullish() });
const Waiting = z.object({ reason: z.string().default(''), message: z.string().default('') });
const Status = z.object({
  name: z.string(),
  restartCount: z.number().default(0),
  state: z
    .object({ waiting: Waiting.optional(), terminated: Ended.optional(), running: Running.optional() })
    .default({}),
  lastState: z.object({ terminated: Ended.optional() }).default({}),
});

const Pod = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    nodeName: z.string().default(''),
    containers: z.array(
      z.object({
        name: z.string(),
        image: z.string().default(''),
        command: z.array(z.string()).default([]),
        args: z.array(z.string()).default([]),
        resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).default({ limits: {} }),
      }),
    ),
  }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z.array(Status).default([]),
  }),
});

/** Each once, whatever the list says twice. */
const Pods = z
  .object({ items: z.array(Pod) })
  .transform(({ items }) =>
    [...new Map(items.map((item) => [item.metadata.name, staticPod(item)])).values()].toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
  );
export const StaticPods: z.ZodType<readonly StaticPod[]> = Pods;

/** kubeadm, RKE2 and their kin label the mirror pods of their static pods so. Of the watch cache: kube-system is small. */
export const staticPodSelection = { namespace: 'kube-system', labelSelector: 'tier=control-plane' } as const;

/** An empty list is an answer: the control plane runs elsewhere, or as services of its machines. */
export const pods: Evidence<readonly StaticPod[], unknown> = {
  title: 'Static pods of the control plane',
  schema: StaticPods,
  reads: ['list Pod in kube-system'],
  read: ({ kube }) => kube.list('Pod', staticPodSelection),
  show: (all) =>
    all.length === 0
      ? 'none: the control plane does not run as static pods of this cluster'
      : [...Map.groupBy(all, ({ component }) => component)]
          .map(([component, own]) => {
            const ill = own.filter(({ ready }) => !ready).map((pod) => `${pod.node} ${stateWords(pod)}`);
            return `${component}: ${own.length - ill.length} of ${own.length} ready${ill.length > 0 ? ` (${ill.join(', ')})` : ''}`;
          })
          .join('; '),
};

/** `CrashLoopBackOff, 12 restarts`, `not ready`. */
export function stateWords({ ready, stopped, restarts }: StaticPod): string {
  const state = stopped ? stopped.reason || 'ended' : ready ? 'ready' : 'runs, and is not ready';
  return restarts === 0 ? state : `${state}, ${counted(restarts, 'restart')}`;
}

function staticPod({ metadata, spec, status }: z.infer<typeof Pod>): StaticPod {
  const component = metadata.labels.component ?? '';
  const container = spec.containers.find(({ name }) => name === component) ?? spec.containers[0];
  const state = status.containerStatuses.find(({ name }) => name === container?.name);
  const { waiting, terminated, running } = state?.state ?? {};
  const last = state?.lastState.terminated ?? terminated;
  const flags = [...(container?.command ?? []), ...(container?.args ?? [])];
  const flag = (name: string) => flagIn(flags, name);
  const memory = container?.resources.limits.memory;
  const address = flag('bind-address');
  const stopped = waiting ?? (terminated && { reason: terminated.reason, message: '' });
  return {
    name: metadata.name,
    component,
    node: spec.nodeName,
    ready: status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    container: container?.name ?? component,
    restarts: state?.restartCount ?? 0,
    image: container?.image ?? '',
    electsNobody:
      switchIn(flags, 'leader-elect') === 'false' ||
      ![undefined, component].includes(flag('leader-elect-resource-name')) ||
      ![undefined, 'kube-system'].includes(flag('leader-elect-resource-namespace')),
    isConfigured: component === 'kube-scheduler' && flag('config') !== undefined,
    ...(stopped ? { stopped } : {}),
    ...(running?.startedAt ? { runningSince: running.startedAt } : {}),
    ...(last ? { last: endOf(last) } : {}),
    ...(memory ? { memoryLimit: memory } : {}),
    ...(address ? { bindAddress: address } : {}),
  };
}

function endOf({ reason, exitCode, startedAt, finishedAt }: z.infer<typeof Ended>): NonNullable<StaticPod['last']> {
  return { reason, exitCode, endedAt: finishedAt ?? '', ...(startedAt ? { startedAt } : {}) };
}
