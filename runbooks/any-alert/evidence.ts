import type { Evidence } from '../../engine/runbook.ts';
import { nodeEvents } from '../evidence/node-events.ts';
import { type Events, Events as EventsSchema, readEvents, showEvents } from './events.ts';
import { Expression, readExpression, showExpression } from './expression.ts';
import { limits } from './limits.ts';
import { Logs, readLogs } from './logs.ts';
import { Machine, readMachine, showMachine } from './machine.ts';
import { Memories, type MemoryView, readMemories, showMemories } from './memory.ts';
import { Neighbours, nearTo, showNeighbours } from './neighbours.ts';
import { Pods, readPods } from './pods.ts';
import { showLogs, showPods, showVersions, showWorkload } from './show.ts';
import type { AnyTarget } from './target.ts';
import {
  MaybeWorkload,
  readVersions,
  readWorkload,
  Versions,
  type VersionView,
  type WorkloadView,
} from './workload.ts';

const owners = ['get Pod', 'get ReplicaSet', 'get Deployment', 'get StatefulSet', 'get DaemonSet'] as const;
const podReads = [...owners, 'get Service', 'list Pod'] as const;

const pods: Evidence<Pods, AnyTarget> = {
  title: 'Pods it is about',
  schema: Pods,
  reads: podReads,
  read: readPods,
  show: showPods,
  threshold: `${limits.restarts} restarts or more, the last end at most ${limits.endedBeforeSeconds / 3_600} h before the alert began`,
  thresholdSource: 'our own: one end is an accident, and a container is started again',
};

const workload: Evidence<WorkloadView | null, AnyTarget> = {
  title: 'Its workload',
  schema: MaybeWorkload,
  reads: owners,
  read: readWorkload,
  show: showWorkload,
};

const versions: Evidence<readonly VersionView[] | null, AnyTarget> = {
  title: 'Versions of its Deployment',
  schema: Versions,
  reads: [...owners, 'list ReplicaSet'],
  read: readVersions,
  show: showVersions,
};

const events: Evidence<Events, AnyTarget> = {
  title: 'Its events',
  schema: EventsSchema,
  reads: ['list Event'],
  read: readEvents,
  show: showEvents,
  threshold: `no volume or no network ${limits.failures} times or more, the last within ${limits.triedAgainSeconds / 60} min`,
  thresholdSource:
    'kubernetes, pkg/util/goroutinemap/exponentialbackoff: a mount is tried again after 2 min 2 s at most',
  deadlineMs: 3_000,
};

const logs: Evidence<Logs, AnyTarget> = {
  title: 'Last words of containers that ended',
  schema: Logs,
  reads: [...podReads, 'logs Pod'],
  read: readLogs,
  show: showLogs,
};

const machine: Evidence<Machine, AnyTarget> = {
  title: 'Its node',
  schema: Machine,
  reads: ['get Pod', 'get Node'],
  read: readMachine,
  show: showMachine,
  threshold: `ready since longer than ${limits.endedBeforeSeconds / 3_600} h before the alert began`,
  thresholdSource: 'our own: what was not ready until then may be why',
};

const machineEvents: Evidence<Events, AnyTarget> = {
  title: 'Events of its node',
  schema: EventsSchema,
  reads: ['get Pod', 'get Node', 'list Event in default'],
  read: async (readers, target, context) => {
    const { name } = (await readMachine(readers, target)) as { readonly name: string | null };
    return name === null ? null : nodeEvents.read(readers, { kind: 'Node', name }, context);
  },
  show: showEvents,
  deadlineMs: 3_000,
};

const memories: Evidence<readonly MemoryView[], AnyTarget> = {
  title: 'Memory of nodes on which its containers were ended for theirs',
  schema: Memories,
  reads: [...podReads, 'get Node', 'list Event in default'],
  read: readMemories,
  show: showMemories,
  deadlineMs: 3_000,
};

const expression: Evidence<Expression, AnyTarget> = {
  title: "The alert's own expression",
  schema: Expression,
  windowSeconds: 3_600,
  read: (readers, _target, context) => readExpression(readers, context),
  show: showExpression,
};

const neighbours: Evidence<Neighbours, AnyTarget> = {
  title: 'What else is open near it',
  schema: Neighbours,
  read: async ({ incidents }, target) => nearTo(target, await incidents.open()),
  show: showNeighbours,
};

export const evidence = {
  pods,
  workload,
  versions,
  events,
  logs,
  machine,
  machineEvents,
  memories,
  expression,
  neighbours,
};
export type Seen = { readonly [Name in keyof typeof evidence]: ReturnType<(typeof evidence)[Name]['schema']['parse']> };
