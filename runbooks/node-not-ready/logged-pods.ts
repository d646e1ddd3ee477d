import * as z from 'zod';
import { isStatic, PodMetadata } from '../evidence/movable-pod.ts';

const Pod = z
  .object({
    metadata: PodMetadata,
    status: z
      .object({
        containerStatuses: z
          .array(z.object({ name: z.string(), state: z.object({ running: z.unknown().optional() }).default({}) }))
          .default([]),
      })
      .prefault({}),
  })
  .transform(({ metadata, status }) => ({
    namespace: metadata.namespace,
    name: metadata.name,
    container: status.containerStatuses.find(({ state }) => state.running)?.name,
    isOfNode: isStatic(metadata) || metadata.ownerReferences.some(({ kind }) => kind === 'DaemonSet'),
    isEnding: Boolean(metadata.deletionTimestamp),
  }));
type Pod = z.infer<typeof Pod>;

interface Logged {
  readonly name: string;
  readonly container: string;
}

/** Where nodes have pods of their own nearly everywhere; logs of applications are nobody's business here. */
export const LOGGED_NAMESPACE = 'kube-system';

/** Of the pods on a node the one whose log is best asked for, if any there has a container that runs: the node's own, that stay, first. */
export const LoggedPods = z.object({ items: z.array(Pod) }).transform(({ items }): Logged | undefined => {
  const [best] = items
    .flatMap((pod) => (pod.container === undefined ? [] : [{ ...pod, container: pod.container }]))
    .filter(({ namespace }) => namespace === LOGGED_NAMESPACE)
    .toSorted((a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1));
  return best && { name: best.name, container: best.container };
});

function rankOf({ isEnding, isOfNode }: Pod): number {
  return (isEnding ? 2 : 0) + (isOfNode ? 0 : 1);
}
