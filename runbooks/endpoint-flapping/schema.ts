import * as z from 'zod';
import type { Readyz } from '../evidence/control-plane.ts';
import type { EventView } from '../evidence/event.ts';
import { figureTable, type Row } from '../evidence/figures.ts';
import type { NodeView } from '../evidence/node.ts';
import type { NodeLeaseView } from '../evidence/node-lease.ts';
import type { Course } from '../evidence/over-time.ts';
import type { ManagerView } from './manager.ts';
import type { LogView } from './manager-log.ts';
import type { PodEvents } from './pod-events.ts';
import type { Pods } from './pods.ts';
import type { Endpoints } from './slices.ts';

export const Fleet = figureTable([], ['nodes', 'flapping', 'leaseUpdate', 'managerPass']).transform(
  ([row = {}]) => row,
);
/** Others that come and go, of all nodes; seconds of the API server for a lease, of the controller manager for a pass. */
export type Fleet = z.infer<typeof Fleet>;

export const Kubelet = figureTable([], ['runtime', 'plegAge', 'cores', 'pods']).transform(([row = {}]) => row);
/** Seconds of the runtime, p99, and before the scrape that the last relist was; cores; pods that run. */
export type Kubelet = z.infer<typeof Kubelet>;

const HISTORY = ['readyChanges', 'containerChanges', 'restarts', 'failedProbes'] as const;
export const History = figureTable(['namespace', 'pod'], HISTORY);
export type History = readonly Row<'namespace' | 'pod', (typeof HISTORY)[number]>[];

/** How many pods a node may have. */
export const Room = z
  .object({ status: z.object({ capacity: z.object({ pods: z.string() }) }) })
  .transform(({ status }) => Number(status.capacity.pods));

/** All evidence of this runbook, as its causes see it. */
export interface Seen {
  readonly pods: Pods;
  readonly podEvents: PodEvents;
  readonly endpoints: Endpoints;
  readonly node: NodeView;
  readonly room: number;
  readonly lease: NodeLeaseView;
  readonly events: readonly EventView[];
  readonly readyz: Readyz;
  readonly manager: ManagerView;
  readonly managerLog: LogView;
  readonly heartbeats: readonly Course[];
  readonly kubelet: Kubelet;
  /** Relists that began (`late`), or took (`slow`), over 10 s, and calls to the API server without an answer: counters. */
  readonly counts: readonly Course[];
  readonly fleet: Fleet;
  readonly history: History;
}
export type Maybe = Partial<Seen>;
