import { time } from './values.ts';

export interface Manager {
  readonly manager: string;
  readonly apiVersion: string;
  readonly at: number;
  /** What it wrote, by top-level field: the shape is taken, not the values. */
  readonly wrote: object;
}

/** `metadata.managedFields`: who wrote which field. Real objects are a third made of it, and so are these. */
export function managedBy(...managers: readonly Manager[]): unknown[] {
  return managers.map(({ manager, apiVersion, at, wrote }) => ({
    manager,
    operation: 'Update',
    apiVersion,
    time: time(at),
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsOf(wrote),
  }));
}

/** Lists that are merged by a key: an item is named by it. All others are one field (sigs.k8s.io/structured-merge-diff). */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  addresses: ['type'],
  conditions: ['type'],
  containers: ['name'],
  ownerReferences: ['uid'],
  podIPs: ['ip'],
  ports: ['containerPort', 'protocol'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};
/** Maps and lists of which each entry belongs to somebody, and parts that may be absent, are marked as there. */
const MARKED = new Set([
  ...['annotations', 'labels', 'capacity', 'allocatable', 'distinguisherMethod', 'limited', 'queuing'],
  ...Object.keys(KEYS),
]);

export function fieldsOf(value: unknown): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [`f:${name}`, contentOf(name, inner)]));
}

function contentOf(name: string, value: unknown): Record<string, unknown> {
  const mark = MARKED.has(name) ? { '.': {} } : {};
  const keys = KEYS[name];
  if (!Array.isArray(value) || !keys) return { ...mark, ...fieldsOf(value) };
  const items = value.map((item: Readonly<Record<string, unknown>>) => {
    const key = Object.fromEntries(keys.map((field) => [field, item[field]]));
    return [`k:${JSON.stringify(key)}`, { '.': {}, ...fieldsOf(item) }];
  });
  return { ...mark, ...Object.fromEntries(items) };
}
