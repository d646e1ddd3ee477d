import * as z from 'zod';
import type { Workload } from '../change.ts';
import { ReadFailure } from '../errors.ts';
import type { Kind, ListOptions, Readers } from '../readers.ts';
import { Node, Pod, WorkloadObject } from './objects.ts';

type Kube = Readers['kube'];

/** One object by a quorum read; `null` when it does not exist. Throws `ReadFailure`. */
export async function find<T>(
  kube: Kube,
  schema: z.ZodType<T>,
  kind: Kind,
  name: string,
  namespace?: string,
): Promise<T | null> {
  const found = await kube.find(kind, name, { fresh: true, ...(namespace === undefined ? {} : { namespace }) });
  return found === null ? null : parsed(schema, found, `${kind} ${name}`);
}

/** A list by a quorum read. Throws `ReadFailure`. */
export async function list<T>(kube: Kube, item: z.ZodType<T>, kind: Kind, options: ListOptions = {}): Promise<T[]> {
  const found = await kube.list(kind, { ...options, fresh: true });
  return parsed(z.object({ items: z.array(item) }), found, `the list of ${kind}s`).items;
}

export function findNode(kube: Kube, name: string): Promise<Node | null> {
  return find(kube, Node, 'Node', name);
}

export function podsOn(kube: Kube, node: string): Promise<Pod[]> {
  return list(kube, Pod, 'Pod', { fieldSelector: `spec.nodeName=${node}` });
}

export function findWorkload(kube: Kube, { kind, namespace, name }: Workload): Promise<WorkloadObject | null> {
  return find(kube, WorkloadObject, kind, name, namespace);
}

/** On its way out, held by a finalizer or by what it still owns: its controller does nothing for it any more. */
export function isLeaving({ metadata }: Pick<WorkloadObject, 'metadata'>): boolean {
  return !!metadata.deletionTimestamp;
}

/** The value as the schema has it. Throws `ReadFailure` naming the field that is not as it should be. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.');
  throw new ReadFailure('unparsable', `${what} is not as expected: ${where ? `${where}: ` : ''}${issue?.message}`);
}
