import { describe, expect, it } from 'vitest';
import { arrived } from '../../../../engine/acting/arrival.ts';
import { blueprintOf } from '../../../../engine/acting/compile.ts';
import { stepOf } from '../../../../engine/acting/steps.ts';
import type { Action } from '../../../../engine/action.ts';
import type { Change, Verb } from '../../../../engine/change.ts';
import { changeRules } from '../../../../engine/changes/catalog.ts';
import { nodeDirectory } from '../../../../engine/directory.ts';
import { differences } from '../../../../engine/rehearsal.ts';
import { podsOf } from './acts.ts';
import { type Clients, clientsOf } from './clusters.ts';
import { type Json, type Stage, stage } from './practice.ts';

const limits = { deadlineMs: 10_000 };
const room = { ...limits, maxBytes: 4_000_000 };

/** One plan, as the engine works it out from this cluster. */
function planned({ reader }: Clients, plan: string, ...changes: readonly Change[]) {
  const basis = { incident: 'I1', remedy: 'r', restsOn: 'cause', changes, at: '2026-11-21T07:00:03Z', plan };
  const nodes = nodeDirectory(reader.source, { now: () => new Date() });
  return blueprintOf({ name: 'practice', match: {}, source: reader.source, nodes }, basis);
}

async function objectOf({ reader }: Clients, { object }: Action): Promise<Json | null> {
  const read = reader.source.read({ verb: 'get', ...object, fresh: true }, room);
  return read.then(
    ({ body }) => body as Json,
    () => null,
  );
}

/** Rehearses and does what is planned, one after the other, and lets the cluster settle. */
async function applied(on: Stage, clients: Clients, ...changes: readonly Change[]): Promise<readonly Change[]> {
  const id = `P${on.now().getTime()}`;
  const plan = await planned(clients, id, ...changes);
  expect(plan.blocked).toEqual([]);
  expect(plan.actions.length).toBeGreaterThan(0);
  expect((await planned(clients, id, ...changes)).digest).toBe(plan.digest);
  for (const request of plan.requests) {
    const { action } = request;
    const before = await objectOf(clients, action);
    const { object } = await clients.fixer.writer.rehearse(action, limits);
    expect(differences(action, object)).toEqual([]);
    expect(await objectOf(clients, action)).toEqual(before);
    await clients.fixer.writer.apply(action, limits);
    expect(arrived(stepOf(request), id, await objectOf(clients, action))).toBe('yes');
    on.wait(12);
  }
  on.wait(90);
  return 'none' in plan.inverse ? [] : plan.inverse;
}

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const subject = { kind: 'ServiceAccount', namespace: 'shop', name: 'noisy' } as const;
const limitsOf = { verb: 'set-resources', workload: web, container: 'web' } as const;
const note = { kind: 'Node', name: 'worker-4' } as const;

/** The change, what must be done before it, and the object it is about. */
const changes: readonly { readonly change: Change; readonly first?: Change; readonly path: string }[] = [
  { change: { verb: 'cordon', node: 'worker-4' }, path: '/api/v1/nodes/worker-4' },
  {
    change: { verb: 'uncordon', node: 'worker-4' },
    first: { verb: 'cordon', node: 'worker-4' },
    path: '/api/v1/nodes/worker-4',
  },
  { change: { verb: 'drain', node: 'worker-4' }, path: '/api/v1/nodes/worker-4' },
  {
    change: { verb: 'taint', node: 'worker-4', taint: { key: 'nightshift.dev/x', effect: 'NoSchedule' } },
    path: '/api/v1/nodes/worker-4',
  },
  {
    change: { verb: 'untaint', node: 'worker-4', taint: { key: 'nightshift.dev/x', effect: 'NoSchedule' } },
    first: { verb: 'taint', node: 'worker-4', taint: { key: 'nightshift.dev/x', effect: 'NoSchedule' } },
    path: '/api/v1/nodes/worker-4',
  },
  { change: { verb: 'restart', workload: web }, path: '/apis/apps/v1/namespaces/shop/deployments/web' },
  {
    change: { verb: 'restart', workload: { ...web, kind: 'StatefulSet', name: 'orders-db' } },
    path: '/apis/apps/v1/namespaces/shop/statefulsets/orders-db',
  },
  {
    change: { verb: 'restart', workload: { kind: 'DaemonSet', namespace: 'kube-system', name: 'cilium' } },
    path: '/apis/apps/v1/namespaces/kube-system/daemonsets/cilium',
  },
  { change: { verb: 'undo', workload: web }, path: '/apis/apps/v1/namespaces/shop/deployments/web' },
  { change: { verb: 'pause', workload: web }, path: '/apis/apps/v1/namespaces/shop/deployments/web' },
  {
    change: { verb: 'resume', workload: web },
    first: { verb: 'pause', workload: web },
    path: '/apis/apps/v1/namespaces/shop/deployments/web',
  },
  { change: { verb: 'scale', workload: web, replicas: 3 }, path: '/apis/apps/v1/namespaces/shop/deployments/web' },
  {
    change: { ...limitsOf, limits: { memory: '1024Mi' }, requests: { cpu: '500m', memory: null } },
    path: '/apis/apps/v1/namespaces/shop/deployments/web',
  },
  {
    change: { verb: 'isolate-flow', flow: 'noisy', subject, shares: 5 },
    path: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
  },
  {
    change: { verb: 'restore-flow', flow: 'noisy' },
    first: { verb: 'isolate-flow', flow: 'noisy', subject, shares: 5 },
    path: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
  },
  {
    change: { verb: 'annotate', object: note, key: 'nightshift.dev/note', value: 'x' },
    path: '/api/v1/nodes/worker-4',
  },
];

/** What people wrote, without what counts how often and says since when. */
const specIn = async ({ get }: Stage, path: string) => {
  const { body } = await get(path);
  const specs = body.items ? Object.values(body.items).map(({ spec }) => spec) : body.spec;
  const written = Object.entries(Object(body.metadata?.annotations));
  const annotations = written.filter(([key]) => !/deployment.kubernetes.io\/revision|rolled-back-by/.test(key));
  return JSON.parse(JSON.stringify({ specs, annotations }, (key, value) => (key === 'timeAdded' ? undefined : value)));
};

describe('every verb, planned by the engine and done by the real client', () => {
  it.each(changes)('$change.verb ($path)', async ({ change, first, path }) => {
    await using on = await stage();
    await using clients = await clientsOf(on.practice);
    if (first) await applied(on, clients, first);
    const before = await specIn(on, path);
    const inverse = await applied(on, clients, change);
    const after = await specIn(on, path);
    if (inverse.length > 0) await applied(on, clients, ...inverse);

    expect(after).not.toEqual(before);
    if (inverse.length > 0) expect(await specIn(on, path)).toEqual(before);
  });

  it.each(['evict', 'delete-pod'] as const)('%s', async (verb) => {
    await using on = await stage();
    await using clients = await clientsOf(on.practice);
    const [pod] = await podsOf(on, 'shop', 'catalog');
    await applied(on, clients, { verb, namespace: 'shop', pod: pod?.name ?? '' });

    expect((await podsOf(on, 'shop', 'catalog')).map(({ uid }) => uid)).not.toContain(pod?.uid);
  });

  it('leaves none out', () => {
    const tried = new Set<Verb>([...changes.map(({ change }) => change.verb), 'evict', 'delete-pod']);

    expect([...tried].sort()).toEqual(Object.keys(changeRules).sort());
  });

  it('sees what stands in the way: a budget that never opens, an autoscaler that would take it back', async () => {
    await using on = await stage({ world: 'planned-drain' });
    await using clients = await clientsOf(on.practice);
    const drain = await planned(clients, 'P1', { verb: 'drain', node: 'worker-1' });
    const query = { kind: 'Deployment', namespace: 'search', name: 'query' } as const;
    const scale = await planned(clients, 'P1', { verb: 'scale', workload: query, replicas: 1 });

    expect(drain.actions).toEqual([]);
    expect(drain.blocked.join()).toContain('checkout/sessions allows no disruption now: 2 of 2 pods are healthy');
    expect(scale.blocked.join()).toContain('HorizontalPodAutoscaler search/query');
  });
});
