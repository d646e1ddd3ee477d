/** Every figure the causes compare with. Sources: see each; `judgement` marks a limit chosen here. */
export const limits = {
  /** What comes and goes is looked for in the last half hour: alerts on it look back 15 minutes (judgement). */
  latelySeconds: 1800,
  /** A pod this young that was never ready is starting (judgement: twice a startup probe of 30 times 5 s). */
  youngSeconds: 300,
  /**
   * A pod that is there so long after the end of its grace period does not go: its containers are killed then, and its
   * volumes are unmounted (judgement).
   */
  overdueSeconds: 300,
  /** A pod that changed within so long of its node's change did so because of it (measured: ready again after 10.5 s). */
  withNodeSeconds: 30,

  /** HTTP/2 notices a dead connection after 30 s without a frame and 15 s without a pong (kubernetes#126287). */
  hangingConnectionSeconds: 45,
  /** `--node-monitor-grace-period` since Kubernetes 1.32, chosen there to be above those 45 s (kubernetes#126287). */
  advisedGraceSeconds: 50,
  /** Renewals that must fit into the grace period (kubernetes#80172: four of 10 s into 40 s). */
  renewalsPerGrace: 4,
  /** The controller manager looks every so many seconds (--node-monitor-period): back within that is back at once. */
  marginSeconds: 5,
  /** A silence by one hanging connection is over after this: its 45 s and a look of the controller manager, rounded up. */
  oneConnectionSeconds: 60,

  /** A silence is counted by its kubelet afterwards, and scraped within a minute (judgement: scrapes are 15 to 60 s apart). */
  countedAfterSeconds: 60,
  /** Nodes that came and went, or fell: so many, and that share of all, have something in common (judgement). */
  flappingNodes: 3,
  flappingShare: 0.1,
  /** Seconds, p99 of the API server's own time for a lease (judgement; milliseconds in health). */
  leaseUpdateSeconds: 1,
  /** Between two clocks; a second or two is the resolution of events (judgement). */
  clockSeconds: 10,
  /** Seconds the controller manager takes to go through all nodes, p99: its own period (--node-monitor-period). */
  managerPassSeconds: 5,

  /** Of the pods a node may have: kubernetes-mixin, KubeletTooManyPods. */
  fullShare: 0.95,
  /** Cores that the kubelet itself keeps busy (judgement; a few hundredths in health). */
  kubeletCores: 1,
  /** Share of the minutes that must have been seen to say that something was not (judgement). */
  coverageShare: 0.8,

  /** Well again: nothing came or went for so long (judgement: the alerts on it look back as far). */
  steadySeconds: 900,
} as const;
