import * as z from 'zod';
import {
  ClusterTarget,
  ComponentTarget,
  NodeTarget,
  ObjectTarget,
  PodTarget,
  ServiceTarget,
} from '../../engine/target.ts';

/** Whatever the labels of an alert lead to. */
export const AnyTarget = z.discriminatedUnion('kind', [
  PodTarget,
  NodeTarget,
  ServiceTarget,
  ObjectTarget,
  ComponentTarget,
  ClusterTarget,
]);
export type AnyTarget = z.infer<typeof AnyTarget>;

/** Where it lives; `undefined`: in no namespace. */
export function namespaceOf(target: AnyTarget): string | undefined {
  return 'namespace' in target ? target.namespace : undefined;
}

/** An object that exists in the API under this kind and name; `undefined`: a component, or the cluster. */
export function objectOf(target: AnyTarget): { readonly kind: string; readonly name: string } | undefined {
  if (target.kind === 'Component' || target.kind === 'Cluster') return undefined;
  return { kind: target.kind === 'Object' ? target.resource : target.kind, name: target.name };
}
