import type { Readers } from '../readers.ts';
import { list } from './look.ts';
import { Pod } from './objects.ts';
import { controllerOf, isGoing, isReady } from './pods.ts';

/** All of one controller. A ReplicaSet's share the hash of their template, which keeps the list short. Throws `ReadFailure`. */
export async function podsOf(
  kube: Readers['kube'],
  owner: string,
  namespace: string,
  hash?: string,
): Promise<readonly Pod[]> {
  const labelSelector = hash === undefined ? {} : { labelSelector: `pod-template-hash=${hash}` };
  const pods = await list(kube, Pod, 'Pod', { namespace, ...labelSelector });
  return pods.filter((pod) => controllerOf(pod)?.uid === owner);
}

/** Those that are ready, and not on their way out. */
export async function readyPodsOf(...which: Parameters<typeof podsOf>): Promise<readonly Pod[]> {
  return (await podsOf(...which)).filter((pod) => isReady(pod) && !isGoing(pod));
}
