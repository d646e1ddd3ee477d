import * as z from 'zod';
import type { Readyz } from '../evidence/control-plane.ts';
import type { EventView } from '../evidence/event.ts';
import { figureTable } from '../evidence/figures.ts';
import type { MovablePod } from '../evidence/movable-pod.ts';
import { isOfControlPlane, Labels, type NodeView } from '../evidence/node.ts';
import type { NodeLeaseView } from '../evidence/node-lease.ts';
import type { Course } from '../evidence/over-time.ts';
import type { Starting } from '../evidence/starting-pods.ts';
import type { KubeletLooks } from './kubelet.ts';
import type { Offender } from './offender.ts';

/** Bytes written and read, and requests of both, a second; each at best within 6 hours. */
export const Best = figureTable(['device'], ['written', 'read', 'requests']);
export type Best = z.infer<typeof Best>;

/** Which devices hold the kubelet's data, and which turned read-only. */
export const Mounts = figureTable(['device', 'mountpoint'], ['holdsData', 'turnedReadOnly']);
export type Mounts = z.infer<typeof Mounts>;

export const Fleet = figureTable([], ['nodes', 'flapping', 'leaseUpdate']).transform(([row = {}]) => row);
export interface Fleet {
  readonly nodes?: number;
  readonly flapping?: number;
  /** Seconds. */
  readonly leaseUpdate?: number;
}

/** `aws`, `gce`, …; empty: nobody's cloud, or the Node does not say. */
export const Provider = z
  .object({ spec: z.object({ providerID: z.string().default('') }).prefault({}) })
  .transform(({ spec }) => spec.providerID.split('://')[0] ?? '');

export const IsControlPlane = z
  .object({ metadata: z.object({ labels: Labels }) })
  .transform(({ metadata }) => isOfControlPlane(metadata.labels));

/** All evidence of this runbook, as its causes see it. */
export interface Seen {
  readonly node: NodeView;
  readonly registered: boolean;
  readonly provider: string;
  readonly isControlPlane: boolean;
  readonly lease: NodeLeaseView;
  readonly events: readonly EventView[];
  readonly pods: readonly MovablePod[];
  readonly starting: Starting;
  readonly readyz: Readyz;
  readonly disks: readonly Course[];
  readonly mounts: Mounts;
  readonly best: Best;
  readonly machine: readonly Course[];
  readonly writers: readonly Course[];
  readonly logs: readonly Course[];
  readonly offender: Offender;
  readonly pulls: readonly Course[];
  readonly heartbeats: readonly Course[];
  readonly scrapes: readonly Course[];
  readonly fleet: Fleet;
  readonly kubelet: KubeletLooks;
}
export type Maybe = Partial<Seen>;
