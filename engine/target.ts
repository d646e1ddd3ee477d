import * as z from 'zod';

/** What an alert or a command is about. Names are Kubernetes' own; `job` is the Prometheus scrape job that saw it. */
export const NodeTarget = z.object({ kind: z.literal('Node'), name: z.string() });
export const PodTarget = z.object({
  kind: z.literal('Pod'),
  namespace: z.string(),
  name: z.string(),
  node: z.string().optional(),
});
export const ServiceTarget = z.object({ kind: z.literal('Service'), namespace: z.string(), name: z.string() });
export const ComponentTarget = z.object({
  kind: z.literal('Component'),
  name: z.string(),
  job: z.string().optional(),
  /** Each scrape job is one by itself: two etcds, for example. */
  perJob: z.literal(true).optional(),
});
/** Another object, of which only alerts that no runbook answers are known: `resource` is its kind. */
export const ObjectTarget = z.object({
  kind: z.literal('Object'),
  resource: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
});
export const ClusterTarget = z.object({ kind: z.literal('Cluster') });
/** The labels point at something, but nothing of that name exists (or too many do). Said on the card, never guessed. */
export const UnresolvedTarget = z.object({
  kind: z.literal('Unresolved'),
  label: z.string(),
  value: z.string(),
  why: z.string(),
  /** It was not asked for, or no answer came: worth another try. */
  untried: z.boolean().optional(),
});

export const Target = z.discriminatedUnion('kind', [
  NodeTarget,
  PodTarget,
  ServiceTarget,
  ComponentTarget,
  ObjectTarget,
  ClusterTarget,
  UnresolvedTarget,
]);

export type Target = z.infer<typeof Target>;
export type NodeTarget = z.infer<typeof NodeTarget>;
export type ComponentTarget = z.infer<typeof ComponentTarget>;

/** `node/worker-3`, `pod/shop/web-1`, `component/etcd`, `component/etcd/kube-etcd`, `cluster`: one spelling for keys, the command line and reports. */
export function targetName(target: Target): string {
  switch (target.kind) {
    case 'Node':
      return `node/${target.name}`;
    case 'Pod':
      return `pod/${target.namespace}/${target.name}`;
    case 'Service':
      return `service/${target.namespace}/${target.name}`;
    case 'Component':
      return [`component/${target.name}`, ...(target.perJob && target.job ? [target.job] : [])].join('/');
    case 'Object':
      return [target.resource.toLowerCase(), ...(target.namespace ? [target.namespace] : []), target.name].join('/');
    case 'Cluster':
      return 'cluster';
    case 'Unresolved':
      return `unresolved/${target.label}=${target.value}`;
  }
}

/** `Node worker-3`, `Deployment shop/cart`, `etcd (kube-etcd)`, `The cluster`: as people say it. */
export function wordsOf(target: Target): string {
  switch (target.kind) {
    case 'Node':
      return `Node ${target.name}`;
    case 'Pod':
      return `Pod ${target.namespace}/${target.name}`;
    case 'Service':
      return `Service ${target.namespace}/${target.name}`;
    case 'Component':
      return target.perJob && target.job && target.job !== target.name ? `${target.name} (${target.job})` : target.name;
    case 'Object':
      return `${target.resource} ${target.namespace ? `${target.namespace}/` : ''}${target.name}`;
    case 'Cluster':
      return 'The cluster';
    case 'Unresolved':
      return target.value ? `${target.label}=${target.value}` : `no ${target.label} label`;
  }
}

const workloads = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/** The inverse of `targetName` for what a person may type. Returns `undefined` for anything else. */
export function parseTarget(text: string): Target | undefined {
  const [kind, ...rest] = text.split('/');
  const [first, second, third] = rest;
  if (kind === 'cluster' && rest.length === 0) return { kind: 'Cluster' };
  if (first === undefined || first === '') return undefined;
  if (kind === 'component') {
    const job = rest.slice(1).join('/'); // of a PodMonitor it is `namespace/name`
    return { kind: 'Component', name: first, ...(job ? { job, perJob: true } : {}) };
  }
  if (third !== undefined) return undefined;
  if (kind === 'node' && second === undefined) return { kind: 'Node', name: first };
  if (second === undefined || second === '') return undefined;
  if (kind === 'pod') return { kind: 'Pod', namespace: first, name: second };
  if (kind === 'service') return { kind: 'Service', namespace: first, name: second };
  const resource = workloads.find((known) => known.toLowerCase() === kind);
  if (resource) return { kind: 'Object', resource, namespace: first, name: second };
  return undefined;
}
