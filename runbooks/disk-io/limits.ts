/** Every figure the causes compare with. Sources: see each; `judgement` marks a limit chosen here. */
export const limits = {
  /** A disk is saturated while it is busy this share of the time (judgement: 1 is "all the time", rates extrapolate) … */
  busyShare: 0.95,
  /** … with this many requests waiting (node-mixin, NodeDiskIOSaturation). `busy` alone is no saturation: NVMe is parallel. */
  queue: 10,
  /** All tasks of the machine stalled on I/O this share of the time say the same of a busy disk (judgement). */
  stalledShare: 0.2,
  /** Calm: below these all the time (judgement). Between calm and saturated nothing is concluded. */
  calmBusyShare: 0.5,
  calmStalledShare: 0.05,
  /** Share of the minutes that must have been seen to say that something was not (judgement). */
  coverageShare: 0.8,
  /** Minutes before NodeNotReady in which its reason lies: 50 s of grace, a poll, the 2 minutes of a rate. */
  beforeNotReadyMinutes: 3,
  /** A lease is renewed every 10 s; KSM's figure of its age is up to a scrape old (judgement). */
  lateLeaseSeconds: 25,

  /** Bytes a second: a log that grows so fast floods any node (judgement; a node's whole logs are usually below 1 MB/s). */
  floodBytesPerSecond: 5_000_000,
  /**
   * Seconds between two rotations of a log, at least (KubeletConfiguration, containerLogMonitorInterval: default). The newest
   * rotated file stays as it is: so a log took no more in this time than it has.
   */
  rotationSeconds: 10,
  /** Bytes a second below which nothing is blamed for a saturated disk, whatever its share (judgement). */
  leastBytesPerSecond: 1_000_000,
  /** The greater part of what the disk moves (judgement). */
  mostShare: 0.5,
  /** So little of it explains nothing (judgement). */
  littleShare: 0.1,
  /** So much of it leaves nothing over for anybody else (judgement). */
  nearlyAllShare: 0.8,

  /** An image is written as it comes, compressed, and once more unpacked: so many times its size (judgement). */
  writtenPerImage: 3,
  /** Minutes between an error of the kernel and a minute in which that disk was saturated (judgement). */
  errorMinutes: 10,

  /** Requests a second: a disk with a full queue that finishes fewer stands still (judgement). */
  standstillRequestsPerSecond: 1,
  /** Of the most it moved within 6 hours: with a full queue it gives far less than it can (judgement). */
  reducedShare: 0.33,

  /** Memory available below which the page cache itself goes to and fro (judgement). */
  memoryShortShare: 0.05,
  /** CPU busy, without waiting for I/O: node-mixin, NodeCPUHighUsage; half of it is no starvation (judgement). */
  cpuBusyShare: 0.9,
  cpuCalmShare: 0.45,
  /** Minutes that the CPU was busy just before the node was late: a single one is a cron job (judgement). */
  cpuBusyMinutes: 2,
  /** Seconds, p99 of the API server's own time for a lease (judgement; milliseconds in health). */
  leaseUpdateSeconds: 1,
  /** Nodes that came and went, or fell: so many, and that share of all, have something in common (judgement). */
  flappingNodes: 3,
  flappingShare: 0.1,

  /**
   * Well again: minutes without saturation, beside the 2 of a rate, and without NodeNotReady (judgement: both within the
   * 5 minutes for which an eviction is watched).
   */
  quietMinutes: 2,
  steadyMinutes: 4,
  /** A revision made at most so long before the trouble may have brought it (judgement). */
  newRevisionMinutes: 60,
} as const;
