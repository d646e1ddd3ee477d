import { expect, test } from 'vitest';
import * as z from 'zod';
import type { Change, Verb, WorkloadKind } from '../../../engine/change.ts';
import { resources } from '../../../engine/changes/rights.ts';
import type { Right } from '../../../engine/changes/rules.ts';
import { needsOf } from '../../../engine/needs.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { AnyRunbook } from '../../../engine/runbook.ts';
import { runbookWith } from '../../runbooks/every-verb.ts';
import { lab } from './lab.ts';

const StatefulSet = z.looseObject({ spec: z.looseObject({}) });

const coredns = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' } as const;
const database = { kind: 'StatefulSet', namespace: 'shop', name: 'orders-db' } as const;
const taint = { key: 'lab', effect: 'NoExecute' } as const;
const allow = ['local-storage', 'bare-pods'] as const;
const node = 'worker-3';
const namespace = 'shop';
const system = 'kube-system';
const nodes = ['get Node', 'list Node'];
const replicas = ['get ReplicaSet', 'list Pod'];
/** Whether the controller manager is there. */
const replaced = 'get Lease';
/** What starts the pods of a node again, all at once. */
const together = ['list ReplicaSet', 'list StatefulSet'];
/** From whose template the pod is started again. */
const starters = ['get StatefulSet', 'get DaemonSet'];

/** Written by hand: what has to be read before such a change is made, and nothing else. */
type Row = readonly [
  verb: Verb,
  kinds: readonly WorkloadKind[] | undefined,
  reads: readonly string[],
  changes: readonly Change[],
];
const expected: readonly Row[] = [
  ['cordon', undefined, [...nodes, 'list Pod'], [{ verb: 'cordon', node }]],
  [
    'drain',
    undefined,
    [...nodes, ...replicas, ...together, replaced, 'get Pod', 'list PodDisruptionBudget', 'get StatefulSet'],
    [{ verb: 'drain', node, allow }],
  ],
  ['taint', undefined, [...nodes, ...together, 'list Pod', replaced], [{ verb: 'taint', node, taint, allow }]],
  [
    'evict',
    undefined,
    ['get Pod', 'get Node', 'list PodDisruptionBudget', replaced, ...replicas, ...starters],
    [
      { verb: 'evict', namespace, pod: 'orders-db-0' },
      { verb: 'evict', namespace: system, pod: 'coredns-hgn6n4kf26-c6xv2' },
      { verb: 'evict', namespace: system, pod: 'cilium-v6cjs' },
    ],
  ],
  [
    'evict',
    ['Deployment'],
    ['get Pod', 'get Node', 'list PodDisruptionBudget', replaced, ...replicas],
    [{ verb: 'evict', namespace: system, pod: 'coredns-hgn6n4kf26-c6xv2' }],
  ],
  [
    'delete-pod',
    undefined,
    ['get Pod', 'get Node', replaced, ...replicas, ...starters],
    [
      { verb: 'delete-pod', namespace, pod: 'orders-db-0' },
      { verb: 'delete-pod', namespace: system, pod: 'coredns-hgn6n4kf26-c6xv2' },
      { verb: 'delete-pod', namespace: system, pod: 'cilium-v6cjs' },
    ],
  ],
  [
    'delete-pod',
    ['DaemonSet'],
    ['get Pod', 'get Node', 'list Pod', replaced, 'get DaemonSet'],
    [{ verb: 'delete-pod', namespace: system, pod: 'cilium-v6cjs' }],
  ],
  [
    'scale',
    ['Deployment'],
    ['get Deployment', 'list HorizontalPodAutoscaler'],
    [{ verb: 'scale', workload: coredns, replicas: 1 }],
  ],
  [
    'scale',
    ['StatefulSet'],
    ['get StatefulSet', 'list HorizontalPodAutoscaler', 'list Pod'],
    [{ verb: 'scale', workload: database, replicas: 2 }],
  ],
];

test.each(expected)('%s (of %s) reads exactly what its rights are for: %j', async (verb, workloads, reads, changes) => {
  const runbook = runbookWith([verb]);
  const fixes = Object.entries(runbook.remedies).map(([id, fix]) => [
    id,
    { ...fix, ...(workloads ? { workloads } : {}) },
  ]);
  const all = [...new Set(['get Namespace', ...reads])];

  expect(declaredBy({ ...runbook, remedies: Object.fromEntries(fixes) })).toEqual(all.sort());
  // The evidence of this lab reads a node.
  expect([...(await madeFor(changes))].sort()).toEqual([...new Set([...all, 'get Node'])].sort());
});

/** By purpose: what stands there for diagnoses is another matter. */
function declaredBy(runbook: AnyRunbook): readonly string[] {
  const toAct = needsOf([runbook]).reader.filter(({ purpose }) => purpose.startsWith('before '));
  return [...new Set(toAct.map(({ right }) => textOf(right)))].sort();
}

function textOf(right: string | Right): string {
  if (typeof right === 'string') return right.replace(' in kube-system', '');
  const kind = Object.entries(resources).find(([, { resource }]) => resource === right.resource)?.[0];
  return `${right.verb} ${kind}`;
}

/** Every request of the product, from the plan to its undo. */
async function madeFor(changes: readonly Change[]): Promise<ReadonlySet<string>> {
  await using it = await lab(changes);
  it.rules.limits = { ...it.rules.limits, readyNodesPercent: 1 };
  const made = new Set<string>();
  const { source } = it.cluster;
  const read: typeof source.read = async (request, limits) => {
    if (!('kind' in request)) return source.read(request, limits);
    made.add(`${request.verb} ${request.kind}`);
    const answer = await source.read(request, limits);
    // The one whose pods are looked at when it is made smaller.
    if (request.kind !== 'StatefulSet' || request.verb !== 'get') return answer;
    const { spec, ...set } = StatefulSet.parse(answer.body);
    return { ...answer, body: { ...set, spec: { ...spec, podManagementPolicy: 'Parallel' } } };
  };
  Object.assign(it.cluster, { source: { ...source, read } });
  const carryOut = async ({ id, interlocks, blocked }: Plan) => {
    expect(blocked).toEqual([]);
    if (interlocks.some(({ holds }) => !holds)) await it.breakGlass(id);
    return it.approved(id);
  };
  const { id, state, inverse } = await carryOut(await it.requested());
  expect(state).toBe('applied');
  // What has become of it is looked at as well.
  await it.pass(60);
  if ('none' in inverse) return made;
  await it.press(id, 'undo', 'U0ASKER');
  await carryOut(await it.latest());
  return made;
}
