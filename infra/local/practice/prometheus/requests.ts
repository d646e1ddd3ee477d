import { growthOf, type Phase, phaseAt, phasesOf } from '../etcd-stall.ts';
import type { Facts, NodeFacts } from '../facts.ts';
import { counter } from '../promql/series.ts';
import { histogramOf, type Job, type Labels, type Line, merged, metric } from './families.ts';
import { flowFamilies, refusedPerSecond } from './flows.ts';

const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

/** `verb`, `resource` → requests a second. */
const REQUESTS = [
  ['GET', 'pods', 6],
  ['LIST', 'pods', 0.4],
  ['WATCH', 'pods', 0.6],
  ['PUT', 'leases', 4],
  ['PATCH', 'nodes', 0.3],
] as const;

/** Which answers they get, and after how long: while etcd hangs only what the watch cache knows is answered 200. */
const SHARES: Readonly<Record<'200' | '500' | '504', Readonly<Record<Phase, number>>>> = {
  200: { calm: 1, slow: 0.9, hanging: 0.2, full: 0.15 },
  500: { calm: 0, slow: 0, hanging: 0.3, full: 0.25 },
  504: { calm: 0, slow: 0, hanging: 0.1, full: 0.2 },
};
const SECONDS: Readonly<Record<Phase, number>> = { calm: 0.006, slow: 0.9, hanging: 9, full: 9 };
/** In flight by kind: `mutating` is a leaders' and kubelets' business, `readOnly` everybody's. */
const IN_FLIGHT: Readonly<Record<Phase, { readonly mutating: number; readonly readOnly: number }>> = {
  calm: { mutating: 1, readOnly: 3 },
  slow: { mutating: 9, readOnly: 14 },
  hanging: { mutating: 80, readOnly: 150 },
  full: { mutating: 174, readOnly: 245 },
};
/** How often somebody rewrites large objects until etcd is full. */
const REWRITES_PER_SECOND = 8;

function labelsOf(verb: string, resource: string): Labels {
  const group = resource === 'leases' ? { group: 'coordination.k8s.io' } : {};
  return { verb, resource, ...group, version: 'v1', scope: 'resource', component: 'apiserver' };
}

function answered(facts: Facts): Line[] {
  const codes = facts.etcdStall === undefined ? (['200'] as const) : (['200', '500', '504'] as const);
  return REQUESTS.flatMap(([verb, resource, perSecond]) =>
    codes.map((code): Line => {
      const changes = phasesOf(facts).map(({ at, phase }) => ({ at, perSecond: perSecond * SHARES[code][phase] }));
      const calm = perSecond * SHARES[code].calm;
      return {
        labels: { ...labelsOf(verb, resource), code },
        at: counter({ perSecond: calm, from: facts.bornAt, changes }),
      };
    }),
  );
}

/** Refused while the seats are full. */
function refused(facts: Facts): Line[] {
  if (facts.etcdStall === undefined) return [];
  const readers = REQUESTS.filter(([verb]) => verb === 'GET' || verb === 'LIST');
  const all = readers.reduce((sum, [, , perSecond]) => sum + perSecond, 0);
  return readers.map(([verb, resource, perSecond]) => {
    const part = perSecond / all;
    const changes = phasesOf(facts).map(({ at, phase }) => ({ at, perSecond: part * refusedPerSecond(phase) }));
    return {
      labels: { ...labelsOf(verb, resource), code: '429' },
      at: counter({ perSecond: 0, from: facts.bornAt, changes }),
    };
  });
}

/** What made etcd's database grow. */
function rewritten({ etcdStall, bornAt }: Facts): Line[] {
  if (etcdStall === undefined) return [];
  const { from, until } = growthOf(etcdStall);
  const changes = [
    { at: from, perSecond: REWRITES_PER_SECOND },
    { at: until, perSecond: 0 },
  ];
  const labels = { ...labelsOf('PATCH', 'policyreports'), group: 'wgpolicyk8s.io', version: 'v1alpha2', code: '200' };
  return [{ labels, at: counter({ perSecond: 0, from: bornAt, changes }) }];
}

/** What API servers count of the requests they get. */
export function requestFamilies(api: Job<NodeFacts>) {
  return merged(
    metric(api, 'apiserver_request_total', (_, facts) => [...answered(facts), ...refused(facts), ...rewritten(facts)]),
    histogramOf(api, 'apiserver_request_duration_seconds', (_, facts) =>
      REQUESTS.map(([verb, resource, perSecond]) => {
        const taking = (phase: Phase) => ({
          observationsPerSecond: perSecond * (phase === 'calm' ? 1 : 0.6),
          values: [{ value: SECONDS[phase], share: 1 }],
        });
        return {
          labels: labelsOf(verb, resource),
          buckets: BUCKETS,
          ...taking('calm'),
          from: facts.bornAt,
          changes: phasesOf(facts).map(({ at, phase }) => ({ at, ...taking(phase) })),
        };
      }),
    ),
    metric(api, 'apiserver_current_inflight_requests', (_, facts) =>
      (['mutating', 'readOnly'] as const).map((kind) => ({
        labels: { request_kind: kind },
        at: (at) => IN_FLIGHT[phaseAt(facts, at)][kind],
      })),
    ),
    flowFamilies(api),
  );
}
