/** The kinds of object a runbook may read. Adapters map each to its API group, version and plural. */
export const kinds = [
  'Node',
  'Pod',
  'Lease',
  'Event',
  'Namespace',
  'Service',
  'ConfigMap',
  'EndpointSlice',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'NetworkPolicy',
  'FlowSchema',
  'PriorityLevelConfiguration',
] as const;
export type Kind = (typeof kinds)[number];

export interface GetOptions {
  readonly namespace?: string;
  /** `true`: a quorum read from etcd. Default `false`: the API server's watch cache answers (`resourceVersion=0`). */
  readonly fresh?: boolean;
  /** Asked once more in one run, which makes equal reads once. */
  readonly again?: true;
}

export interface ListOptions extends GetOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** At most this many items; the API server honours it only together with `fresh`. */
  readonly limit?: number;
  /** `table`: the API server's own table of names and printed columns, about 0.3 kB an object instead of 13 kB. */
  readonly as?: 'table';
}

/** Which lines of a container's log. */
export interface LogOptions {
  readonly namespace: string;
  /** May be left out where the pod has one container. */
  readonly container?: string;
  /** Of the run before the present one: where a container ends again and again, that is the one that tells why. */
  readonly previous?: boolean;
  /** Only what was written within so long, by the clock of its node. */
  readonly sinceSeconds?: number;
  /** At most this many, the latest ones. None: only whether it is served is asked, and nothing of it comes. */
  readonly lines: number;
  /** Milliseconds from asking for it until nobody waits any more. Default: what is left to its evidence. */
  readonly deadlineMs?: number;
}

/** What a kubelet serves that may be asked of it. A closed list: most of what else it serves leads to a shell in a container. */
export const kubeletPaths = ['/stats/summary'] as const;
export type KubeletPath = (typeof kubeletPaths)[number];

export interface KubeletOptions {
  /** Asked so many seconds after this: what grew since the same was asked before. A replay does not wait. */
  readonly afterSeconds?: number;
}

/** One read as data: it can be recorded, replayed, shown to a person, and counted against the budget. */
export type ReadRequest =
  | ({ readonly verb: 'get'; readonly kind: Kind; readonly name: string } & GetOptions)
  | ({ readonly verb: 'list'; readonly kind: Kind } & ListOptions)
  | ({ readonly verb: 'logs'; readonly name: string } & LogOptions)
  | { readonly verb: 'probe'; readonly path: string }
  | ({ readonly verb: 'kubelet'; readonly node: string; readonly path: KubeletPath } & KubeletOptions)
  | { readonly verb: 'incidents' }
  | { readonly verb: 'query'; readonly promql: string }
  | {
      readonly verb: 'range';
      readonly promql: string;
      readonly windowSeconds: number;
      readonly stepSeconds: number;
    }
  | {
      readonly verb: 'targets';
      /** The label `job`; a `*` stands for any characters. */
      readonly job: string;
    };

export interface ReadLimits {
  readonly deadlineMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** `asked` is what was sent, as one would repeat it by hand: a URL path with its query, or the PromQL. */
export interface Answer {
  readonly body: unknown;
  readonly bytes: number;
  readonly asked: string;
  readonly asOf: Date;
  /** Why a part of it may be missing, in the server's words: then what is not in it may be there all the same. */
  readonly partial?: string;
}

/** The port behind every read: a live cluster, the practice cluster, or a recorded case. Throws `ReadFailure` only. */
export interface Source {
  read(request: ReadRequest, limits: ReadLimits): Promise<Answer>;
}

/** One Prometheus series at one moment. `value` may be NaN or infinite, as Prometheus answers it. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly at: Date;
}

/** One Prometheus series over time. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: Date; readonly value: number }[];
}

/** What Prometheus scrapes, and what its last scrape ended with. */
export interface ScrapeTarget {
  readonly instance: string;
  readonly health: 'up' | 'down' | 'unknown';
  /** In the words of its HTTP client: `Get "http://…/metrics": dial tcp …: connect: connection refused`. Empty: none. */
  readonly lastError: string;
}

/** An answer of a non-resource URL such as `/readyz?verbose`: also a 500 is an answer here. */
export interface ProbeAnswer {
  readonly status: number;
  readonly text: string;
  /** The server's own clock, as its `Date` header gives it: whole seconds (RFC 9110). Absent: it sent none. */
  readonly date?: string;
}

/** An incident that is open in this cluster, as Nightshift knows it. */
export interface OpenIncident {
  /** `node/worker-3`, as `targetName` spells it. */
  readonly target: string;
  /** Names of its alerts. */
  readonly alerts: readonly string[];
  /** Titles of its confirmed causes. */
  readonly causes: readonly string[];
  /** RFC 3339. */
  readonly since?: string;
}

/** What a runbook may look through. It holds nothing that can write. Every method throws `ReadFailure`. */
export interface Readers {
  readonly kube: {
    get(kind: Kind, name: string, options?: GetOptions): Promise<unknown>;
    /** Like `get`, but an object that does not exist is `null`: absence is then a value the schema must accept. */
    find(kind: Kind, name: string, options?: GetOptions): Promise<unknown>;
    list(kind: Kind, options?: ListOptions): Promise<unknown>;
    /** The latest lines of a container of this pod. `not-found`: there is no such pod, container or earlier run. */
    logs(pod: string, options: LogOptions): Promise<string>;
    probe(path: string): Promise<ProbeAnswer>;
  };
  readonly kubelet: {
    /**
     * What the kubelet of this node tells of its machine and pods at this moment (`/stats/summary`), asked directly.
     * `not-configured`: in this cluster no kubelet may be asked, as by default.
     */
    stats(node: string, options?: KubeletOptions): Promise<unknown>;
  };
  readonly incidents: {
    /** The other incidents that are open in this cluster, the oldest first. */
    open(): Promise<readonly OpenIncident[]>;
  };
  readonly metrics: {
    query(promql: string): Promise<readonly Sample[]>;
    range(promql: string, windowSeconds: number, stepSeconds: number): Promise<readonly Series[]>;
    /** The active targets of this job (`*`: any characters). `not-served`: what answers PromQL here scrapes nothing itself. */
    targets(job: string): Promise<readonly ScrapeTarget[]>;
  };
}
