/** Every figure the causes compare with. Sources: see each; `judgement` marks a limit chosen here. */
export const limits = {
  /** Requests refused a second, beyond a client that tried twice: 15 in five minutes (judgement). */
  refusedPerSecond: 0.05,
  /** Share of the refused requests that may be of another kind without making it a mixture (judgement). */
  otherKindShare: 0.1,
  /** Share of answers that are 5xx: the 99 % of kubernetes-mixin's `KubeAPIErrorBudgetBurn`. */
  brokenShare: 0.01,
  /** Most of something: of members that hang, of refusals that somebody else explains (judgement). */
  mostShare: 0.5,
  /** etcd as the API server sees it is well below, on average (judgement); the API server's etcd check gives up at 2 s. */
  etcdGoodSeconds: 0.1,
  /** And slow above: where etcd-mixin warns of backend commits (etcdHighCommitDurations, p99 > 0.25 s). */
  etcdSlowSeconds: 0.25,
  /** Against the same hour yesterday: the mean of mixed requests wanders, twice as long is no chance (judgement). */
  etcdGrowth: 2,
  /** Share of requests to etcd that fail (judgement). */
  etcdErrorShare: 0.05,
  /** Fewer requests in five minutes prove nothing of an operation (judgement). */
  etcdRequestsEnough: 10,
  /** WAL fsync p99 that is surely good: the edge of its histogram below the 10 ms etcd advises (etcd FAQ). */
  fsyncGoodSeconds: 0.008,
  /** A scrape refused at once against one that ran into its time-out, at least a second in practice (judgement). */
  hangingSeconds: 0.9,
  /** Working set against the limit of its container (judgement): at it, and surely below it. */
  memoryFullShare: 0.95,
  memoryCalmShare: 0.8,
  /** Share of time in which everything in the container waited for memory (judgement). */
  memoryStalledShare: 0.1,
  /** A plateau where no limit is known: within 5 % of the highest of six hours, grown to 1.5 times the lowest (judgement). */
  plateauOfHighest: 0.95,
  plateauGrowth: 1.5,
  /** The machine has memory to give, so that it is etcd's own limit that binds (judgement). */
  machineFreeShare: 0.3,
  /** A flow against the same hour of yesterday (judgement). */
  flowGrowth: 3,
  /** One client's share of what waits or runs in a priority level, and how many requests that must be (judgement). */
  clientShare: 0.8,
  clientRequests: 10,
  /** Admission webhook p99: as long as the API server may take for all of a request (Kubernetes SLO: 1 s). */
  webhookSlowSeconds: 1,
  /** Seats held on average: fewer are not missed (judgement; a small API server has 600). */
  webhookSeats: 1,
  /** Surely quick: an edge of its histogram (kubernetes/apiserver, admission/metrics). */
  webhookGoodSeconds: 0.5,
  /** Fewer calls in five minutes hold no seats worth speaking of (judgement). */
  webhookCalls: 10,
  /** Writes that take this long on average were surely not held up (judgement), or are too slow (Kubernetes SLO: 1 s). */
  writesGoodSeconds: 0.1,
  writesSlowSeconds: 1,
  /** CPU throttling: kubernetes-mixin, CPUThrottlingHigh. Node CPU: node-mixin, NodeCPUHighUsage. */
  throttledShare: 0.25,
  busyShare: 0.9,
  /** Waiting for CPU by the kernel's own count (judgement). */
  cpuWaitingShare: 0.1,
  /** Below this share of those three limits the CPU is surely no question (judgement). */
  calmPart: 0.75,
  /** After a start the watch cache is filled and clients list anew (judgement). */
  youngSeconds: 900,
  /** Seats of a priority level in use (judgement); the rest is borrowed and given back by the second. */
  seatsFullShare: 0.95,
  /** Connections a second that found the accept queue full (judgement). */
  overflowsPerSecond: 0.02,
  /** One beginning before another is no order within two steps of 30 s (judgement). */
  orderSeconds: 60,
  /** etcd's default quota, 2 GiB (etcd, `quota.go`); its FAQ wants at least that much memory. */
  defaultQuotaBytes: 2_147_483_648,
} as const;
