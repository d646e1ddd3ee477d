import type { Readers } from '../readers.ts';
import { selectorText } from './labels.ts';
import { list } from './look.ts';
import { type LabelSelector, Pod } from './objects.ts';
import type { Owners } from './owners.ts';
import { controllerOf, isGoing, isReady, workloadOf } from './pods.ts';

type Kube = Readers['kube'];

/** All ReplicaSets of one Deployment differ in it, and all pods of one of them share it. */
const HASH = 'pod-template-hash';

export function withHash(hash: string | undefined): string | undefined {
  return hash === undefined ? undefined : `${HASH}=${hash}`;
}

/** All of one controller. `labelSelector`: what they have in common, which keeps the list short. Throws `ReadFailure`. */
export async function podsOf(
  kube: Kube,
  owner: string,
  namespace: string,
  labelSelector?: string,
): Promise<readonly Pod[]> {
  return (await selected(kube, namespace, labelSelector)).filter((pod) => controllerOf(pod)?.uid === owner);
}

/** Those that stand in for this pod, and itself: of a Deployment those of all its ReplicaSets. Throws `ReadFailure`. */
export async function podsLike(kube: Kube, pod: Pod, owners: Owners): Promise<readonly Pod[]> {
  const { labels, namespace = 'default' } = pod.metadata;
  const owner = controllerOf(pod);
  const hash = labels[HASH];
  // Of a kind that nobody read every pod of the namespace is looked through.
  const selector = owners.get(owner?.uid ?? '')?.spec.selector;
  if (owner?.kind !== 'ReplicaSet' || hash === undefined || !selector)
    return podsOf(kube, owner?.uid ?? '', namespace, selector ? selectorText(selector) : withHash(hash));
  const all = await selected(kube, namespace, selectorText(withoutHash(selector)));
  return all.filter((other) => other.metadata.labels[HASH] !== undefined && workloadOf(other) === workloadOf(pod));
}

export function isReadyToStay(pod: Pod): boolean {
  return isReady(pod) && !isGoing(pod);
}

function withoutHash({ matchLabels, matchExpressions }: LabelSelector): LabelSelector {
  const { [HASH]: _, ...rest } = matchLabels;
  return { matchLabels: rest, matchExpressions };
}

async function selected(kube: Kube, namespace: string, labelSelector = ''): Promise<readonly Pod[]> {
  return list(kube, Pod, 'Pod', { namespace, ...(labelSelector === '' ? {} : { labelSelector }) });
}
