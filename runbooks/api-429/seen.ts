import type { Readyz } from '../evidence/control-plane.ts';
import type { EtcdPod } from '../evidence/etcd-pods.ts';
import { figureTable, type RowOf } from '../evidence/figures.ts';
import type { Client, OwnAnswer } from './dumps.ts';
import type { Holder } from './holders.ts';
import { type Member, Members } from './members.ts';
import type { Onset } from './onset.ts';
import type { ServerPod } from './server-pods.ts';

export const tables = {
  answers: figureTable(
    ['verb', 'resource', 'subresource', 'job'],
    [
      'all',
      'broken',
      'allNow',
      'brokenNow',
      'refused',
      'ended',
      'allRefused',
      'allEnded',
      'allEvictions',
      'refusedNow',
      'endedNow',
      'clients',
    ],
  ),
  flows: figureTable(
    ['priority_level', 'flow_schema', 'reason'],
    [
      'rejected',
      'rejectedNow',
      'allRejected',
      'allRejectedNow',
      'dispatched',
      'usual',
      'lastWeek',
      'seats',
      'waiting',
      'took',
    ],
  ),
  etcd: figureTable(['operation'], ['mean', 'meanNow', 'usual', 'requests', 'errors']),
  members: Members,
  servers: figureTable(['instance'], ['up', 'scrapeSeconds', 'ageSeconds', 'restarts', 'lists', 'usualLists']),
  containers: figureTable(
    ['pod', 'container'],
    ['memoryBytes', 'limitBytes', 'memoryStalled', 'killed', 'restarts', 'oomKilled', 'throttled', 'cpuWaiting'],
  ),
  webhooks: figureTable(['name'], ['p99', 'withinSecond', 'calls', 'holds', 'writes']),
  machines: figureTable(['instance'], ['busy', 'memoryFree', 'overflows', 'load']),
  rollouts: figureTable(['namespace', 'deployment'], ['count', 'changed', 'known']),
} as const;

/** Requests a second: all, answered 5xx, answered 429 (by verb and resource), and 429 as the clients count it (by job). */
export type Answer = RowOf<typeof tables.answers>;
/** Requests a second, share of the seats in use, requests waiting, seconds a request took. */
export type Flow = RowOf<typeof tables.flows>;
/** Mean seconds, requests within five minutes, share of errors. */
export type Operation = RowOf<typeof tables.etcd>;
export type Server = RowOf<typeof tables.servers>;
export type Container = RowOf<typeof tables.containers>;
/** Seconds; share of calls within a second; calls within five minutes; seats held on average. `writes` has no name. */
export type Webhook = RowOf<typeof tables.webhooks>;
export type Machine = RowOf<typeof tables.machines>;
export type Rollout = RowOf<typeof tables.rollouts>;

/** All evidence of this runbook, as its causes see it. */
export interface Seen {
  readonly answers: readonly Answer[];
  readonly ownAnswer: OwnAnswer;
  readonly flows: readonly Flow[];
  readonly clients: readonly Client[] | null;
  readonly holder: Holder;
  readonly etcd: readonly Operation[];
  readonly members: readonly Member[];
  readonly servers: readonly Server[];
  readonly containers: readonly Container[];
  readonly webhooks: readonly Webhook[];
  readonly machines: readonly Machine[];
  readonly onset: Onset;
  readonly rollouts: readonly Rollout[];
  readonly readyz: Readyz;
  readonly pods: readonly EtcdPod[];
  readonly serverPods: readonly ServerPod[];
}
export type Maybe = Partial<Seen>;
