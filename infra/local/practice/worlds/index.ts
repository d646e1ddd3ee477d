import type { World } from '../world.ts';
import { cordonWithReason } from './cordon-with-reason.ts';
import { dnsLoop } from './dns-loop.ts';
import { etcdAndIndex } from './etcd-and-index.ts';
import { etcdMemory } from './etcd-memory.ts';
import { etcdSlowDisk } from './etcd-slow-disk.ts';
import { kubeletStopped } from './kubelet-stopped.ts';
import { lateHeartbeats } from './late-heartbeats.ts';
import { logFlood } from './log-flood.ts';
import { networkAgentKilled } from './network-agent-killed.ts';
import { noisyFlow } from './noisy-flow.ts';
import { plannedDrain } from './planned-drain.ts';
import { quiet } from './quiet.ts';
import { schedulerDown } from './scheduler-down.ts';
import { threadLeak } from './thread-leak.ts';

/** Every world, in the order they are offered. */
export const worlds: readonly World[] = [
  kubeletStopped,
  etcdSlowDisk,
  etcdAndIndex,
  plannedDrain,
  cordonWithReason,
  noisyFlow,
  etcdMemory,
  logFlood,
  lateHeartbeats,
  threadLeak,
  schedulerDown,
  networkAgentKilled,
  dnsLoop,
  quiet,
];
