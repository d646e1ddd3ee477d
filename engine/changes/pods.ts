import type { Node, Pod } from './objects.ts';
import { doomedOf, isDoomed } from './volumes.ts';

export function isFinished({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

export function isReady({ status }: Pick<Pod, 'status'> | Pick<Node, 'status'>): boolean {
  return status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True');
}

export function isGoing({ metadata }: Pod): boolean {
  return !!metadata.deletionTimestamp;
}

/** The API's copy of a static pod: only the file on the node can end it. */
export function isMirror({ metadata }: Pod): boolean {
  return 'kubernetes.io/config.mirror' in metadata.annotations;
}

export function controllerOf({ metadata }: Pod): Pod['metadata']['ownerReferences'][number] | undefined {
  return metadata.ownerReferences.find(({ controller }) => controller);
}

export function hasLocalStorage({ spec }: Pod): boolean {
  return isDoomed(doomedOf(spec.volumes));
}

/** The Job's own controller takes it away as soon as the pod has ended (https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers). */
const OF_JOBS = 'batch.kubernetes.io/job-tracking';

/**
 * Who else has to let it go: with a finalizer a pod that has ended stays until whoever set it takes that away, and a
 * StatefulSet or DaemonSet starts no other in its place before. https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
 */
export function holdersOf({ metadata }: Pod): readonly string[] {
  return metadata.finalizers.filter((finalizer) => finalizer !== OF_JOBS);
}

/** The same in words. */
export function heldWords(pod: Pod): string[] {
  const holders = holdersOf(pod);
  if (holders.length === 0) return [];
  const owner = controllerOf(pod);
  const waits = isReplacedInPlace(pod) ? `, and ${owner?.kind} ${owner?.name} starts no other before` : '';
  return [`it stays Terminating until whoever set ${holders.join(', ')} (finalizer) takes that away${waits}`];
}

/** Its successor has its name, or its place on the node, and so has to wait until it is gone. */
export function isReplacedInPlace(pod: Pod): boolean {
  const kind = controllerOf(pod)?.kind;
  return kind === 'StatefulSet' || kind === 'DaemonSet';
}

/** Of a pod of a StatefulSet: `web-2` → 2. */
export function ordinalOf(pod: string): number {
  return Number(pod.slice(pod.lastIndexOf('-') + 1));
}

/** `shop/web-1` */
export function podName({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

export function byName(a: Pod, b: Pod): number {
  return podName(a) < podName(b) ? -1 : 1;
}

/** The ReplicaSets of one Deployment, whose names end in the hash of their template, are one workload. */
export function workloadOf(pod: Pod): string {
  const { kind, name } = controllerOf(pod) ?? { kind: 'Pod', name: pod.metadata.name };
  const hash = pod.metadata.labels['pod-template-hash'];
  return `${kind} ${hash !== undefined && name.endsWith(`-${hash}`) ? name.slice(0, -hash.length - 1) : name}`;
}

/** Whose pods stand in for this one, in words: `Deployment web`, of which it only names the ReplicaSet; `StatefulSet db`. */
export function kinOf(pod: Pod): string {
  const { kind, name } = controllerOf(pod) ?? { kind: 'Pod', name: pod.metadata.name };
  const [, workload = name] = workloadOf(pod).split(' ');
  return workload === name ? `${kind} ${name}` : `Deployment ${workload}`;
}

/**
 * What the successor of a pod has in common with it, whose name nobody had before: the workload, and with a DaemonSet
 * the node. Of a pod that nothing starts again there is none.
 */
export function placeOf(pod: Pod): string[] {
  const owner = controllerOf(pod);
  if (!owner) return [];
  const [kind, name] = workloadOf(pod).split(' ');
  const where = owner.kind === 'DaemonSet' ? ` on ${pod.spec.nodeName}` : '';
  return [`a pod of ${kind} ${pod.metadata.namespace ?? 'default'}/${name}${where}`];
}

/**
 * How many of these pods each controller has. Those of Jobs are left out: they come and go by themselves, and a plan
 * must not be another plan with each of them.
 */
export function lastingCounts(pods: readonly Pod[]): Readonly<Record<string, number>> {
  const owners = pods.flatMap((pod) => {
    const { kind, name } = controllerOf(pod) ?? { kind: 'Pod', name: pod.metadata.name };
    return kind === 'Job' ? [] : [`${kind} ${pod.metadata.namespace}/${name}`];
  });
  return Object.fromEntries([...Map.groupBy(owners, (owner) => owner)].map(([owner, all]) => [owner, all.length]));
}
