import type { KubeObject } from './values.ts';

const columns = [
  ['Name', 0],
  ['Status', 0],
  ['Roles', 0],
  ['Age', 0],
  ['Version', 0],
  ['Internal-IP', 1],
  ['External-IP', 1],
  ['OS-Image', 1],
  ['Kernel-Version', 1],
  ['Container-Runtime', 1],
] as const;

interface NodeFields {
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly unschedulable?: boolean };
}

/** What `Accept: application/json;as=Table` gives: the columns of `kubectl get nodes -o wide`. */
export function nodeTable(nodes: readonly KubeObject[], resourceVersion: string): unknown {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion },
    columnDefinitions: columns.map(([name, priority]) => ({
      name,
      type: 'string',
      format: '',
      description: '',
      priority,
    })),
    rows: nodes.map((node) => ({ cells: cellsOf(node, node as unknown as NodeFields), object: null })),
  };
}

function cellsOf({ metadata }: KubeObject, { status, spec }: NodeFields): string[] {
  const ready = status.conditions.find(({ type }) => type === 'Ready')?.status === 'True' ? 'Ready' : 'NotReady';
  const address = (type: string) => status.addresses.find((candidate) => candidate.type === type)?.address ?? '<none>';
  const roles = Object.keys(metadata.labels ?? {}).flatMap(
    (label) => /^node-role\.kubernetes\.io\/(.+)$/.exec(label)?.[1] ?? [],
  );
  const { kubeletVersion = '', osImage = '', kernelVersion = '', containerRuntimeVersion = '' } = status.nodeInfo;
  const words = spec.unschedulable ? `${ready},SchedulingDisabled` : ready;
  return [
    metadata.name,
    words,
    roles.join(',') || '<none>',
    '42d',
    kubeletVersion,
    address('InternalIP'),
    address('ExternalIP'),
    osImage,
    kernelVersion,
    containerRuntimeVersion,
  ];
}
