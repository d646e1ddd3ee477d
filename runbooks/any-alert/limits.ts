/** Every figure the causes compare with. `judgement` marks a limit chosen here. */
export const limits = {
  /** A container that ended this long before the alert began, or later, is part of it (judgement). */
  endedBeforeSeconds: 3_600,
  /** One end is an accident: containers are started again. From so many restarts on it is a pattern (judgement). */
  restarts: 2,
  /** One failure to mount a volume, or to make a network, is an accident: it is tried again (judgement). */
  failures: 2,
  /**
   * A kubelet tries to mount again after 2 min 2 s at most (kubernetes, pkg/util/goroutinemap/exponentialbackoff), but of one
   * object an event comes through once in 300 s after the first 25 (client-go, tools/record/events_cache.go).
   */
  triedAgainSeconds: 360,
  /** Between the end of a container and the word of its kubelet that its machine was started anew (judgement). */
  rebootSeconds: 600,
  /** A new version that came within this time before the alert began may be why (judgement). */
  changedBeforeSeconds: 3_600,
  /** Two clocks, and the time a controller takes (judgement). */
  slackSeconds: 60,
} as const;
