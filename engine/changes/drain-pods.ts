import type { Allowed } from '../change.ts';
import { type Passage, stateOf } from './budgets.ts';
import type { Pod } from './objects.ts';
import { endsForGood, type Owners } from './owners.ts';
import { byName, controllerOf, hasLocalStorage, heldWords, isFinished, isGoing, isMirror, podName } from './pods.ts';
import { doomedOf, leavesBehind, loses, wouldLose } from './volumes.ts';

/** What a drain does with one pod of the node. */
export type Fate =
  | { readonly kind: 'evict' | 'daemon-set' | 'mirror' | 'finished' | 'going' | 'came-since' }
  | { readonly kind: 'refused'; readonly allow: Allowed; readonly because: string };

export function fateOf(pod: Pod, allow: readonly Allowed[], owners: Owners): Fate {
  const owner = controllerOf(pod);
  if (isGoing(pod)) return { kind: 'going' };
  if (isMirror(pod)) return { kind: 'mirror' };
  if (owner?.kind === 'DaemonSet') return { kind: 'daemon-set' };
  if (isFinished(pod)) return { kind: 'finished' };
  return lostBy(pod, allow, owners) ?? { kind: 'evict' };
}

/** Something of it would be lost for good, which nobody has allowed. */
export function lostBy(
  pod: Pod,
  allow: readonly Allowed[],
  owners: Owners,
): Extract<Fate, { kind: 'refused' }> | undefined {
  const alone = endsForGood(pod, owners);
  if (alone !== undefined && !allow.includes('bare-pods'))
    return { kind: 'refused', allow: 'bare-pods', because: `${alone}, so nothing would start it again` };
  if (hasLocalStorage(pod) && !allow.includes('local-storage'))
    return { kind: 'refused', allow: 'local-storage', because: wouldLose(doomedOf(pod.spec.volumes)) };
  return undefined;
}

/** Those whose controllers decide whether a drain evicts them. */
export function evictable(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => fateOf(pod, ['bare-pods', 'local-storage'], new Map()).kind === 'evict');
}

/**
 * Pods of Jobs come and go. Of a plan that was shown those that came since are left: nobody has approved to end them, and
 * a plan that were another one with each of them could hardly ever begin.
 */
export function fateIn(
  pod: Pod,
  allow: readonly Allowed[],
  shown: ReadonlySet<string> | undefined,
  owners: Owners,
): Fate {
  const fate = fateOf(pod, allow, owners);
  const isNew = shown !== undefined && isOfJob(pod) && !shown.has(pod.metadata.uid);
  return isNew && (fate.kind === 'evict' || fate.kind === 'refused') ? { kind: 'came-since' } : fate;
}

export function isOfJob(pod: Pod): boolean {
  return controllerOf(pod)?.kind === 'Job';
}

/**
 * The pods in the order of their eviction: by name, first one of every controller, then the second of each, and so on,
 * so that replacements have time to become ready. It depends on the pods alone, so that a plan stays the same plan.
 */
export function inTurns(pods: readonly Pod[]): readonly Pod[] {
  const seen = new Map<string, number>();
  const turns = [...pods].sort(byName).map((pod) => {
    const owner = controllerOf(pod)?.uid ?? pod.metadata.uid;
    const turn = seen.get(owner) ?? 0;
    seen.set(owner, turn + 1);
    return { pod, turn };
  });
  return turns.sort((a, b) => a.turn - b.turn || byName(a.pod, b.pod)).map(({ pod }) => pod);
}

/** One line of the preview. */
export function told(pod: Pod, about: Fate | Passage, owners: Owners): string {
  const name = podName(pod);
  switch (about.kind) {
    case 'evict':
    case 'free':
      return `evict ${name}${losses(pod, owners)}`;
    case 'allowed':
      return `evict ${name}: budget ${about.budget.metadata.name} allows it${losses(pod, owners)}`;
    case 'waits':
      return `evict ${name}: stops here unless its budget allows it by then: budget ${stateOf(about.budget)}`;
    case 'never':
      return `evict ${name}: budget ${stateOf(about.budget)}, and nothing would raise it`;
    case 'several':
      return `evict ${name}: selected by several budgets (${about.budgets.map(({ metadata }) => metadata.name).join(', ')}), which the API server answers with an error`;
    case 'daemon-set':
      return `skip ${name}: its DaemonSet would start it again here`;
    case 'mirror':
      return `skip ${name}: a static pod, which only its file on the node can end`;
    case 'finished':
      return `leave ${name}: it has finished`;
    case 'going':
      return `leave ${name}: it is being deleted already`;
    case 'came-since':
      return `leave ${name}: a pod of a Job that was not there when this was shown; another plan would evict it`;
    case 'refused':
      return `refuse ${name}: ${about.because}`;
  }
}

/** Why it stays undone, of each pod that is lost for good where that was not allowed. */
export function refusal([pod, fate]: readonly [Pod, Fate]): string[] {
  return fate.kind === 'refused' ? [`${told(pod, fate, new Map())} (only with ${fate.allow} allowed)`] : [];
}

/** What was allowed, and is lost for good all the same; what stays behind; and what keeps it from going. */
export function losses(pod: Pod, owners: Owners): string {
  const alone = endsForGood(pod, owners);
  const because = controllerOf(pod) && alone !== undefined ? `${alone}: ` : '';
  return [
    ...(alone === undefined ? [] : [`${because}nothing starts it again`]),
    ...loses(doomedOf(pod.spec.volumes)),
    ...(alone === undefined ? staysBehind(pod) : []),
    ...heldWords(pod),
  ]
    .map((loss) => `; ${loss}`)
    .join('');
}

/** What its successor on another node has to do without. */
export function staysBehind({ spec: { volumes, containers } }: Pod): string[] {
  const mounts = containers.flatMap(({ volumeMounts }) => volumeMounts);
  return leavesBehind(volumes, (volume) => mounts.some(({ name, readOnly }) => name === volume && !readOnly));
}
