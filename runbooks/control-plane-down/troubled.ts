import type { Readers } from '../../engine/readers.ts';
import { type StaticPod, StaticPods, staticPodSelection } from './pods.ts';

/** So many are asked for their log and events. */
const MOST_PODS = 3;

/** The component's pods that are not ready. */
export async function troubledPods(kube: Readers['kube'], component: string): Promise<readonly StaticPod[]> {
  const own = await podsOf(kube, component);
  return own.filter(({ ready }) => !ready).slice(0, MOST_PODS);
}

/** Those; or else one that runs, since it can say why it does not lead. */
export async function speakers(
  kube: Readers['kube'],
  component: string,
  machine: string | undefined,
): Promise<readonly StaticPod[]> {
  const own = await podsOf(kube, component);
  const troubled = own.filter(({ ready }) => !ready).slice(0, MOST_PODS);
  if (troubled.length > 0) return troubled;
  return [own.find(({ node }) => node === machine) ?? own[0]].filter((pod) => pod !== undefined);
}

async function podsOf(kube: Readers['kube'], component: string): Promise<readonly StaticPod[]> {
  const all = StaticPods.parse(await kube.list('Pod', staticPodSelection));
  return all.filter((pod) => pod.component === component);
}
