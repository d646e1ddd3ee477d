import { type Action, type JsonObject, WriteFailure, type Writer } from '../../../engine/action.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import type { ReadRequest, Source } from '../../../engine/readers.ts';

interface ApiObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    resourceVersion: string;
  };
  [field: string]: unknown;
}

export type WriteFault = (action: Action, dryRun: boolean) => WriteFailure | 'done-but-lost' | undefined;

/** A cluster of a few objects with a writer that does what an API server does, and counts what was really changed. */
export function smallCluster(nodes: readonly string[]) {
  const objects = new Map<string, ApiObject>();
  let version = 100;
  const applied: Action[] = [];
  const rehearsed: Action[] = [];
  const faults: WriteFault[] = [];
  const hooks: { beforeRead?: (request: ReadRequest) => void } = {};
  const keyOf = (kind: string, name: string, namespace?: string) =>
    `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

  function put(
    kind: string,
    object: { metadata: { name: string; namespace?: string; uid?: string } } & Record<string, unknown>,
  ) {
    const { name, namespace, uid = `uid-${kind}-${name}` } = object.metadata;
    version += 1;
    const metadata = { labels: {}, annotations: {}, ...object.metadata, uid, resourceVersion: String(version) };
    objects.set(keyOf(kind, name, namespace), { ...object, metadata } as ApiObject);
  }

  put('Namespace', { metadata: { name: 'kube-system', uid: 'uid-of-this-cluster' } });
  for (const name of nodes) put('Node', { metadata: { name }, ready: true, spec: {}, status: { conditions: [] } });

  const source: Source = {
    async read(request) {
      hooks.beforeRead?.(request);
      return { body: answer(request), bytes: 100, asked: `${request.verb}`, asOf: new Date() };
    },
  };

  function answer(request: ReadRequest): unknown {
    if (request.verb === 'get') {
      const found = objects.get(keyOf(request.kind, request.name, request.namespace));
      if (!found) throw new ReadFailure('not-found', `${request.kind} ${request.name} does not exist`);
      return structuredClone(found);
    }
    if (request.verb !== 'list') throw new ReadFailure('not-configured', 'there is nothing of that kind here');
    const all = [...objects].filter(([key]) => key.startsWith(`${request.kind} `)).map(([, object]) => object);
    return request.as === 'table' ? table(all) : { items: structuredClone(all) };
  }

  function perform(action: Action, dryRun: boolean): unknown {
    const { kind, name, namespace } = action.object;
    const key = keyOf(kind, name, namespace);
    const found = objects.get(key);
    if (!found) throw new WriteFailure('not-found', `${key} does not exist`, false);
    if (action.verb !== 'patch') {
      if (found.metadata.uid !== ('uid' in action ? action.uid : ''))
        throw new WriteFailure('conflict', 'uid differs', false);
      if (!dryRun) objects.delete(key);
      return found;
    }
    const { uid, resourceVersion } = (action.body.metadata ?? {}) as JsonObject;
    if (uid !== found.metadata.uid) throw new WriteFailure('conflict', 'the uid in the precondition differs', false);
    if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion)
      throw new WriteFailure('conflict', 'the object has been modified', false);
    const merged = { ...found, spec: { ...(found.spec as object), ...(action.body.spec as object) } } as ApiObject;
    if (!dryRun) put(kind, merged as never);
    return merged;
  }

  async function write(action: Action, dryRun: boolean) {
    const fault = faults.map((one) => one(action, dryRun)).find((one) => one !== undefined);
    if (fault instanceof WriteFailure) throw fault;
    const object = perform(action, dryRun);
    (dryRun ? rehearsed : applied).push(action);
    if (fault === 'done-but-lost') throw new WriteFailure('timed-out', 'no answer within 15 s', true);
    return { status: 200, object, asked: `PATCH ${action.object.name}` };
  }

  const writer: Writer = {
    rehearse: (action) => write(action, true),
    apply: (action) => write(action, false),
  };

  return {
    source,
    writer,
    put,
    applied,
    rehearsed,
    faults,
    hooks,
    remove: (kind: string, name: string) => objects.delete(keyOf(kind, name)),
    node: (name: string) => objects.get(keyOf('Node', name)) as ApiObject & { spec: { unschedulable?: boolean } },
    /** `ready: false` is the trouble the sample runbook knows. */
    setReady(name: string, ready: boolean) {
      const node = objects.get(keyOf('Node', name));
      if (node) put('Node', { ...node, ready } as never);
    },
  };
}

function table(nodes: readonly ApiObject[]) {
  return {
    columnDefinitions: ['Name', 'Status', 'Roles', 'Internal-IP', 'External-IP'].map((name) => ({ name })),
    rows: nodes.map((node) => {
      const status = node.ready ? 'Ready' : 'NotReady';
      const { unschedulable } = node.spec as { unschedulable?: boolean };
      return {
        cells: [
          node.metadata.name,
          unschedulable ? `${status},SchedulingDisabled` : status,
          '<none>',
          '10.0.0.1',
          '<none>',
        ],
      };
    }),
  };
}
