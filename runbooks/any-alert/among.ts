import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { plural } from '../evidence/node-words.ts';
import type { ContainerView, Pods, PodView } from './pods.ts';

export interface Found {
  readonly pod: PodView;
  readonly container: ContainerView;
}

/** What is sought of a container; `unclear` says of one that may have it why that is not known. */
interface Sought {
  readonly is: (found: Found) => boolean;
  readonly unclear?: (found: Found) => string | undefined;
  readonly words: (found: Found, pods: number) => string;
  readonly none: string;
}

/** A container's trouble among the pods the alert is about; what is not looked at is not ruled out. */
export function amongContainers(pods: Pods, { is, unclear = () => undefined, words, none }: Sought): Verdict {
  if (!pods.named) return inconclusive("the alert's target names no pods, so none was looked at");
  if (pods.pods.length === 0) return inconclusive(pods.gone ? 'it does not exist any more' : 'it has no pods now');
  const all = pods.pods.flatMap((pod) => pod.containers.map((container) => ({ pod, container })));
  const found = all.filter(is);
  const [first] = found;
  if (first) return confirmed(words(first, new Set(found.map(({ pod }) => pod.name)).size));
  const why = all.map(unclear).find((one) => one !== undefined);
  if (why !== undefined) return inconclusive(why);
  if (pods.more) return inconclusive(`${none} among ${plural(pods.pods.length, 'pod')}; the others were not looked at`);
  const untold = pods.pods.filter(({ containers, phase }) => containers.length === 0 && phase !== 'Failed');
  return untold.length > 0
    ? inconclusive(`no kubelet has told of ${plural(untold.length, 'pod')} yet`)
    : ruledOut(none);
}
