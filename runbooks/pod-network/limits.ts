/** Every figure the causes compare with. Sources: see each; `judgement` marks a limit chosen here. */
export const limits = {
  /**
   * Minutes: what was said since then is of now. A kubelet repeats itself every few seconds, but only 25 times in a row and
   * then once in five minutes (client-go, record/events_cache.go: burst 25, one token in 300 s; measured: silent after x25).
   */
  latelyMinutes: 10,
  /** Minutes: what was said before that is of another time, and leaves nothing open (judgement). */
  pastMinutes: 60,
  /**
   * Seconds after which Ready tells that a configuration is gone: the kubelet asks the runtime every 5 s and writes its status
   * every 10 s (nodeStatusUpdateFrequency); 3 s measured. Six times as long (judgement).
   */
  readySeconds: 60,
  /** Minutes without another end, after which an agent counts as running again: the longest back-off of a kubelet (5 min). */
  quietMinutes: 5,
  /** Minutes an agent or a pod may take to start before that is trouble (judgement). */
  startMinutes: 2,
  /** Lines about the lock within those ten minutes: one is made up for by the next pass, every 5 to 30 s (judgement). */
  lockLines: 3,
  /** Of the PIDs that the agent's pod may have: our own rule PodPidsNearLimit. */
  fullShare: 0.9,
  /** Addresses that running pods of the node hold, of those in its range: fewer, and the rest is held by pods that are gone
   * (judgement). */
  leakShare: 0.5,
} as const;
