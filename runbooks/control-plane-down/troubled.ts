import type { Readers } from '../../engine/readers.ts';
import { isBetweenEnds } from './ending.ts';
import { type StaticPod, StaticPods, staticPodSelection } from './pods.ts';

/** So many are asked for their log and events. */
const MOST_PODS = 3;

/** The component's pods that are not ready, then those that run between two ends. */
export async function troubledPods(kube: Readers['kube'], component: string, now: Date): Promise<readonly StaticPod[]> {
  return troubledOf(await podsOf(kube, component), now);
}

/** The lease of a component, as far as it tells whom to ask. */
export interface Leader {
  /** Where who holds it runs. */
  readonly machine: string | undefined;
  /** It has not been renewed in time. */
  readonly isStale: boolean;
}

/** Those; and one that runs, where nothing else is wrong or nobody leads: it can say why it does not. */
export async function speakers(
  kube: Readers['kube'],
  component: string,
  { machine, isStale }: Leader,
  now: Date,
): Promise<readonly StaticPod[]> {
  const own = await podsOf(kube, component);
  const troubled = troubledOf(own, now);
  if (troubled.length === 0)
    return [own.find(({ node }) => node === machine) ?? own[0]].filter((pod) => pod !== undefined);
  if (!isStale) return troubled;
  // Not of the machine that may have fallen silent: a log that is waited for in vain would cost all of them.
  const one = own.find((pod) => !troubled.includes(pod) && pod.node !== machine);
  return one ? [...troubled.slice(0, MOST_PODS - 1), one] : troubled;
}

function troubledOf(own: readonly StaticPod[], now: Date): readonly StaticPod[] {
  const ending = own.filter((pod) => pod.ready && isBetweenEnds(pod, now));
  return [...own.filter(({ ready }) => !ready), ...ending].slice(0, MOST_PODS);
}

async function podsOf(kube: Readers['kube'], component: string): Promise<readonly StaticPod[]> {
  const all = StaticPods.parse(await kube.list('Pod', staticPodSelection));
  return all.filter((pod) => pod.component === component);
}
