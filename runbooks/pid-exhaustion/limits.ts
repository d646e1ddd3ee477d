/** Every figure the causes compare with. Sources: see each; `judgement` marks a limit chosen here. */
export const limits = {
  /** Of the PIDs of a machine: so many in use, and the next burst of forks is refused. Our own rule NodePidUsageHigh. */
  shortShare: 0.8,
  /** Of the PIDs a pod may have, which only it misses: our own rule PodPidsNearLimit. */
  fullShare: 0.9,
  /** As good as all of them: forks are refused (measured at 99 of 100; a scrape falls between two threads). */
  atLimitShare: 0.99,
  /** PIDs that a pod has left at 99 % of a large limit: more than that, all the time, and it need not be at it (judgement). */
  sparePids: 8,
  /** From here on a refused fork, or the kubelet's word, proves that they ran out between two looks (judgement). */
  tightShare: 0.7,
  /** Below this nothing ran out, whatever the kubelet says: its threshold is what is wrong (judgement). */
  plentyShare: 0.5,

  /** Who has so much of all threads is why they ran out (judgement). */
  mostShare: 0.5,
  /** Or so much, where without it the machine would not even be tight: two may fill it together (judgement). */
  partShare: 0.3,
  /** Who has so little of them is not (judgement). */
  littleShare: 0.2,
  /** So many times what it had before: a pod that leaks, where several of one controller do (judgement). */
  leakTimes: 2,
  /** Pods together cannot have more threads than their machine: beyond this, figures contradict each other (judgement). */
  contradictionShare: 1.1,
  /**
   * Seconds after EvictionThresholdMet in which what the kubelet counts is what it compared (judgement: it compares every
   * 10 s and does not say each of them; recorded: 18 s).
   */
  comparedSeconds: 60,
  /** Share of the minutes that must have been seen to say that something was not (judgement). */
  coverageShare: 0.8,

  /** Lines about the lock of iptables within so many minutes: one or two are made up for by the next pass (as pod-network). */
  lockLines: 3,
  lockMinutes: 10,

  /** Minutes: what the kubelet and logs said before that is of another time. The window that figures are read over. */
  signMinutes: 30,

  /** Forks a second: our own rule NodeForkRateHigh (infra/prometheus/rules/pids.yaml); a quiet node makes about 6. */
  forksPerSecond: 1_000,
  calmForksPerSecond: 100,
  /** Minutes of it, as in that rule. */
  forkStormMinutes: 5,

  /** Threads of one process: more and it is threads that are not ended; fewer, and it is processes (judgement). */
  threadsPerProcess: 10,

  /** Well again: minutes for which nothing was short (judgement: within the 5 minutes an eviction is watched for). */
  quietMinutes: 4,
  /** Not well again: what grows so fast that it is short within so many minutes (judgement). */
  shortAgainMinutes: 60,
  /** Looks back, that far apart, over which what grows without a pause is no pool that has been filled (judgement). */
  growingLooks: 3,
  /** A pod with more threads is worth a look where limits are not seen: our own rule PodThreadCountHigh. */
  podThreads: 3_000,
  /** Threads of all pods of a node, where those of the machine are not seen: our own rule NodeContainerThreadsHigh. */
  allThreads: 26_000,
  /** A revision made at most so long before the trouble may have brought it: a leak takes hours (judgement). */
  newRevisionMinutes: 360,
} as const;
