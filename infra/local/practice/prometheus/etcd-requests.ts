import { type Phase, phasesOf } from '../etcd-stall.ts';
import type { Facts, MemberFacts, NodeFacts } from '../facts.ts';
import { counter, type Observations } from '../promql/series.ts';
import { histogramOf, type Job, type Line, merged, metric } from './families.ts';

/** Those that the ServiceMonitor of kube-prometheus keeps. */
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 1, 2, 4, 5, 10, 20, 45, 60];

/** Requests to etcd, a second. A write waits for the leader's disk, a read does not. */
const OPERATIONS = { get: 9, list: 1.5, update: 5, create: 0.8 };

/** How many of them come to an end while etcd hangs, how long those took (measured: 14 s), and how many of them fail. */
const ENDED: Readonly<Record<Phase, { readonly share: number; readonly seconds: number; readonly failed: number }>> = {
  calm: { share: 1, seconds: 0.004, failed: 0 },
  slow: { share: 0.6, seconds: 0.8, failed: 0 },
  hanging: { share: 0.1, seconds: 14, failed: 0.5 },
  full: { share: 0.1, seconds: 14, failed: 0.5 },
};

function leadersDisk({ members }: Facts): NonNullable<MemberFacts['slowDisk']> {
  return members.find(({ leads }) => leads)?.slowDisk ?? [];
}

/** A counter of each operation that follows what becomes of etcd. */
function perOperation(api: Job<NodeFacts>, name: string, shareOf: (phase: Phase) => number) {
  return metric(api, name, (_, facts) =>
    Object.entries(OPERATIONS).map(([operation, perSecond]): Line => {
      const changes = phasesOf(facts).map(({ at, phase }) => ({ at, perSecond: perSecond * shareOf(phase) }));
      return {
        labels: { operation, type: '*core.Pod' },
        at: counter({ perSecond: perSecond * shareOf('calm'), from: facts.bornAt, changes }),
      };
    }),
  );
}

/** What an API server counts of its requests to etcd: while etcd hangs hardly any ends, and those late. */
export function etcdRequestFamilies(api: Job<NodeFacts>) {
  return merged(
    perOperation(api, 'etcd_requests_total', (phase) => ENDED[phase].share),
    perOperation(api, 'etcd_request_errors_total', (phase) => ENDED[phase].share * ENDED[phase].failed),
    histogramOf(api, 'etcd_request_duration_seconds', (_, facts) =>
      Object.entries(OPERATIONS).map(([operation, perSecond]) => {
        const turns = /update|create/.test(operation) ? leadersDisk(facts) : [];
        const taking = (phase: Phase): Observations => ({
          observationsPerSecond: perSecond * ENDED[phase].share,
          values: [{ value: ENDED[phase].seconds, share: 1 }],
        });
        const waiting = (times: number): Observations => ({
          observationsPerSecond: perSecond * 0.7,
          values: [
            { value: 0.09 * times, share: 0.8 },
            { value: 0.5 * times, share: 0.2 },
          ],
        });
        return {
          labels: { operation, type: '*core.Pod' },
          buckets: BUCKETS,
          ...taking('calm'),
          from: facts.bornAt,
          changes: [
            ...turns.map(({ at, times }) => ({ at, ...(times === 0 ? taking('calm') : waiting(times)) })),
            ...phasesOf(facts).map(({ at, phase }) => ({ at, ...taking(phase) })),
          ],
        };
      }),
    ),
  );
}
