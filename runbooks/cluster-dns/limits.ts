/** Every figure the causes compare with. Sources: see each; `judgement` marks a limit chosen here. */
export const limits = {
  /** A container in a crash loop ends at least so often: the kubelet waits at most 300 s between two runs; twice that. */
  loopingSeconds: 600,
  /** Plug-in loop looks for 30 s after a start (plugin/loop); a container that ran for twice as long has passed it. */
  settledSeconds: 60,
  /** What ended longer ago than this has no say any more, and nobody reads its last words (judgement). */
  latelySeconds: 1_800,
  /** What it wrote within so long it says of the present: as far as rates look back (judgement). */
  heardSeconds: 300,
  /** A pod this young may still be starting (judgement: as in endpoint-flapping). */
  youngSeconds: 300,
  /** A new version can have brought a trouble that began so long after it (judgement). */
  newVersionSeconds: 3_600,

  /** Questions that an upstream did not answer, or calls to the API server, within five minutes: fewer are chance (judgement). */
  unanswered: 5,
  /** The same of an upstream where nobody counts how many it answered: one every ten seconds (judgement). */
  uncounted: 30,
  /** Of answers that are SERVFAIL, and of questions without an answer: well below it (coredns-mixin, CoreDNSErrorsHigh: 1 %). */
  servfailShare: 0.01,
  /** Questions a second to one upstream below which a share says nothing: 30 within five minutes (judgement). */
  fewPerSecond: 0.1,
  /** p99 of answers in seconds: povilasv/coredns-mixin, CoreDNSLatencyHigh and CoreDNSForwardLatencyHigh. */
  slowSeconds: 4,
  /** p99 in seconds that nobody complains about: a resolver waits for 5 s before it asks again (judgement). */
  quickSeconds: 1,

  /** Of the periods in which it was throttled: kubernetes-mixin, CPUThrottlingHigh. */
  throttledShare: 0.25,
  /** Throttled in so few that it decides nothing (judgement). */
  calmShare: 0.05,
  /** A limit of memory in bytes beyond which it is not the limit: 150,000 pods and 8,200 services need 185 MB (coredns/deployment, Scaling_CoreDNS.md). */
  enoughMemoryBytes: 536_870_912,

  /** Of answers that are NXDOMAIN: with ndots:5 a foreign name is asked along three search paths first, 3 of 4 (judgement). */
  searchShare: 0.6,
  /** Cores that one CoreDNS keeps busy: it takes two for 33,000 questions a second (Scaling_CoreDNS.md; judgement). */
  busyCores: 1,
  /** Cores below which its load is no matter (judgement). */
  idleCores: 0.5,

  /** Of a connection table: node-mixin, NodeHighNumberConntrackEntriesUsed; and full, as the kernel drops. */
  fillingShare: 0.75,
  fullShare: 0.95,
  /** Entries lost to a race within five minutes: fewer are normal (judgement). */
  raced: 5,

  /** Well again: ready for so long (judgement: alerts look back five minutes). */
  steadySeconds: 300,
} as const;
