import { canonicalJson } from '../change.ts';
import { evictable } from '../changes/drain-pods.ts';
import { matches } from '../changes/labels.ts';
import type { LabelSelector, Node, Pod } from '../changes/objects.ts';

/** What pods ask of a node before they run there, whoever else there is room for. */
export interface Demand {
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** One of these has to fit; none: any node does. */
  readonly terms: readonly Term[];
  /** `nvidia.com/gpu` */
  readonly resources: readonly string[];
  readonly pods: readonly Pod[];
}

interface Term {
  readonly matchExpressions: LabelSelector['matchExpressions'];
  readonly matchFields: LabelSelector['matchExpressions'];
}

/** Of the pods of a node that could go elsewhere: what each asks for, each once. Those that ask for nothing are left out. */
export function demandsOf(pods: readonly Pod[]): readonly Demand[] {
  const each = evictable(pods).map((pod) => ({ pod, ...askedBy(pod) }));
  const asking = each.filter(
    ({ nodeSelector, terms, resources }) =>
      Object.keys(nodeSelector).length > 0 || terms.length > 0 || resources.length > 0,
  );
  const keyOf = ({ nodeSelector, terms, resources }: (typeof asking)[number]) =>
    canonicalJson([nodeSelector, terms, resources]);
  return [...Map.groupBy(asking, keyOf).values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, pods: same.map(({ pod }) => pod) }] : [];
  });
}

function askedBy({ spec: { nodeSelector, affinity, containers } }: Pod): Omit<Demand, 'pods'> {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const amounts = containers.flatMap(({ resources: { requests, limits } }) => Object.keys({ ...requests, ...limits }));
  return {
    nodeSelector,
    terms: required?.nodeSelectorTerms ?? [],
    resources: [...new Set(amounts.filter(isExtended))].sort(),
  };
}

/** A kind of hardware that a device plug-in offers. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#extended-resources */
function isExtended(resource: string): boolean {
  return resource.includes('/') && !/(?:^|\.)kubernetes\.io\//.test(resource);
}

/**
 * Whether a node is of the kind that is asked for. A node that is not ready may offer no devices at this moment.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
export function suits({ metadata, status }: Node, { nodeSelector, terms, resources }: Demand): boolean {
  const { name, labels } = metadata;
  return (
    Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
    (terms.length === 0 || terms.some((term) => fits(term, name, labels))) &&
    resources.every((resource) => (status.allocatable[resource] ?? '0') !== '0')
  );
}

function fits({ matchExpressions, matchFields }: Term, name: string, labels: Node['metadata']['labels']): boolean {
  // An empty term fits no node.
  if (matchExpressions.length + matchFields.length === 0) return false;
  const own = { ...labels };
  return (
    matchExpressions.every((one) => holds(one, own)) &&
    matchFields.every((one) => holds(one, { 'metadata.name': name }))
  );
}

function holds(
  expression: LabelSelector['matchExpressions'][number],
  labels: Readonly<Record<string, string>>,
): boolean {
  const { key, operator, values } = expression;
  const own = labels[key];
  if (operator !== 'Gt' && operator !== 'Lt')
    return matches({ matchLabels: {}, matchExpressions: [expression] }, labels);
  const [number, bound] = [Number(own), Number(values[0])];
  if (own === undefined || !Number.isInteger(number)) return false;
  return operator === 'Gt' ? number > bound : number < bound;
}

/** "accelerator=a100, nvidia.com/gpu": short, for the name of a pool. */
export function inShort({ nodeSelector, terms, resources }: Demand): string {
  const keys = terms.flatMap(({ matchExpressions, matchFields }) =>
    [...matchExpressions, ...matchFields].map(({ key, operator, values }) =>
      operator === 'In' ? `${key}=${values.join('|')}` : `${key} ${operator}`,
    ),
  );
  const selected = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
  return [...new Set([...selected, ...keys, ...resources])].sort().join(', ');
}
