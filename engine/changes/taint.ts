import type { ChangeOf, Taint } from '../change.ts';
import type { Risk } from '../runbook.ts';
import { cannot, line, nothingToDo, patchOf } from './drafts.ts';
import { findNode, podsOn } from './look.ts';
import type { Node, NodeTaint } from './objects.ts';
import { ownersOf, ownersReads } from './owners.ts';
import { isFinished } from './pods.ts';
import { right } from './rights.ts';
import type { CompileContext, Compiled, VerbRules } from './rules.ts';
import { endedBy, endings, OUT_OF_SERVICE } from './taint-pods.ts';

const isReserved = (key: string) => key.startsWith('node.kubernetes.io/') && key !== OUT_OF_SERVICE;

export const taintRisks = ['low', 'high'] as const satisfies readonly Risk[];

/**
 * Whoever does not tolerate NoExecute is ended at once. Of out-of-service the controllers that delete pods by force and
 * detach volumes that may be in use look at the key alone: it is as dangerous with any effect.
 */
export function riskOfTaint({ key, effect }: Taint): (typeof taintRisks)[number] {
  return key === OUT_OF_SERVICE || effect === 'NoExecute' ? 'high' : 'low';
}

async function compileTaint(
  { node: name, taint, allow }: ChangeOf<'taint'>,
  { kube }: CompileContext,
): Promise<Compiled> {
  if (isReserved(taint.key)) return cannot(`taint ${taint.key} belongs to Kubernetes, which sets it and takes it away`);
  const [node, pods] = await Promise.all([findNode(kube, name), podsOn(kube, name)]);
  if (!node) return cannot(`node ${name} does not exist`);
  const before = sameTaint(node, taint);
  if (before && taintValue(before) === taintValue(taint))
    return nothingToDo(`node ${name} already has taint ${taintText(taint)}`);
  const alive = taint.key === OUT_OF_SERVICE ? signOfLife(node) : undefined;
  if (alive) return cannot(`${alive}: ${OUT_OF_SERVICE} on a machine that runs corrupts the data on its volumes`);
  const running = pods.filter((pod) => !isFinished(pod));
  const taints = before
    ? node.spec.taints.map((one) => (one === before ? plain(taint) : one))
    : [...node.spec.taints, plain(taint)];
  const stay = taint.key === OUT_OF_SERVICE ? 'its other pods stay' : 'pods that run there stay';
  const ending = endedBy(taint, running);
  const { effects, blocked, ...others } =
    taint.effect === 'NoExecute' || ending.length > 0
      ? endings(taint, running, allow ?? [], await ownersOf(kube, ending))
      : { effects: [stay], blocked: [], material: {} };
  const { actions, diff } = tainting(node, taint, taints, before, taint);
  return {
    actions: blocked.length > 0 ? [] : actions,
    diff,
    effects: [...(taint.key === OUT_OF_SERVICE ? outOfService(name, taint) : []), ...effects],
    blocked,
    ...others,
    inverse: before
      ? [{ verb: 'taint', node: name, taint: { ...taint, value: taintValue(before) }, ...(allow ? { allow } : {}) }]
      : [{ verb: 'untaint', node: name, taint }],
  };
}

async function compileUntaint({ node: name, taint }: ChangeOf<'untaint'>, { kube }: CompileContext): Promise<Compiled> {
  if (isReserved(taint.key)) return cannot(`taint ${taint.key} belongs to Kubernetes, which sets it and takes it away`);
  const node = await findNode(kube, name);
  if (!node) return cannot(`node ${name} does not exist`);
  const before = sameTaint(node, taint);
  if (!before) return nothingToDo(`node ${name} has no taint ${taint.key}:${taint.effect}`);
  const value = taintValue(before);
  if (taint.value !== undefined && taint.value !== value) {
    return cannot(`taint ${taint.key}:${taint.effect} of node ${name} has another value: ${value || 'none'}`);
  }
  const taints = node.spec.taints.filter((one) => one !== before);
  const again: Taint = { key: taint.key, effect: taint.effect, ...(value === '' ? {} : { value }) };
  return {
    ...tainting(node, taint, taints, before, undefined),
    effects: [
      `pods that do not tolerate ${taint.key} may land on node ${name} again`,
      ...(taint.key === OUT_OF_SERVICE ? ['only once the node has recovered'] : []),
    ],
    blocked: [],
    inverse: [{ verb: 'taint', node: name, taint: again }],
  };
}

/** The list is patched as a whole; the resourceVersion sees to it that no taint set meanwhile is lost. */
function tainting(
  { metadata }: Node,
  { key, effect }: Taint,
  taints: readonly NodeTaint[],
  before: NodeTaint | undefined,
  after: Taint | undefined,
): Pick<Compiled, 'actions' | 'diff'> {
  const object = { kind: 'Node', name: metadata.name } as const;
  const path = `spec.taints[${key}:${effect}]`;
  return {
    actions: [patchOf(object, metadata, { spec: { taints: taints.map((taint) => ({ ...taint })) } })],
    diff: [line(object, path, before && taintText(before), after && taintText(after))],
  };
}

function outOfService(name: string, { effect }: Taint): string[] {
  return [
    `high risk: only with proof from elsewhere (cloud API, BMC) that the machine of ${name} is off and is not starting; if it lives, data is corrupted`,
    effect === 'NoExecute'
      ? 'its pods are deleted by force and its volumes are detached, so that both can start elsewhere'
      : 'its pods that are on their way out are deleted by force and their volumes detached, whatever the effect of this taint',
    'this taint has to be removed by hand once the node has recovered',
  ];
}

/**
 * Ready=False is said by a kubelet that lives; only Unknown is what the node controller writes when none is heard.
 * https://kubernetes.io/docs/reference/node/node-status/#condition
 */
function signOfLife({ metadata: { name }, status }: Node): string | undefined {
  const ready = status.conditions.find(({ type }) => type === 'Ready')?.status;
  if (ready === 'Unknown') return undefined;
  if (ready === 'True') return `node ${name} is ready`;
  return ready === 'False'
    ? `the kubelet of node ${name} still answers (Ready is False)`
    : `nobody says whether node ${name} is ready`;
}

/** A node holds one taint per key and effect. */
function sameTaint({ spec }: Node, { key, effect }: Taint): NodeTaint | undefined {
  return spec.taints.find((taint) => taint.key === key && taint.effect === effect);
}

function plain({ key, value, effect }: Taint): NodeTaint {
  return value === undefined ? { key, effect } : { key, value, effect };
}

function taintValue({ value = '' }: Pick<Taint, 'value'> | NodeTaint): string {
  return value;
}

export function taintText({ key, value, effect }: Pick<NodeTaint, 'key' | 'value' | 'effect'>): string {
  return `${key}${value ? `=${value}` : ''}:${effect}`;
}

const shared = {
  writes: [right('patch', 'Node')],
  /** The taint is there at once; what it makes of the pods shows within their 30 s to end. */
  settle: { firstLookSeconds: 15, everySeconds: 15, giveUpSeconds: 300 },
};

export const taint: VerbRules<'taint'> = {
  ...shared,
  compile: compileTaint,
  risk: 'low',
  undoneBy: ['untaint', 'taint'],
  reads: [right('get', 'Node'), right('list', 'Pod'), ...ownersReads],
};

export const untaint: VerbRules<'untaint'> = {
  ...shared,
  compile: compileUntaint,
  risk: 'low',
  undoneBy: ['taint'],
  reads: [right('get', 'Node')],
};
