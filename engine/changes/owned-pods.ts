import type { Readers } from '../readers.ts';
import { list } from './look.ts';
import { Pod } from './objects.ts';
import { controllerOf, isGoing, isReady } from './pods.ts';

/** Those of one controller that are ready, and not on their way out. A ReplicaSet's share the hash of their template. */
export async function readyPodsOf(
  kube: Readers['kube'],
  owner: string,
  namespace: string,
  hash?: string,
): Promise<readonly Pod[]> {
  const labelSelector = hash === undefined ? {} : { labelSelector: `pod-template-hash=${hash}` };
  const pods = await list(kube, Pod, 'Pod', { namespace, ...labelSelector });
  return pods.filter((pod) => controllerOf(pod)?.uid === owner && isReady(pod) && !isGoing(pod));
}
