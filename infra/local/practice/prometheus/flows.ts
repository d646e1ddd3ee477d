import { type Phase, phaseAt, phasesOf } from '../etcd-stall.ts';
import type { Facts, NodeFacts } from '../facts.ts';
import { type Asking, ISOLATED_PER_SECOND, SHARED_PER_SECOND } from '../noisy-client.ts';
import { constant, counter, type Reading } from '../promql/series.ts';
import { histogramOf, type Job, type Line, merged, metric } from './families.ts';

const WAIT_BUCKETS = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
/** What ServiceAccounts ask in all quiet, a second and API server. */
const USUAL_PER_SECOND = 4;
/** Seats of an API server with the default 600, by level. */
const SEATS = { 'workload-low': 245, 'node-high': 98, 'workload-high': 98 };
const ISOLATED_SEATS = 23;

/** Of ServiceAccounts' requests while etcd hangs: who gets a seat and who finds the queue full, a second; who waits (recorded). */
const WHILE_FULL = { served: 1.5, refused: 3.2, waiting: 203 };

/** How many requests an API server refuses a second because others wait in their seats for etcd. */
export function refusedPerSecond(phase: Phase): number {
  return phase === 'full' ? WHILE_FULL.refused : 0;
}

interface Turn extends Asking {
  /** What the noisy client asks of one API server, and how much of it gets through. */
  readonly asked: number;
  readonly served: number;
}

/** What the noisy client does to one of the API servers, as time goes on. */
function turnsOf({ noisyClient, nodes }: Facts): readonly Turn[] {
  const servers = nodes.filter((node) => node.controlPlane).length;
  return (noisyClient?.turns ?? []).map((turn) => {
    const asked = turn.perSecond / servers;
    return { ...turn, asked, served: Math.min(asked, turn.isolatedIn ? ISOLATED_PER_SECOND : SHARED_PER_SECOND) };
  });
}

const counting = (facts: Facts, perSecond: number, rate: (turn: Turn) => number) =>
  counter({
    perSecond,
    from: facts.bornAt,
    changes: turnsOf(facts).map((turn) => ({ at: turn.at, perSecond: perSecond + rate(turn) })),
  });

/** The same of what ServiceAccounts share. Where etcd hangs all of them wait, and no client is noisy. */
function countingShared(facts: Facts, calm: number, full: number, rate: (turn: Turn) => number): Reading {
  const phases = phasesOf(facts).map(({ at, phase }) => ({ at, perSecond: phase === 'full' ? full : calm }));
  return phases.length === 0
    ? counting(facts, calm, rate)
    : counter({ perSecond: calm, from: facts.bornAt, changes: phases });
}

/** A gauge that follows the turns. */
function following(facts: Facts, calm: number, value: (turn: Turn) => number): Reading {
  const turns = turnsOf(facts);
  return (at) => {
    const turn = turns.findLast((each) => each.at <= at);
    return turn ? value(turn) : calm;
  };
}

/** What it is when the level that ServiceAccounts share is full, and when it is not. */
function busy(facts: Facts, calm: number, full: number): Reading {
  const byClient = following(facts, calm, (turn) => (isShared(turn) && turn.asked > turn.served ? full : calm));
  return (at) => (phaseAt(facts, at) === 'full' ? full : byClient(at));
}

const flow = (priority_level: string, flow_schema: string) => ({ priority_level, flow_schema });
const shared = flow('workload-low', 'service-accounts');
const isShared = ({ isolatedIn }: Turn) => isolatedIn === undefined;

/** Levels of their own that the client ever had. */
function isolations(facts: Facts): readonly string[] {
  return [...new Set(turnsOf(facts).flatMap(({ isolatedIn }) => isolatedIn ?? []))];
}

/** Priority and fairness as an API server counts it, and the 429s that come of it. */
export function flowFamilies(api: Job<NodeFacts>) {
  return merged(
    metric(api, 'apiserver_flowcontrol_dispatched_requests_total', (_, facts): readonly Line[] => [
      {
        labels: shared,
        at: countingShared(facts, USUAL_PER_SECOND, WHILE_FULL.served, (turn) => (isShared(turn) ? turn.served : 0)),
      },
      { labels: flow('node-high', 'system-node-high'), at: counter({ perSecond: 5, from: facts.bornAt }) },
      ...isolations(facts).map((name) => ({
        labels: flow(name, name),
        at: counting(facts, 0, (turn) => (turn.isolatedIn === name ? turn.served : 0)),
      })),
    ]),
    metric(api, 'apiserver_flowcontrol_rejected_requests_total', (_, facts): readonly Line[] => {
      const rejected = (labels: object, mine: (turn: Turn) => boolean): Line => ({
        labels: { ...labels, reason: 'queue-full' },
        at: counting(facts, 0, (turn) => (mine(turn) ? turn.asked - turn.served : 0)),
      });
      const reason = { reason: 'queue-full' };
      if (facts.etcdStall)
        return [{ labels: { ...shared, ...reason }, at: countingShared(facts, 0, WHILE_FULL.refused, () => 0) }];
      if (turnsOf(facts).length === 0) return [];
      return [
        rejected(shared, isShared),
        ...isolations(facts).map((name) => rejected(flow(name, name), (turn) => turn.isolatedIn === name)),
      ];
    }),
    metric(api, 'apiserver_flowcontrol_current_limit_seats', (_, facts) => [
      ...Object.entries(SEATS).map(
        ([priority_level, seats]): Line => ({ labels: { priority_level }, at: constant(seats) }),
      ),
      ...isolations(facts).map(
        (priority_level): Line => ({ labels: { priority_level }, at: constant(ISOLATED_SEATS) }),
      ),
    ]),
    metric(api, 'apiserver_flowcontrol_current_executing_seats', (_, facts) => [
      { labels: shared, at: busy(facts, 3, SEATS['workload-low']) },
      { labels: flow('node-high', 'system-node-high'), at: constant(1) },
    ]),
    metric(api, 'apiserver_flowcontrol_current_inqueue_requests', (_, facts) => [
      { labels: shared, at: busy(facts, 0, facts.etcdStall ? WHILE_FULL.waiting : 51) },
    ]),
    histogramOf(api, 'apiserver_flowcontrol_request_wait_duration_seconds', (_, facts) => {
      const waiting = (phase: Phase) => ({
        observationsPerSecond: phase === 'full' ? WHILE_FULL.served : USUAL_PER_SECOND,
        values: [{ value: phase === 'full' ? 12 : 0.0001, share: 1 }],
      });
      const changes = phasesOf(facts).map(({ at, phase }) => ({ at, ...waiting(phase) }));
      const labels = { ...shared, execute: 'true' };
      return [{ labels, buckets: WAIT_BUCKETS, ...waiting('calm'), from: facts.bornAt, changes }];
    }),
    metric(api, 'apiserver_request_total', (_, facts): readonly Line[] => {
      const { verb = '', resource = '' } = facts.noisyClient ?? {};
      if (turnsOf(facts).length === 0) return [];
      const labels = {
        verb: verb.toUpperCase(),
        resource,
        version: 'v1',
        code: '429',
        scope: 'cluster',
        component: 'apiserver',
      };
      return [{ labels, at: counting(facts, 0, (turn) => turn.asked - turn.served) }];
    }),
  );
}
