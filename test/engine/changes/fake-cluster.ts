import type { Action } from '../../../engine/action.ts';
import type { Kind, ListOptions, Readers } from '../../../engine/readers.ts';

/** An object as the API answers it. */
export interface Thing {
  readonly metadata: Named;
  readonly [field: string]: unknown;
}
interface Named {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels?: Fields;
  readonly [field: string]: unknown;
}
export type Fields = Readonly<Record<string, unknown>>;
export type Things = Partial<Record<Kind, readonly Thing[]>>;

export interface FakeCluster {
  readonly kube: Readers['kube'];
  /** Every read so far. */
  readonly asked: readonly { readonly kind: Kind; readonly fresh: boolean | undefined }[];
  find(kind: Kind, name: string): Thing | undefined;
  /** Beside what is there. */
  put(kind: Kind, thing: Thing): void;
  /** Does what the API server would; throws on a stale uid or resourceVersion. */
  apply(action: Action): void;
}

/**
 * Objects in memory that answer the reads of a compile, and take the writes it proposes. Controllers that pods name are
 * there and well, unless `orphans` says that nobody has made them.
 */
export function fakeCluster(things: Things, { budgetVersion = 'policy/v1', orphans = false } = {}): FakeCluster {
  const kept = new Map(Object.entries(things).map(([kind, list]) => [kind as Kind, list.slice()]));
  if (!orphans) for (const [kind, owner] of ownersOf(things)) kept.set(kind, [...(kept.get(kind) ?? []), owner]);
  const asked: { kind: Kind; fresh: boolean | undefined }[] = [];
  let version = 1_000_000;
  const all = (kind: Kind) => kept.get(kind) ?? [];
  const find = (kind: Kind, name: string, namespace?: string) =>
    all(kind).find(
      ({ metadata }) => metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
    );
  const put = (kind: Kind, thing: Thing) => kept.set(kind, [...all(kind), thing]);
  const remove = (kind: Kind, thing: Thing) => {
    kept.set(
      kind,
      all(kind).filter((other) => other !== thing),
    );
  };

  function apply(action: Action): void {
    const { kind, namespace, name } = action.object;
    const thing = find(kind, name, namespace);
    if (action.verb === 'create') {
      if (thing) throw new Error(`409 ${name} exists`);
      const metadata = {
        ...(action.body.metadata as Fields),
        name,
        uid: `uid-of-${name}`,
        resourceVersion: `${++version}`,
      };
      put(kind, { ...action.body, metadata });
      return;
    }
    if (!thing) throw new Error(`404 ${name}`);
    const meant: Fields = action.verb === 'patch' ? (action.body.metadata as Fields) : { uid: action.uid };
    if (meant.uid !== thing.metadata.uid) throw new Error(`409 ${name} is another object`);
    remove(kind, thing);
    if (action.verb !== 'patch') return;
    if (meant.resourceVersion !== thing.metadata.resourceVersion) throw new Error(`409 ${name} has changed`);
    const after = edited(thing, action.body, action.type === 'strategic');
    put(kind, { ...after, metadata: { ...after.metadata, resourceVersion: `${++version}` } });
  }

  const list = (kind: Kind, options: ListOptions = {}) => {
    asked.push({ kind, fresh: options.fresh });
    const node = /^spec\.nodeName=(.*)$/.exec(options.fieldSelector ?? '')?.[1];
    const name = /^metadata\.name=(.*)$/.exec(options.fieldSelector ?? '')?.[1];
    const labels = (options.labelSelector ?? '').split(',').filter((pair) => /^[^ !]+=/.test(pair));
    const items = all(kind)
      .filter(({ metadata }) => options.namespace === undefined || metadata.namespace === options.namespace)
      .filter(({ spec }) => node === undefined || (spec as Fields).nodeName === node)
      .filter(({ metadata }) => name === undefined || metadata.name === name)
      .filter(({ metadata }) =>
        labels.every((pair) => metadata.labels?.[pair.split('=')[0] ?? ''] === pair.split('=')[1]),
      );
    return structuredClone({ apiVersion: kind === 'PodDisruptionBudget' ? budgetVersion : 'v1', items });
  };
  const one = (kind: Kind, name: string, options: ListOptions = {}) => {
    asked.push({ kind, fresh: options.fresh });
    return structuredClone(find(kind, name, options.namespace) ?? null);
  };
  return {
    asked,
    apply,
    find,
    put,
    kube: {
      get: async (kind, name, options) => one(kind, name, options),
      find: async (kind, name, options) => one(kind, name, options),
      list: async (kind, options) => list(kind, options),
      logs: async () => '',
      probe: async () => ({ status: 200, text: 'ok' }),
    },
  };
}

const OWNERS: readonly Kind[] = ['ReplicaSet', 'StatefulSet', 'DaemonSet'];

/** Of the pods here the controllers that are not given, with as many replicas as there may be pods. */
function ownersOf(things: Things): readonly (readonly [Kind, Thing])[] {
  const references = (things.Pod ?? []).flatMap(({ metadata: { namespace, ownerReferences = [], labels } }) =>
    (ownerReferences as readonly { kind: Kind; name: string; uid: string }[]).map((one) => ({
      ...one,
      namespace,
      labels,
    })),
  );
  const missing = references.filter(
    ({ kind, name, namespace }) =>
      OWNERS.includes(kind) &&
      !things[kind]?.some(({ metadata }) => metadata.name === name && metadata.namespace === namespace),
  );
  return [...new Map(missing.map((one) => [one.uid, one])).values()].map(
    ({ kind, name, uid, namespace, labels = {} }) => [
      kind,
      {
        metadata: { name, uid, resourceVersion: '1', labels, ...(namespace === undefined ? {} : { namespace }) },
        spec: { replicas: 99, selector: {}, template: { spec: { containers: [] } } },
        status: {},
      },
    ],
  );
}

/** The object with a patch applied; strategic: lists of named things by name, and `$patch: replace` takes it as it is. */
export function edited(thing: Thing, patch: Fields, strategic = false): Thing {
  return merged(thing, patch, strategic) as Thing;
}

function merged(target: unknown, patch: unknown, strategic: boolean): unknown {
  if (Array.isArray(patch)) {
    if (!strategic || !Array.isArray(target)) return patch;
    return target.map((item: Fields) => {
      const change = patch.find(({ name }: Fields) => name === item.name);
      return change ? merged(item, change, strategic) : item;
    });
  }
  if (patch === null || typeof patch !== 'object') return patch;
  const { $patch, ...fields } = patch as Fields;
  if ($patch === 'replace') return fields;
  const base = new Map(Object.entries(target !== null && typeof target === 'object' ? target : {}));
  for (const [key, value] of Object.entries(fields)) {
    if (value === null) base.delete(key);
    else base.set(key, merged(base.get(key), value, strategic));
  }
  return Object.fromEntries(base);
}
