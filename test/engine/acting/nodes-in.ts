import type { Readers } from '../../../engine/readers.ts';
import type { Thing } from '../changes/fake-cluster.ts';

/** A node as far as a pool is concerned. */
export interface NodeLike {
  readonly name: string;
  /** As `kubectl get nodes` prints it. Default: `Ready`. */
  readonly status?: string;
  readonly roles?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly allocatable?: Readonly<Record<string, string>>;
}

/** What is read of these nodes and of the pods that run there, with the selectors of labels that have one equality. */
export function nodesIn(nodes: readonly NodeLike[], pods: readonly Thing[] = []): Readers['kube'] {
  const whole = ({ name, labels = {}, annotations = {}, taints = [], allocatable = {} }: NodeLike) => ({
    metadata: { name, labels, annotations, uid: `uid-${name}`, resourceVersion: '1' },
    spec: { taints },
    status: { conditions: [], allocatable },
  });
  const list = async (
    kind: string,
    { labelSelector, fieldSelector, as }: { labelSelector?: string; fieldSelector?: string; as?: string } = {},
  ) => {
    const isThere = ({ spec }: Thing) => {
      const { nodeName } = spec as { readonly nodeName?: string };
      return fieldSelector === undefined || fieldSelector === `spec.nodeName=${nodeName}`;
    };
    if (kind !== 'Node') return { items: kind === 'Pod' ? pods.filter(isThere) : [] };
    const [key = '', value] = labelSelector?.split('=') ?? [];
    const has = ({ labels = {} }: NodeLike) => key in labels && (value === undefined || labels[key] === value);
    const own = labelSelector === undefined ? nodes : nodes.filter(has);
    if (as !== 'table') return { items: own.map(whole) };
    return {
      columnDefinitions: ['Name', 'Status', 'Roles'].map((name) => ({ name })),
      rows: own.map(({ name, status = 'Ready', roles = '<none>' }) => ({ cells: [name, status, roles] })),
    };
  };
  const find = async (kind: string, name: string) => {
    const node = kind === 'Node' ? nodes.find((one) => one.name === name) : undefined;
    return node ? whole(node) : null;
  };
  return { list, find, get: find } as unknown as Readers['kube'];
}
