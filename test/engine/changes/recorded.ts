import { readFileSync } from 'node:fs';
import { joined } from '../../../engine/acting/joined.ts';
import { stepOf } from '../../../engine/acting/steps.ts';
import type { Change } from '../../../engine/change.ts';
import { changeRules, compile } from '../../../engine/changes/catalog.ts';
import type { Compiled } from '../../../engine/changes/rules.ts';
import type { Step } from '../../../engine/plan.ts';
import { withPresentNames } from '../../../infra/kubernetes/flow-control.ts';
import { edited, type FakeCluster, type Fields, fakeCluster, type Thing, type Things } from './fake-cluster.ts';

type Recorded =
  | 'Node'
  | 'Deployment'
  | 'ReplicaSet'
  | 'Pod'
  | 'PodDisruptionBudget'
  | 'FlowSchema'
  | 'PriorityLevelConfiguration';
interface Recording {
  readonly objects: Readonly<Record<Recorded, readonly Thing[]>>;
  readonly answers: Readonly<Record<'cordon' | 'misspelled' | 'restart' | 'scale' | 'deletePod' | 'evict', Fields>>;
}
const file = new URL('../../recorded/kubernetes/writing-1.20.json', import.meta.url);
export const { objects, answers }: Recording = JSON.parse(readFileSync(file, 'utf8'));

export const at = '2026-11-21T07:30:00.000Z';
export const plan = 'plan-4711';
export const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;

/** Namespace shop of a real cluster: node rig-node-1 with deployments web (2 pods, a budget of 2) and crasher. */
export function shop(instead: Things = {}): FakeCluster {
  const levels = withPresentNames('PriorityLevelConfiguration', { items: objects.PriorityLevelConfiguration });
  const PriorityLevelConfiguration = (levels as { readonly items: readonly Thing[] }).items;
  return fakeCluster({ ...objects, PriorityLevelConfiguration, ...instead });
}

/** The recorded object of this name, with changes. */
export function like(kind: Recorded, name: string, changes: Fields = {}): Thing {
  return edited(must(objects[kind].find(({ metadata }) => metadata.name === name)), changes);
}

export async function compiled(
  cluster: Pick<FakeCluster, 'kube'>,
  change: Change,
  more: { readonly takesBack?: boolean } = {},
): Promise<Compiled> {
  const made = await compile(change, { kube: cluster.kube, at, plan, ...more });
  const { undoneBy } = changeRules[change.verb];
  const stranger = 'none' in made.inverse ? undefined : made.inverse.find(({ verb }) => !undoneBy.includes(verb));
  if (stranger) throw new Error(`${change.verb} is taken back by ${stranger.verb}, which it does not say beforehand`);
  return made;
}

/** The steps of a plan that does just this. */
export function stepsOf(one: Compiled): readonly Step[] {
  return joined([one]).requests.map(stepOf);
}

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the recording is not as expected');
  return value;
}

/** A node like the recorded one. */
export function node(name: string, { ready = true, ...spec }: Fields & { readonly ready?: boolean } = {}): Thing {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }];
  return like('Node', 'rig-node-1', { metadata: { name, uid: `uid-${name}` }, spec, status: { conditions } });
}

export interface PodLike {
  readonly node?: string;
  readonly namespace?: string;
  /** `ReplicaSet web`; none: a bare pod. */
  readonly owner?: string;
  readonly labels?: Fields;
  readonly annotations?: Fields;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly volumes?: readonly Fields[];
  readonly tolerations?: readonly Fields[];
  readonly deleting?: boolean;
}

/** A pod like a recorded one. */
export function pod(name: string, change: PodLike = {}): Thing {
  const { node = 'worker-3', namespace = 'shop', owner, labels = {}, annotations = {}, ready = true } = change;
  const { spec } = like('Pod', 'web-86c6b98b46-q2wt4');
  const { volumes, tolerations = [], phase = 'Running' } = change;
  const [kind, ownerName] = (owner ?? '').split(' ');
  return {
    metadata: {
      ...{ name, namespace, labels, annotations, uid: `uid-${name}`, resourceVersion: '40562' },
      ...(change.deleting ? { deletionTimestamp: at } : {}),
      ...(owner ? { ownerReferences: [{ kind, name: ownerName, uid: `uid-${ownerName}`, controller: true }] } : {}),
    },
    spec: { ...(spec as Fields), nodeName: node, tolerations, ...(volumes ? { volumes } : {}) },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

/** A budget for the pods with label app=`app`, as its controller has worked it out. */
export function budget(app: string, status: Fields, spec: Fields = {}): Thing {
  return {
    metadata: { name: app, namespace: 'shop', uid: `uid-budget-${app}`, resourceVersion: '694', generation: 1 },
    spec: { selector: { matchLabels: { app } }, ...spec },
    status: { observedGeneration: 1, ...status },
  };
}
