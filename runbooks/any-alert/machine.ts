import * as z from 'zod';
import type { Readers } from '../../engine/readers.ts';
import { conditionOf, type NodeView, nodeObject, pressureTypes } from '../evidence/node.ts';
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
  const pressed = pressureTypes.filter((type) => conditionOf(node, type)?.status === 'True');
  return pressed.length > 0 ? pressed.join(', ') : undefined;
}

export function showMachine({ name, node }: Machine): string {
  if (name === null) return 'the target is on no node';
  if (node === null) return `there is no node ${name} any more`;
  return `${name}: ${troubleOf(node) ?? 'ready, no pressure'}${node.cordoned ? ', cordoned' : ''}`;
}
