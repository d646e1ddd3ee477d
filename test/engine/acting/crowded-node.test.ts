import { expect, test } from 'vitest';
import { blueprintOf, READ_MS } from '../../../engine/acting/compile.ts';
import { lastReplicas } from '../../../engine/acting/replicas.ts';
import type { Change } from '../../../engine/change.ts';
import { nodeDirectory } from '../../../engine/directory.ts';
import type { ReadRequest, Source } from '../../../engine/readers.ts';
import { startPracticeCluster } from '../../../infra/local/practice/practice.ts';
import { app, type Guest } from '../../../infra/local/practice/workloads.ts';
import { clientsOf } from '../../infra/local/practice/clusters.ts';

const drain: Change = { verb: 'drain', node: 'worker-3', allow: ['local-storage'] };

/** What is asked of the practice cluster for a drain of worker-3, on which these run as well. */
async function drained(guests: readonly Guest[]) {
  await using stack = new AsyncDisposableStack();
  const practice = await startPracticeCluster({ nodes: 6, podsPerNode: 4, guests });
  stack.defer(() => practice.close());
  const { reader } = stack.use(await clientsOf(practice));
  const asked: ReadRequest[] = [];
  const source: Source = {
    read: (request, limits) => {
      asked.push(request);
      return reader.source.read(request, limits);
    },
  };
  const nodes = nodeDirectory(source, { now: () => new Date() });
  const basis = {
    incident: 'i',
    remedy: 'drain',
    restsOn: 'c',
    changes: [drain],
    at: new Date().toISOString(),
    plan: 'p',
  };
  const { requests, blocked, scope } = await blueprintOf({ name: 'practice', match: {}, source, nodes }, basis);
  const last = await lastReplicas(scope.readersFor([], READ_MS).kube, [drain]);
  const evictions = requests.filter(({ action }) => action.verb === 'evict').length;
  return { evictions, blocked, last, asked: asked.length, calls: scope.kubernetesCalls() };
}

test('a node with 250 pods of 210 ReplicaSets in 20 namespaces can be drained: their sets are read by few lists', async () => {
  const guests = Array.from({ length: 210 }, (_, index): Guest => {
    const two = index < 40;
    const workload = app(`team-${index % 20}`, `app-${index}`, { replicas: two ? 2 : 1 });
    return { workload, on: two ? ['worker-3', 'worker-3'] : ['worker-3'] };
  });
  const { evictions, blocked, last, asked, calls } = await drained(guests);
  expect(blocked).toEqual([]);
  expect(evictions).toBeGreaterThanOrEqual(250);
  expect(last).toMatchObject({ breakable: true, value: expect.stringContaining('none would be ready of') });
  expect(asked).toBe(calls);
  expect(calls).toBeLessThan(25);
}, 60_000);

test('also where each of 240 pods is of a StatefulSet of its own, with a budget of its own, in a namespace of its own', async () => {
  const guests = Array.from({ length: 240 }, (_, index): Guest => {
    const more = { kind: 'StatefulSet', replicas: 2, disruptionBudget: { minAvailable: 1 } } as const;
    return { workload: app(`tenant-${index}`, 'db', more), on: ['worker-3', 'worker-2'] };
  });
  const { evictions, blocked, calls } = await drained(guests);
  expect(blocked).toEqual([]);
  expect(evictions).toBeGreaterThanOrEqual(240);
  expect(calls).toBeLessThan(300);
}, 60_000);
