import type * as z from 'zod';
import { plural } from '../changes/drafts.ts';
import { find, findNode, list } from '../changes/look.ts';
import { Pod, WorkloadObject } from '../changes/objects.ts';
import { podsOf, withHash } from '../changes/owned-pods.ts';
import { ReplicaSetObject } from '../changes/owners.ts';
import { controllerOf, isFinished, isGoing, isReady, ordinalOf } from '../changes/pods.ts';
import { notLetIn } from '../changes/rollout-state.ts';
import type { Starter } from '../changes/starters.ts';
import type { Plan } from '../plan.ts';
import type { Readers } from '../readers.ts';

type Kube = Readers['kube'];
type Ended = Starter['pods'];

/** What is not there again of the pods of one controller. */
export interface Short {
  /** `StatefulSet shop/db` */
  readonly name: string;
  /** Those that it should have started by now, and has not. */
  readonly lacks: number;
  /** All that is not as before, in words. */
  readonly words: string;
  /** What the controller itself says of that: the API server did not let one in. */
  readonly because?: string;
}

/** With how many pods ended it was seen that a controller has made them up: it is not asked again before the next one. */
export type Back = Map<string, number>;

/**
 * Of the pods that a plan has ended those in whose place no other is there, or none that is ready although that one was. What
 * takes their place has to be let in by the API server, which shows only now: by its webhooks, quotas and limits, and with
 * a service account that exists. Pods of Jobs and of operators' controllers are left to these. Throws `ReadFailure`.
 */
export async function notBack(kube: Kube, plan: Plan, back: Back = new Map()): Promise<readonly Short[]> {
  const ended = (plan.starters ?? []).map((starter) => ({ starter, pods: endedOf(plan, starter) }));
  const open = ended.filter(({ starter, pods }) => pods.length > 0 && back.get(starter.uid) !== pods.length);
  // Whoever may taint a node may list controllers, and read none by its name.
  const look: Look = { kube, byList: plan.changes.some(({ verb }) => verb === 'taint') };
  const each = await Promise.all(
    open.map(async ({ starter, pods }) => {
      const short = await shortOf(look, starter, pods);
      if (short === undefined) back.set(starter.uid, pods.length);
      return short ?? [];
    }),
  );
  return each.flat();
}

/** Of a drain those whose step is done; those that a taint ends have no step of their own. */
function endedOf({ steps, changes }: Plan, { pods }: Starter): Ended {
  const own = new Map(steps.flatMap((step) => (step.object?.kind === 'Pod' ? [[step.uid, step.state] as const] : [])));
  const begun = new Set(steps.flatMap(({ state, changes: of = [] }) => (state === 'done' ? of : [])));
  const isTainted = changes.some(({ verb }, index) => verb === 'taint' && begun.has(index));
  return pods.filter(({ uid }) => (own.has(uid) ? own.get(uid) === 'done' : isTainted));
}

interface Look {
  readonly kube: Kube;
  readonly byList: boolean;
}

function shortOf(look: Look, starter: Starter, ended: Ended): Promise<Short | undefined> {
  switch (starter.kind) {
    case 'ReplicaSet':
      return ofSet(look, starter);
    case 'StatefulSet':
      return ofStatefulSet(look, starter, ended);
    case 'DaemonSet':
      return ofDaemonSet(look, starter, ended);
  }
}

/** A ReplicaSet starts another as soon as one is on its way out. */
async function ofSet(look: Look, starter: Starter): Promise<Short | undefined> {
  const { namespace, uid, set = { pods: 0, ready: 0 } } = starter;
  const own = (await podsOf(look.kube, uid, namespace, withHash(set.hash))).filter(
    (pod) => !isFinished(pod) && !isGoing(pod),
  );
  const ready = own.filter(isThere).length;
  if (own.length >= set.pods && ready >= set.ready) return undefined;
  const object = await controllerNow(look, ReplicaSetObject, starter);
  if (!object) return undefined;
  const { replicas } = object.spec;
  const lacks = Math.max(0, Math.min(set.pods, replicas) - own.length);
  const words = [
    ...(lacks > 0 ? [`${own.length} of its ${plural(Math.min(set.pods, replicas), 'pod')} are there`] : []),
    ...(ready < Math.min(set.ready, replicas) ? [`${ready} of ${Math.min(set.ready, replicas)} ready as before`] : []),
  ];
  return told(starter, lacks, words, lacks > 0 ? notLetIn(object) : undefined);
}

/** A StatefulSet starts the next one of the name once this one is gone, and in order once those before it are ready. */
async function ofStatefulSet(look: Look, starter: Starter, ended: Ended): Promise<Short | undefined> {
  const { namespace } = starter;
  const successors = await Promise.all(
    ended.map(async (before) => {
      const [pod] = await list(look.kube, Pod, 'Pod', { namespace, fieldSelector: `metadata.name=${before.name}` });
      return { before, pod };
    }),
  );
  if (successors.every(({ before, pod }) => isAsBefore(before, pod))) return undefined;
  const object = await controllerNow(look, WorkloadObject, starter);
  if (!object) return undefined;
  const { replicas, ordinals, podManagementPolicy } = object.spec;
  const wanted = successors.filter(({ before: { name } }) => ordinalOf(name) < (ordinals?.start ?? 0) + replicas);
  const gone = wanted.filter(({ pod }) => pod === undefined).length;
  const isItsTurn = podManagementPolicy === 'Parallel' || object.status.readyReplicas + gone >= replicas;
  return told(starter, isItsTurn ? gone : 0, differences(wanted));
}

/** A DaemonSet starts the next one on the same node once this one is gone; where its node is gone, none. */
async function ofDaemonSet(look: Look, starter: Starter, ended: Ended): Promise<Short | undefined> {
  const { namespace, uid } = starter;
  const successors = await Promise.all(
    ended.map(async (before) => {
      const { node = '' } = before;
      const there = await list(look.kube, Pod, 'Pod', { namespace, fieldSelector: `spec.nodeName=${node}` });
      const own = there.filter((pod) => controllerOf(pod)?.uid === uid && !isFinished(pod));
      return { before, pod: own.find((pod) => !isGoing(pod)) ?? own[0] };
    }),
  );
  const short = successors.filter(({ before, pod }) => !isAsBefore(before, pod));
  if (short.length === 0 || !(await controllerNow(look, WorkloadObject, starter))) return undefined;
  const nodes = await Promise.all(short.map(({ before }) => findNode(look.kube, before.node ?? '')));
  const wanted = short.filter((_one, index) => nodes[index] !== null);
  return told(starter, wanted.filter(({ pod }) => pod === undefined).length, differences(wanted));
}

/** `pod`: what has its name or its place now, which may be the one that ends. */
interface Successor {
  readonly before: Ended[number];
  readonly pod: Pod | undefined;
}

function isAsBefore({ ready }: Ended[number], pod: Pod | undefined): boolean {
  return pod !== undefined && !isGoing(pod) && (!ready || isThere(pod));
}

/** One that no node takes was let in; that it waits may be meant, since its old node was cordoned first. */
function isThere(pod: Pod): boolean {
  return isReady(pod) || !pod.spec.nodeName;
}

function differences(successors: readonly Successor[]): string[] {
  return successors.flatMap(({ before, pod }) => {
    if (isAsBefore(before, pod)) return [];
    if (pod === undefined) return [`no other has started in the place of ${before.name}`];
    return [isGoing(pod) ? `${pod.metadata.name} has not ended yet` : `${pod.metadata.name} is not ready yet`];
  });
}

function told(
  { kind, namespace, name }: Starter,
  lacks: number,
  words: readonly string[],
  because?: string,
): Short | undefined {
  if (words.length === 0) return undefined;
  const known = because === undefined ? {} : { because };
  return { name: `${kind} ${namespace}/${name}`, lacks, words: words.join(', '), ...known };
}

/** `undefined`: it is gone, or another one of its name, and starts none of these. */
async function controllerNow<T extends { readonly metadata: { readonly uid: string } }>(
  { kube, byList }: Look,
  schema: z.ZodType<T>,
  { kind, namespace, name, uid }: Starter,
): Promise<T | undefined> {
  const found = byList
    ? await list(kube, schema, kind, { namespace, fieldSelector: `metadata.name=${name}` })
    : [await find(kube, schema, kind, name, namespace)];
  return found.find((one) => one?.metadata.uid === uid) ?? undefined;
}

/** Of all of them, for people: first whom something keeps from starting another. */
export function shortWords(short: readonly Short[]): string | undefined {
  const ordered = short.toSorted((a, b) => b.lacks - a.lacks);
  const [first] = ordered;
  if (!first) return undefined;
  const why = first.because === undefined ? '' : ` (${first.because})`;
  const more = ordered.length > 1 ? `; and ${plural(ordered.length - 1, 'other controller')}` : '';
  return `${first.name}: ${first.words}${why}${more}`;
}
