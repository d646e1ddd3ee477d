import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { readyz } from '../evidence/control-plane.ts';
import { nodeObject, nodeRegistered } from '../evidence/node.ts';
import { nodeEvents } from '../evidence/node-events.ts';
import { type Course, Courses, overTime, WINDOW_MINUTES } from '../evidence/over-time.ts';
import { exporterTarget } from '../evidence/scrape-targets.ts';
import { kubelet } from './kubelet.ts';
import { networkLogs } from './network-logs.ts';
import { pods } from './pods.ts';
import { machineFigures } from './queries.ts';
import * as show from './show.ts';
import { deployed, readThreads, refusals } from './suspects.ts';

type Of<Value> = Evidence<Value, NodeTarget>;

const machine: Of<readonly Course[]> = {
  title: 'PIDs of the machine',
  schema: Courses,
  read: async ({ metrics }: Readers, { name }, { now }) =>
    overTime(metrics, machineFigures(await exporterTarget(metrics, name)), now, "of this machine's processes"),
  show: show.machine,
  windowSeconds: WINDOW_MINUTES * 60,
  threshold:
    'short at 80 % of kernel.pid_max or kernel.threads-max, from 70 % on with a refused fork or PIDPressure; a storm from 1,000 forks a second on',
  thresholdSource:
    'our rules NodePidUsageHigh, NodeForkRateHigh; chosen here (70 %); that every thread takes a PID: proc(5), and measured (kubelet rlimit.curproc)',
};

const threads: Of<readonly Course[]> = {
  title: 'Threads of pods, and their limits',
  schema: Courses,
  read: ({ metrics }, { name }, { now }) => readThreads(metrics, name, now),
  show: show.threads,
  windowSeconds: WINDOW_MINUTES * 60,
  threshold:
    'full at 99 % of its limit, or at 90 % and growing without a pause; a half of all threads of a machine that is short',
  thresholdSource: 'chosen here; measured that only the series of the pod itself (container="") bears its limit',
};

/** All that is looked at: at most eleven Kubernetes calls (thirteen with the kubelet itself) and four PromQL queries. Nothing of it forks on the node. */
export const evidence = {
  node: nodeObject,
  registered: nodeRegistered,
  events: nodeEvents,
  pods,
  readyz,
  machine,
  threads,
  refusals,
  deployed,
  networkLogs,
  kubelet,
};
