import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import { conditionOf, isGood, type NodeView, nodeObject } from '../evidence/node.ts';
import { clockTime } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import { Pod } from './pods.ts';
import { type AnyTarget, namespaceOf } from './target.ts';

/** The node of the target. `name: null`: it has none; `node: null`: there is no Node object of this name any more. */
export const Machine = z.object({ name: z.string().nullable(), node: nodeObject.schema.nullable() });
export type Machine = z.infer<typeof Machine>;

export async function readMachine({ kube }: Readers, target: AnyTarget): Promise<unknown> {
  const name = target.kind === 'Node' ? target.name : await nodeOfPod({ kube }, target);
  return name === undefined ? { name: null, node: null } : { name, node: await kube.find('Node', name) };
}

async function nodeOfPod({ kube }: Pick<Readers, 'kube'>, target: AnyTarget): Promise<string | undefined> {
  const namespace = namespaceOf(target);
  if (target.kind !== 'Pod' || namespace === undefined) return undefined;
  const pod = await kube.find('Pod', target.name, { namespace });
  return pod === null ? target.node : (Pod.parse(pod).node ?? undefined);
}

/** What is wrong with it, in its own words; nothing for a node that is well. */
export function troubleOf(node: NodeView): string | undefined {
  const ready = conditionOf(node, 'Ready');
  if (ready?.status !== 'True') return `Ready=${ready?.status ?? 'Unknown'} (${ready?.message ?? 'no condition'})`;
  // What is Unknown besides is no trouble that anybody saw.
  const bad = node.conditions.filter((condition) => isGood(condition) === false && condition.status !== 'Unknown');
  return bad.length > 0
    ? bad.map(({ type, status }) => (status === 'True' ? type : `${type}=False`)).join(', ')
    : undefined;
}

/** Where it was not ready until lately: since when it is again. A node that was just made was not ready before, either. */
export function readyAgainWords(node: NodeView, since: Date): string | undefined {
  const at = conditionOf(node, 'Ready')?.lastTransitionTime;
  return at && isLate(at, since) ? `since ${clockTime(at)}` : undefined;
}

/** What else was wrong with it until lately: `MemoryPressure ended at 02:56:00`. What has ended may be why a pod was ended. */
export function troubleOverWords(node: NodeView, since: Date): string | undefined {
  const over = node.conditions.find(({ type, lastTransitionTime: at }) => type !== 'Ready' && at && isLate(at, since));
  return over?.lastTransitionTime ? `${over.type} ended at ${clockTime(over.lastTransitionTime)}` : undefined;
}

function isLate(at: string, since: Date): boolean {
  return Date.parse(at) >= since.getTime() - limits.endedBeforeSeconds * 1000;
}

export function showMachine({ name, node }: Machine): string {
  if (name === null) return 'the target is on no node';
  if (node === null) return `there is no node ${name} any more`;
  return `${name}: ${troubleOf(node) ?? 'ready, no pressure'}${node.cordoned ? ', cordoned' : ''}`;
}
