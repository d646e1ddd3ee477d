import type { Node, Pod } from './objects.ts';

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
  return spec.volumes.some(({ emptyDir }) => emptyDir !== undefined && emptyDir !== null);
}

/** `shop/web-1` */
export function podName({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

export function byName(a: Pod, b: Pod): number {
  return podName(a) < podName(b) ? -1 : 1;
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
