/** Every figure the causes compare with. Sources: see each; `judgement` marks a limit chosen here. */
export const limits = {
  /**
   * WAL fsync. etcd advises p99 < 10 ms (FAQ, "What does the etcd warning … mean"), but its histogram has edges at 8 and
   * 16 ms only: below 8 is surely good, above 16 surely bad, between is interpolation.
   */
  fsyncGoodSeconds: 0.008,
  fsyncBadSeconds: 0.016,
  /** Well again: beyond etcd's advice, yet far from delaying a heartbeat (judgement). */
  fsyncRecoveredSeconds: 0.032,
  /**
   * Clearly slower after a fix: four times. The histogram's edges double, and a quantile lies anywhere within its bucket:
   * four times is beyond the next bucket, so that the fsyncs surely take more than twice as long (judgement).
   */
  fsyncClearlyWorse: 4,
  /** Fewer fsyncs than this prove no health; fewer slow or long ones than this prove no slow disk (judgement). */
  fsyncEnough: 50,
  fsyncSlowEnough: 5,
  /** Share of fsyncs over 16 ms below which they are sporadic (judgement). */
  sporadicShare: 0.05,
  /** Fsyncs over 64 ms must come to a tenth of the late heartbeats to explain them (judgement). */
  longFsyncShare: 0.1,
  /** Mean backend commit: etcd advises p99 < 25 ms (FAQ). */
  commitMeanSeconds: 0.025,
  /** etcd's own default, when the flags cannot be seen (etcd, `embed/config.go`). */
  heartbeatSeconds: 0.1,
  /** Fewer late rounds than this in 10 minutes, of about 6,000, are a hiccup of a busy machine (judgement). */
  lateRounds: 10,
  /** A heartbeat counts as late after twice the interval (etcd, `server/etcdserver/raft.go`). */
  lateAfterIntervals: 2,
  /** Answered scrapes that show a process ran (judgement). */
  scrapesEnough: 20,
  /** Of ten minutes this much may be missing: a scrape or two, each a minute at most (judgement). */
  seenAllSeconds: 120,
  /** Starts within ten minutes: one may be planned, or the end of what was wrong (judgement). */
  restartsAgain: 2,
  /** A container in a crash loop ends at least so often: the kubelet waits at most 300 s between two runs; twice that. */
  loopingSeconds: 600,
  /** Two scrapes a minute apart, and some: an older one tells nothing of now (Prometheus' default `scrape_interval`; judgement). */
  staleSeconds: 150,
  /** A scrape refused at once against one that ran into its time-out, at least a second in practice (judgement). */
  refusedSeconds: 0.5,
  hangingSeconds: 0.9,
  /** CPU throttling: kubernetes-mixin, CPUThrottlingHigh. */
  throttledShare: 0.25,
  /** Node CPU: node-mixin, NodeCPUHighUsage. */
  nodeBusyShare: 0.9,
  /** Judgement. */
  stealShare: 0.1,
  cpuWaitingShare: 0.1,
  ioStalledShare: 0.1,
  /** Contention of a device: node-mixin, NodeDiskIOSaturation (queue); judgement (busy). */
  diskQueue: 10,
  diskBusyShare: 0.9,
  /** One pod clearly writes most: at least half of what is written there (judgement). */
  writerShare: 0.5,
  /** Bytes a second. The bandwidth that etcd itself gets by with (etcd documentation, "Hardware recommendations"). */
  writerBytesPerSecond: 10_000_000,
  /** Failed sends: etcd-mixin, etcdMembersDown counts 0.01 per second, which is 6 in 10 minutes. */
  sendFailures: 6,
  /** Round trip p99 where the heartbeat interval is not known: etcd-mixin, etcdMemberCommunicationSlow. */
  roundTripSeconds: 0.15,
  /** Times its usual: a round trip that is as long as ever is no fault of the network (judgement). */
  roundTripGrown: 2,
  /** Slow applies (over 100 ms each) in 10 minutes; a few large lists are normal (judgement). */
  slowApplies: 10,
  /** Beyond this etcd refuses writes with "too many requests" (etcd, `v3_server.go`, maxGapBetweenApplyAndCommitIndex). */
  applyLag: 5_000,
  /** Database against its quota: etcd-mixin, etcdDatabaseQuotaLowSpace. */
  quotaShare: 0.95,
  /** Below this space is no question (judgement). */
  quotaCalmShare: 0.8,
  /** etcd's default quota, 2 GiB (etcd, `quota.go`). */
  defaultQuotaBytes: 2 * 1024 ** 3,
  /** Memory at its limit (judgement). */
  memoryShare: 0.95,
  /** The controller manager renews every 2 s and loses its lease after 15 s. */
  leaseStaleSeconds: 30,
  /** A lease further in the future than this was dated by another clock: when it was renewed is not known (judgement). */
  leaseAheadSeconds: 10,
  /** Syncs of over a second that the log tells of: one alone a pause of the whole machine stretches, too (judgement). */
  logSlowSyncs: 2,
  /** Tries to connect come every 5 s (etcd, `rafthttp/probing_status.go`): the last that failed, and how far apart (judgement). */
  logUnreachedStillSeconds: 120,
  logUnreachedAgainSeconds: 5,
  /** A pause this long, and what a try takes longer than it: etcd dials for 5 s, and two clocks differ (judgement). */
  logPauseSeconds: 1,
  logPauseSlackSeconds: 10,
  /** A machine that is gone is called not ready within 50 s (kube-controller-manager, node-monitor-grace-period). */
  nodeNoticedSeconds: 60,
} as const;
