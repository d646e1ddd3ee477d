import * as z from 'zod';

/**
 * What a kubelet tells of its machine and its pods at one moment, asked directly: `/stats/summary`, as far as it is used.
 * https://kubernetes.io/docs/reference/instrumentation/node-metrics/ (fields: k8s.io/kubelet/pkg/apis/stats/v1alpha1)
 */

/** Pressure Stall Information in percent of the time, over 10, 60 and 300 s. From Kubernetes 1.34 on, with cgroup v2. */
const Psi = z.object({ avg10: z.number(), avg60: z.number(), avg300: z.number() });
const Io = z.object({ psi: z.object({ full: Psi, some: Psi }).nullish() });

const Container = z.object({
  name: z.string(),
  io: Io.nullish(),
  logs: z.object({ time: z.string(), usedBytes: z.number().nullish() }).nullish(),
});

const Pod = z.object({
  podRef: z.object({ namespace: z.string(), name: z.string() }),
  io: Io.nullish(),
  containers: z.array(Container).nullish(),
  process_stats: z.object({ process_count: z.number().nullish() }).nullish(),
});

/** Share of the time that all tasks of the machine waited for I/O. */
export type Stalled = Readonly<Record<'in10' | 'in60' | 'in300', number>>;

interface PodStats {
  readonly namespace: string;
  readonly pod: string;
  /** Absent: not counted. */
  readonly processes?: number;
  /** Share of the last minute that some task of it waited for I/O; absent: not told. */
  readonly waiting?: number;
}

/** The files of a container's log, rotated ones among them. */
export interface LogSize {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly bytes: number;
  /** When they were counted, in whole seconds. */
  readonly at: string;
}

/** PIDs of the machine, as the kernel counts them: every thread takes one (measured: 729 with 500 sleepers, as `ps -eLf`). */
interface PidCount {
  readonly used: number;
  readonly max: number;
}

export interface KubeletStats {
  readonly pids: PidCount | undefined;
  readonly stalled: Stalled | undefined;
  readonly pods: readonly PodStats[];
  readonly logs: readonly LogSize[];
  /** Containers whose log was not counted. */
  readonly logsUnseen: number;
}

export const KubeletStats: z.ZodType<KubeletStats> = z
  .object({
    node: z.object({
      rlimit: z.object({ maxpid: z.number().nullish(), curproc: z.number().nullish() }).nullish(),
      io: Io.nullish(),
    }),
    pods: z.array(Pod),
  })
  .transform(({ node, pods }) => {
    const containers = pods.flatMap(({ podRef: { namespace, name: pod }, containers: own }) =>
      (own ?? []).map(({ name: container, logs }) => ({ namespace, pod, container, logs })),
    );
    const logs = containers.flatMap(({ logs: counted, ...of }) =>
      typeof counted?.usedBytes === 'number' ? [{ ...of, bytes: counted.usedBytes, at: counted.time }] : [],
    );
    return {
      pids: pidsOf(node.rlimit ?? {}),
      stalled: stalledOf(node.io?.psi?.full),
      pods: pods.map(podOf),
      logs,
      logsUnseen: containers.length - logs.length,
    };
  });

/**
 * Without what the kubelet tells itself: that is of one moment, and no pod is ended for a moment. Evidence is read by name,
 * and cannot be spread.
 */
export function withoutKubelet<Seen extends { readonly kubelet: unknown }>(seen: Seen): Partial<Seen> {
  return Object.create(seen, { kubelet: { value: undefined } });
}

function podOf({
  podRef: { namespace, name: pod },
  process_stats: stats,
  io,
  containers,
}: z.infer<typeof Pod>): PodStats {
  const own = io?.psi ? [io] : (containers ?? []).map((container) => container.io);
  const waiting = own.map((one) => one?.psi?.some.avg60);
  return {
    namespace,
    pod,
    // No pod that runs has none: a kubelet that says 0 (1.20, measured) looks at a cgroup that holds only other cgroups.
    ...(stats?.process_count ? { processes: stats.process_count } : {}),
    ...(waiting.every((share) => share !== undefined) ? { waiting: Math.max(0, ...waiting) / 100 } : {}),
  };
}

/** Windows has no limit: there a kubelet tells the count itself as the limit, or the largest number there is. */
function pidsOf({
  curproc: used,
  maxpid: max,
}: {
  curproc?: number | null | undefined;
  maxpid?: number | null | undefined;
}) {
  if (typeof used !== 'number' || typeof max !== 'number' || used >= max || !Number.isSafeInteger(max))
    return undefined;
  return { used, max };
}

function stalledOf(full: z.infer<typeof Psi> | undefined): Stalled | undefined {
  return full && { in10: full.avg10 / 100, in60: full.avg60 / 100, in300: full.avg300 / 100 };
}
