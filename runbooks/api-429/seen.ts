import type { Readyz } from '../evidence/control-plane.ts';
import type { EtcdPod } from '../evidence/etcd-pods.ts';
import { figureTable, type Row } from '../evidence/figures.ts';
import type { Client, OwnAnswer } from './dumps.ts';
import type { Holder } from './holders.ts';
import type { Onset } from './onset.ts';
import type { ServerPod } from './server-pods.ts';

const tables = {
  answers: figureTable(
    ['verb', 'resource', 'subresource', 'job'],
    [
      'all',
      'broken',
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
  members: figureTable(
    ['instance'],
    ['up', 'scrapeSeconds', 'restarts', 'memoryBytes', 'highestBytes', 'lowestBytes', 'fsyncP99'],
  ),
  servers: figureTable(['instance'], ['up', 'scrapeSeconds', 'ageSeconds', 'restarts', 'lists', 'usualLists']),
  containers: figureTable(
    ['pod', 'container'],
    ['memoryBytes', 'limitBytes', 'memoryStalled', 'killed', 'restarts', 'oomKilled', 'throttled', 'cpuWaiting'],
  ),
  webhooks: figureTable(['name'], ['p99', 'calls', 'holds', 'writes']),
  machines: figureTable(['instance'], ['busy', 'memoryFree', 'overflows', 'load']),
  rollouts: figureTable(['namespace', 'deployment'], ['count', 'changed', 'known']),
} as const;

export { tables };

/** Requests a second: all, answered 5xx, answered 429 (by verb and resource), and 429 as the clients count it (by job). */
export type Answer = Row<
  'verb' | 'resource' | 'subresource' | 'job',
  | 'all'
  | 'broken'
  | 'refused'
  | 'ended'
  | 'allRefused'
  | 'allEnded'
  | 'allEvictions'
  | 'refusedNow'
  | 'endedNow'
  | 'clients'
>;
/** Requests a second, share of the seats in use, requests waiting, seconds a request took. */
export type Flow = Row<
  'priority_level' | 'flow_schema' | 'reason',
  | 'rejected'
  | 'rejectedNow'
  | 'allRejected'
  | 'allRejectedNow'
  | 'dispatched'
  | 'usual'
  | 'lastWeek'
  | 'seats'
  | 'waiting'
  | 'took'
>;
/** Mean seconds, requests within five minutes, share of errors. */
export type Operation = Row<'operation', 'mean' | 'meanNow' | 'usual' | 'requests' | 'errors'>;
export type Member = Row<
  'instance',
  'up' | 'scrapeSeconds' | 'restarts' | 'memoryBytes' | 'highestBytes' | 'lowestBytes' | 'fsyncP99'
>;
export type Server = Row<'instance', 'up' | 'scrapeSeconds' | 'ageSeconds' | 'restarts' | 'lists' | 'usualLists'>;
export type Container = Row<
  'pod' | 'container',
  'memoryBytes' | 'limitBytes' | 'memoryStalled' | 'killed' | 'restarts' | 'oomKilled' | 'throttled' | 'cpuWaiting'
>;
/** Seconds; calls within five minutes; seats held on average. `writes` has no name. */
export type Webhook = Row<'name', 'p99' | 'calls' | 'holds' | 'writes'>;
export type Machine = Row<'instance', 'busy' | 'memoryFree' | 'overflows' | 'load'>;
export type Rollout = Row<'namespace' | 'deployment', 'count' | 'changed' | 'known'>;

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
