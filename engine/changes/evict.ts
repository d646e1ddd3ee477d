import type { Action } from '../action.ts';
import type { ChangeOf } from '../change.ts';
import { budgetsOf, type Passage, passages, stateOf } from './budgets.ts';
import { cannot, line, nothingToDo, plural } from './drafts.ts';
import { staysBehind } from './drain-pods.ts';
import { find, findNode } from './look.ts';
import { Pod } from './objects.ts';
import { isReadyToStay, podsLike } from './owned-pods.ts';
import { endsForGood, type Owners, ownerOf, ownerReads } from './owners.ts';
import {
  controllerOf,
  heldWords,
  holdersOf,
  isFinished,
  isGoing,
  isMirror,
  isReady,
  isReplacedInPlace,
  kinOf,
  placeOf,
  podName,
} from './pods.ts';
import { right } from './rights.ts';
import type { CompileContext, Compiled, DiffLine, VerbRules } from './rules.ts';
import { startersOf } from './starters.ts';
import { successorOf } from './successor.ts';
import { doomedOf, loses } from './volumes.ts';

type Removal = ChangeOf<'evict' | 'delete-pod'>;

const REPLACED = {
  none: 'a pod that is gone does not come back; its controller starts another',
  replaced: true,
} as const;
const LOST = { none: 'a pod that is gone does not come back, and nothing starts another' };

/** What both ways of removing a pod begin with: the pod, or why there is nothing to do with it. */
async function removable({ namespace, pod }: Removal, { kube }: CompileContext): Promise<Pod | Compiled> {
  const name = `${namespace}/${pod}`;
  const found = await find(kube, Pod, 'Pod', pod, namespace);
  if (!found) return nothingToDo(`pod ${name} is already gone`);
  if (isGoing(found)) return nothingToDo(`pod ${name} is already being deleted`);
  if (isMirror(found)) return cannot(`pod ${name} is a static pod: only its file on the node can end it`);
  return found;
}

async function compileEvict(change: Removal, context: CompileContext): Promise<Compiled> {
  const pod = await removable(change, context);
  if ('actions' in pod) return pod;
  const passage = passages([pod], await budgetsOf(context.kube, new Set([change.namespace]))).get(pod);
  const owners = await ownerOf(context.kube, pod);
  const next = successorOf(pod, owners);
  const { action, line } = eviction(pod);
  const blocked = passage ? heldBack(pod, passage) : [];
  const budget = passage?.kind === 'allowed' ? [`budget ${stateOf(passage.budget)}`] : [];
  const effects = [...whatComesAfter(pod, owners), ...next.effects, ...(await whereItRuns(pod, context)), ...budget];
  return {
    actions: blocked.length > 0 ? [] : [action],
    diff: [line],
    effects,
    blocked,
    material: next.material,
    moves: placeOf(pod),
    starters: startersOf([pod], owners),
    inverse: endsForGood(pod, owners) === undefined ? REPLACED : LOST,
  };
}

function heldBack(pod: Pod, passage: Passage): string[] {
  switch (passage.kind) {
    case 'free':
    case 'allowed':
      return [];
    case 'several':
      return [`several disruption budgets select pod ${podName(pod)}: the API server evicts none such`];
    case 'waits':
    case 'never':
      return [`budget ${stateOf(passage.budget)}`];
  }
}

async function compileDelete(change: Removal, context: CompileContext): Promise<Compiled> {
  const pod = await removable(change, context);
  if ('actions' in pod) return pod;
  const owner = controllerOf(pod);
  if (!owner) return cannot(`pod ${podName(pod)} has no controller: nothing would start it again`);
  const owners = await ownerOf(context.kube, pod);
  const alone = endsForGood(pod, owners);
  if (alone !== undefined) return cannot(`${alone}: nothing would start pod ${podName(pod)} again`);
  const others = await readySiblings(pod, owners, context);
  const next = successorOf(pod, owners);
  const object = refOf(pod);
  // What is not ready serves nobody, and what does the work of its node or its own stands in for no other.
  const isAlone = isReady(pod) && owner.kind !== 'DaemonSet' && owner.kind !== 'Job' && others === 0;
  const blocked = !isAlone ? [] : [`no other pod of ${kinOf(pod)} is ready: deleting this one would leave none`];
  return {
    actions: blocked.length > 0 ? [] : [{ verb: 'delete', object, uid: pod.metadata.uid }],
    diff: [goneLine(pod)],
    effects: [
      ...whatComesAfter(pod, owners),
      ...next.effects,
      ...(await whereItRuns(pod, context)),
      `${plural(others, 'other pod')} of ${kinOf(pod)} ready`,
      'disruption budgets are not asked',
    ],
    blocked,
    material: next.material,
    moves: placeOf(pod),
    starters: startersOf([pod], owners),
    inverse: REPLACED,
  };
}

async function readySiblings(pod: Pod, owners: Owners, { kube }: CompileContext): Promise<number> {
  const ready = (await podsLike(kube, pod, owners)).filter(isReadyToStay);
  return ready.filter(({ metadata }) => metadata.uid !== pod.metadata.uid).length;
}

function whatComesAfter(pod: Pod, owners: Owners): string[] {
  const owner = controllerOf(pod);
  const name = podName(pod);
  const alone = endsForGood(pod, owners);
  return [
    comesAfter(),
    ...heldWords(pod),
    ...(isFinished(pod) ? [] : loses(doomedOf(pod.spec.volumes))),
    // A DaemonSet starts the next one where this one was.
    ...(alone !== undefined || owner?.kind === 'DaemonSet' ? [] : staysBehind(pod)),
  ];

  function comesAfter(): string {
    if (!owner) return `pod ${name} ends for good: it has no controller that would start another`;
    if (alone !== undefined) return `pod ${name} ends for good: ${alone}, and nothing starts another`;
    const where = owner.kind === 'DaemonSet' ? ' on the same node' : '';
    const when = isReplacedInPlace(pod) && holdersOf(pod).length > 0 ? ' once it is gone' : '';
    return `pod ${name} ends; ${owner.kind} ${owner.name} starts another${where}${when}`;
  }
}

/**
 * A pod stays until the kubelet of its node has ended it. A StatefulSet and a DaemonSet start no other of its name, or on
 * its node, before it is gone. https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/
 */
async function whereItRuns(pod: Pod, { kube }: CompileContext): Promise<string[]> {
  const { nodeName } = pod.spec;
  const node = nodeName === undefined ? null : await findNode(kube, nodeName);
  if (!node || isReady(node) || isFinished(pod)) return [];
  const owner = controllerOf(pod);
  const waits = isReplacedInPlace(pod) ? `, and ${owner?.kind} ${owner?.name} starts no other before` : '';
  return [
    `node ${nodeName} is not ready: the pod stays Terminating until its kubelet is back or the node is gone${waits}`,
  ];
}

/** The eviction of exactly this pod, and its line in the diff. */
export function eviction(pod: Pod): { readonly action: Action; readonly line: DiffLine } {
  return { action: { verb: 'evict', object: refOf(pod), uid: pod.metadata.uid }, line: goneLine(pod) };
}

function goneLine(pod: Pod): DiffLine {
  return line(refOf(pod), 'spec.nodeName', pod.spec.nodeName ?? 'not scheduled', null);
}

function refOf({ metadata }: Pod) {
  return { kind: 'Pod', namespace: metadata.namespace ?? 'default', name: metadata.name } as const;
}

/** 30 s to end by default (terminationGracePeriodSeconds); another has to be scheduled, started and ready. */
const settle = { firstLookSeconds: 20, everySeconds: 15, giveUpSeconds: 300 };

export const evict: VerbRules<'evict'> = {
  compile: compileEvict,
  risk: 'low',
  undoneBy: [],
  reads: [right('get', 'Pod'), right('get', 'Node'), right('list', 'PodDisruptionBudget'), ...ownerReads],
  writes: [right('create', 'Pod', 'eviction')],
  settle,
};

export const deletePod: VerbRules<'delete-pod'> = {
  compile: compileDelete,
  risk: 'medium',
  undoneBy: [],
  reads: [right('get', 'Pod'), right('list', 'Pod'), right('get', 'Node'), ...ownerReads],
  writes: [right('delete', 'Pod')],
  settle,
};
