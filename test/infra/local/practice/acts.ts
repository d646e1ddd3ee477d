import { type Json, merge, type Reply, type Stage, strategic } from './practice.ts';

/** What a person, or a plan, does to the practice cluster, and what can be seen of it. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly body: Json;
}

export function items(body: Json): Json[] {
  return Object.values(body.items ?? {});
}

function podFrom(body: Json): Pod {
  const ready = Object.values(body.status?.conditions ?? {}).find(({ type }) => String(type) === 'Ready');
  return {
    namespace: String(body.metadata?.namespace),
    name: String(body.metadata?.name),
    uid: String(body.metadata?.uid),
    node: String(body.spec?.nodeName ?? ''),
    phase: String(body.status?.phase),
    ready: String(ready?.status) === 'True',
    terminating: body.metadata?.deletionTimestamp !== undefined,
    body,
  };
}

export async function podsOf({ get }: Stage, namespace: string, app: string): Promise<Pod[]> {
  const { body } = await get(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`);
  return items(body).map(podFrom);
}

export async function podsOn({ get }: Stage, node: string): Promise<Pod[]> {
  return items((await get(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`)).body).map(podFrom);
}

export async function podAt({ get }: Stage, namespace: string, name: string): Promise<Pod | undefined> {
  const { status, body } = await get(`/api/v1/namespaces/${namespace}/pods/${name}`);
  return status === 200 ? podFrom(body) : undefined;
}

export function evict({ send }: Stage, { namespace, name, uid }: Pod, query = ''): Promise<Reply> {
  return send('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction${query}`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions: { preconditions: { uid } },
  });
}

export function deletePod({ send }: Stage, { namespace, name, uid }: Pod): Promise<Reply> {
  return send('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, { preconditions: { uid } });
}

export function cordon({ send }: Stage, node: string, unschedulable = true): Promise<Reply> {
  return send('PATCH', `/api/v1/nodes/${node}`, { spec: { unschedulable } }, merge);
}

export function taint({ send }: Stage, node: string, ...taints: readonly object[]): Promise<Reply> {
  return send('PATCH', `/api/v1/nodes/${node}`, { spec: { taints } }, merge);
}

export function workloadPath(namespace: string, name: string, plural = 'deployments'): string {
  return `/apis/apps/v1/namespaces/${namespace}/${plural}/${name}`;
}

export function scale({ send }: Stage, path: string, replicas: number): Promise<Reply> {
  return send('PATCH', `${path}/scale`, { spec: { replicas } }, merge);
}

export function restart({ send }: Stage, path: string, at = '2026-11-21T07:00:03Z'): Promise<Reply> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': at };
  return send('PATCH', path, { spec: { template: { metadata: { annotations } } } }, strategic);
}

export async function budgetOf({ get }: Stage, namespace: string, name: string): Promise<Json> {
  return (await get(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`)).body.status ?? {};
}

export async function replicaSetsOf({ get }: Stage, namespace: string, app: string): Promise<Json[]> {
  return items((await get(`/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=app%3D${app}`)).body);
}
