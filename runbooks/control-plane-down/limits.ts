/** Every figure the causes compare with. Sources: see each; `judgement` marks a limit chosen here. */
export const limits = {
  /** An election's lease runs 15 s and is renewed every 2 s (component-base defaults): twice that, and nobody took over. */
  runOutSeconds: 30,
  /** Renewed so far in the future, or so late by a kubelet's, a lease shows a clock (judgement). */
  skewSeconds: 10,
  /** A kubelet renews every 10 s, give or take 4 % (k8s.io/component-helpers, lease/controller.go). */
  kubeletFreshSeconds: 15,
  /** nodeLeaseDurationSeconds (KubeletConfiguration v1beta1). */
  kubeletRunOutSeconds: 40,
  /**
   * A node that a working controller manager still calls Ready after so long has a kubelet that is heard of, whatever the
   * time in its lease (--node-monitor-grace-period, 50 s by default; some raise it to minutes).
   */
  judgedSeconds: 300,
  /** A machine so young may still be joining: its static pods come one after the other (judgement). */
  joiningSeconds: 600,
  /** What a log said, or how a container ended, so long ago is of another time (judgement). */
  signSeconds: 1_800,
  /** What a container that runs wrote so long ago need not hold now (judgement). */
  nowSeconds: 600,
  /** A container in a crash loop ends at least so often: the kubelet waits at most 300 s between two runs; twice that. */
  loopingSeconds: 600,
  /** So many ends, the last of them lately, may be a crash loop: one may be planned (judgement). */
  endedOften: 2,
  /** Machines that answer Prometheus, so that it is not cut off itself: its own always does (judgement). */
  machinesReached: 3,
  /** An answer to Prometheus as old as this need not be later than what its clients met two minutes ago. */
  answerOldSeconds: 120,
  /** Of clients' requests without an answer: more than restarts and rollouts cost (judgement). */
  unansweredShare: 0.05,
  /** Deployments whose new version nobody has taken up: more than change at one moment (judgement). */
  behindDeployments: 3,
  /** A lease so old, of which nobody's pod is seen, may be left over from another time (judgement). */
  leftOverSeconds: 3_600,
  /** A scrape that took so long ran into its time-out (5 to 10 s as usual); a port that refuses takes 1 ms (measured). */
  hangingSeconds: 4,
} as const;
