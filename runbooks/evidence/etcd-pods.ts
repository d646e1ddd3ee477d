import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { counted } from '../../engine/words.ts';
import { type Setting, Start, settingsOf } from './etcd-settings.ts';

type SettingName = 'heartbeatMs' | 'electionMs' | 'quotaBytes' | 'listenMetricsUrls' | 'listenClientUrls';

/** One member that runs as a static pod, with those of its settings that explain its behaviour. */
export interface EtcdPod {
  readonly name: string;
  readonly node: string;
  readonly addresses: readonly string[];
  readonly ready: boolean;
  /** Whether its container runs, as its kubelet last told the API server; undefined: it has not told. */
  readonly runs?: boolean;
  readonly restarts: number;
  /** RFC 3339: since when its container runs. */
  readonly startedAt?: string;
  /** Where the pod has more than one: the one that is etcd. */
  readonly container?: string;
  /** Why it ended the last time, for example `OOMKilled`, and when (RFC 3339). */
  readonly lastExit?: string;
  readonly endedAt?: string;
  readonly memoryLimitBytes?: number;
  readonly cpuLimit?: string;
  /** As set by flag or environment; undefined: `unseen` says why it is not known, else etcd's default holds. */
  readonly heartbeatMs?: number;
  readonly electionMs?: number;
  readonly quotaBytes?: number;
  readonly listenMetricsUrls?: string;
  readonly listenClientUrls?: string;
  readonly unseen?: { readonly [Name in SettingName]?: string };
}

const Container = Start.extend({
  name: z.string(),
  resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).default({ limits: {} }),
});

/** Of both families, where there are two; `hostIPs` since Kubernetes 1.28. */
const Addresses = z.array(z.object({ ip: z.string().optional() })).default([]);

const Ended = z.object({ reason: z.string().optional(), finishedAt: z.string().nullish() });

const Pod = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ nodeName: z.string().default(''), containers: z.array(Container) }),
  status: z.object({
    hostIP: z.string().optional(),
    podIP: z.string().optional(),
    hostIPs: Addresses,
    podIPs: Addresses,
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z
      .array(
        z.object({
          name: z.string(),
          restartCount: z.number(),
          state: z.looseObject({ running: z.looseObject({ startedAt: z.string().optional() }).nullish() }).default({}),
          lastState: z.object({ terminated: Ended.optional() }).default({}),
        }),
      )
      .default([]),
  }),
});

/** Each once, whatever the list says twice: the members are counted by them. */
export const EtcdPods = z
  .object({ items: z.array(Pod) })
  .transform(({ items }) => [...new Map(items.map((item) => [item.metadata.name, etcdPod(item)])).values()]);

/** kubeadm and its kin label the mirror pods of their static pods so; kube-system is small, the watch cache answers. */
export const etcdPodSelection = {
  namespace: 'kube-system',
  labelSelector: 'component=etcd,tier=control-plane',
} as const;

/** etcd as static pods of this cluster. An empty list is an answer: it runs elsewhere, or somebody else runs it. */
export const etcdPods: Evidence<readonly EtcdPod[], unknown> = {
  title: 'etcd pods of the control plane',
  schema: EtcdPods,
  reads: ['list Pod in kube-system'],
  read: ({ kube }) => kube.list('Pod', etcdPodSelection),
  show: (pods) =>
    pods.length === 0
      ? 'none: etcd does not run as a static pod of this cluster'
      : pods
          .map((pod) => `${pod.name} ${pod.ready ? 'ready' : 'not ready'}, ${counted(pod.restarts, 'restart')}`)
          .join('; '),
};

function etcdPod({ metadata, spec, status }: z.infer<typeof Pod>): EtcdPod {
  const container = spec.containers.find(({ name }) => name === 'etcd') ?? spec.containers[0];
  const state = status.containerStatuses.find(({ name }) => name === container?.name);
  const memory = container?.resources.limits.memory;
  return defined({
    name: metadata.name,
    node: spec.nodeName,
    addresses: addressesOf(status),
    ready: status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    runs: state === undefined ? undefined : runs(state.state),
    restarts: state?.restartCount ?? 0,
    startedAt: state?.state.running?.startedAt,
    container: spec.containers.length > 1 ? container?.name : undefined,
    lastExit: state?.lastState.terminated?.reason,
    endedAt: state?.lastState.terminated?.finishedAt ?? undefined,
    memoryLimitBytes: memory === undefined ? undefined : bytesOf(memory),
    cpuLimit: container?.resources.limits.cpu,
    ...settings(container === undefined ? () => ({}) : settingsOf(container)),
  });
}

function addressesOf({ hostIP, podIP, hostIPs, podIPs }: z.infer<typeof Pod>['status']): readonly string[] {
  const all = [hostIP, podIP, ...hostIPs.map(({ ip }) => ip), ...podIPs.map(({ ip }) => ip)];
  return [...new Set(all.filter((address) => address !== undefined))];
}

/** Of `running`, `waiting` and `terminated` one is set (Kubernetes API, ContainerState). */
function runs(state: Readonly<Record<string, unknown>>): boolean | undefined {
  const [now] = Object.keys(state).filter((name) => state[name] != null);
  return now === undefined ? undefined : now === 'running';
}

/** The settings that explain behaviour. A number that none of us can read is not known either. */
function settings(of: (flag: string) => Setting) {
  const numberOf = (flag: string) => {
    const { value, unseen } = of(flag);
    if (value === undefined) return { unseen };
    return /^(0|[1-9]\d*)$/.test(value) ? { value: Number(value) } : { unseen: `its --${flag} is set to "${value}"` };
  };
  const heartbeat = numberOf('heartbeat-interval');
  const election = numberOf('election-timeout');
  const quota = numberOf('quota-backend-bytes');
  const urls = of('listen-metrics-urls');
  const clients = of('listen-client-urls');
  const unseen = defined({
    heartbeatMs: heartbeat.unseen,
    electionMs: election.unseen,
    quotaBytes: quota.unseen,
    listenMetricsUrls: urls.unseen,
    listenClientUrls: clients.unseen,
  });
  return {
    heartbeatMs: heartbeat.value,
    electionMs: election.value,
    quotaBytes: quota.value,
    listenMetricsUrls: urls.value,
    listenClientUrls: clients.value,
    unseen: Object.keys(unseen).length === 0 ? undefined : unseen,
  };
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  ...{ k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** A Kubernetes quantity of memory, such as `512Mi`, in bytes. */
function bytesOf(quantity: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(quantity) ?? [];
  const factor = units[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Defined<T>;
}
