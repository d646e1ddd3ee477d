import { type KubeObject, time } from './values.ts';

/** `kubectl get nodes -o wide`: column and priority (1: only wide). k8s.io/kubernetes, pkg/printers/internalversion */
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

/** The head of the table; its rows follow one by one. */
export function nodeTableHead(metadata: object): object {
  const definition = ([name, priority]: (typeof columns)[number]) => {
    return { name, type: 'string', format: name === 'Name' ? 'name' : '', description: '', priority };
  };
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(definition),
  };
}

interface NodeFields {
  readonly spec: { readonly unschedulable?: boolean };
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo: Readonly<Record<string, string>>;
  };
}

/** What a row carries besides its cells: `includeObject=None|Metadata|Object`, default `Metadata`. */
export function nodeRow(node: KubeObject, include: string | null, now: number): object {
  const whole = { kind: 'Node', apiVersion: 'v1', ...node };
  const object = include === 'None' ? null : include === 'Object' ? whole : partial(node);
  return { cells: cellsOf(node, node as unknown as NodeFields, now), object };
}

/** Metadata alone, as `as=PartialObjectMetadata` gives it. */
export function partial({ metadata }: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

function cellsOf({ metadata }: KubeObject, { status, spec }: NodeFields, now: number): string[] {
  const ready = status.conditions.find(({ type }) => type === 'Ready')?.status === 'True' ? 'Ready' : 'NotReady';
  const address = (type: string) => status.addresses.find((candidate) => candidate.type === type)?.address ?? '<none>';
  const roles = Object.keys(metadata.labels ?? {}).flatMap(
    (label) => /^node-role\.kubernetes\.io\/(.+)$/.exec(label)?.[1] ?? [],
  );
  const { kubeletVersion = '', osImage = '', kernelVersion = '', containerRuntimeVersion = '' } = status.nodeInfo;
  return [
    metadata.name,
    spec.unschedulable ? `${ready},SchedulingDisabled` : ready,
    roles.join(',') || '<none>',
    ageOf(String(metadata.creationTimestamp ?? time(now)), now),
    kubeletVersion,
    address('InternalIP'),
    address('ExternalIP'),
    osImage,
    kernelVersion,
    containerRuntimeVersion,
  ];
}

function ageOf(createdAt: string, now: number): string {
  const hours = Math.floor((now - Date.parse(createdAt) / 1000) / 3600);
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}
