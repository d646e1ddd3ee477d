import { crowd } from './crowd.ts';
import { forkStorm } from './fork-storm.ts';
import { hostProcess } from './host-process.ts';
import { leakingPod } from './leaking-pod.ts';
import { podLimit } from './pod-limit.ts';
import { threshold } from './threshold.ts';
import { unseen } from './unseen.ts';
import { xtablesLock } from './xtables-lock.ts';

/** First who took those of the whole node, then a limit that holds one pod alone, then what only looks so. */
export const causes = {
  leakingPod,
  hostProcess,
  crowd,
  podLimit,
  threshold,
  forkStorm,
  xtablesLock,
  unseen,
};
