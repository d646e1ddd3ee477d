import type { EventView } from '../evidence/event.ts';
import { clockTime, plural, secondsSince } from '../evidence/node-words.ts';
import { isWith, silenceOf } from './heartbeat.ts';
import { limits } from './limits.ts';
import { changedLately, nameOf, type PodView } from './pods.ts';
import type { Maybe, Seen } from './schema.ts';
import { few } from './words.ts';

/**
 * Why a pod came or went. `node`: the controller manager said so for a node it did not hear of. `probe`, `ends`, `gate`:
 * its readiness probe, its container, a readiness gate. `waiting`: it does not start. `moving`: it was made or is ended
 * on purpose.
 */
export type Sign = 'node' | 'probe' | 'ends' | 'gate' | 'waiting' | 'moving';

export interface Flap {
  readonly pod: PodView;
  /** Why, in words, by sign; none: nothing that was seen says why. */
  readonly signs: ReadonlyMap<Sign, string>;
  /** What may be a reason of its own, or follow from another. */
  readonly unsure: ReadonlyMap<Sign, string>;
}

type Looked = Pick<Seen, 'pods' | 'podEvents' | 'node' | 'events'>;

/** The pods that are not ready, or came or went within the half hour. Pods of Jobs end, which is no trouble. */
export function flapsIn(seen: Looked, now: Date): readonly Flap[] {
  return seen.pods.pods
    .filter((pod) => !pod.ofJob && pod.phase !== 'Succeeded')
    .filter((pod) => !pod.isReady || pod.isEnding || changedLately(pod, now))
    .map((pod) => {
      const events = seen.podEvents.get(nameOf(pod)) ?? [];
      const told = byEvents(pod, events, now);
      const signs = new Map([...byStatus(pod, now), ...told.signs]);
      return { pod, signs: signs.size > 0 ? signs : withItsNode(pod, seen, now), unsure: told.unsure };
    });
}

/** Nothing of the pod's own says why, but it changed when its node did: where no event was asked for, that has to do. */
function withItsNode(pod: PodView, seen: Looked, now: Date): Flap['signs'] {
  const { changedAt } = pod;
  if (changedAt === undefined || pod.containersReady !== true || pod.node !== seen.node.name) return new Map();
  const silence = silenceOf(seen, now);
  return new Map(silence && isWith(changedAt, silence) ? [['node', 'went and came with its node']] : []);
}

function byStatus(pod: PodView, now: Date): readonly (readonly [Sign, string])[] {
  const { phase, isReady, containersReady, gates } = pod;
  if (pod.isEnding) return [['moving', 'is being ended']];
  if (phase === 'Failed')
    return [pod.why.startsWith('Evicted') ? ['moving', pod.why] : ['ends', pod.why || 'has failed']];
  if (phase === 'Pending') return [whyPending(pod, now)];
  const ended = endOf(pod, now);
  if (ended !== undefined) return [['ends', ended]];
  if (isNew(pod, now)) return [['moving', `was made at ${clockTime(pod.createdAt)}`]];
  if (isReady || containersReady !== true) return [];
  return gates.length > 0
    ? [['gate', `waits for its readiness gate ${gates.join(', ')}`]]
    : [['node', 'is called not ready although its containers are ready']];
}

function byEvents(pod: PodView, events: readonly EventView[], now: Date): Pick<Flap, 'signs' | 'unsure'> {
  const lately = events.filter(({ lastSeen }) => secondsSince(lastSeen, now) <= limits.latelySeconds);
  const last = (reason: string, said: RegExp) =>
    lately.findLast((event) => event.reason === reason && said.test(event.message));
  const silent = last('NodeNotReady', /./);
  // A probe that fails while the container has just been made, or is ended, is none that makes a pod flap.
  const probe =
    isNew(pod, now) || pod.isEnding || pod.phase !== 'Running' ? undefined : last('Unhealthy', /^Readiness probe/);
  const signs = new Map<Sign, string>();
  if (silent) signs.set('node', `was called not ready with its node at ${clockTime(silent.lastSeen)}`);
  if (!probe) return { signs, unsure: new Map() };
  const words = `${probe.message.replace(/\s+/g, ' ').slice(0, 120)} (${probe.count} times, last at ${clockTime(probe.lastSeen)})`;
  if (!isOfAnEnd(pod, probe.lastSeen, now)) return { signs: signs.set('probe', words), unsure: new Map() };
  return { signs, unsure: new Map([['probe', `${words}: so it does while a container ends and starts`]]) };
}

/** Who asks a container that has just ended, or does not serve yet, gets no answer: that follows from its end. */
function isOfAnEnd({ containers }: PodView, failedAt: string, now: Date): boolean {
  return containers.some(
    (one) =>
      hasEnded(one, now) &&
      (isLooping(one) || secondsSince(one.ended?.finishedAt ?? failedAt, new Date(failedAt)) <= limits.youngSeconds),
  );
}

/** A young pod that has not been ready before: its first minutes, as every rollout has them. */
function isNew({ createdAt, changedAt, isReady }: PodView, now: Date): boolean {
  const age = secondsSince(createdAt, now);
  if (!isReady) return age <= limits.youngSeconds;
  return changedAt !== undefined && secondsSince(createdAt, new Date(changedAt)) <= limits.youngSeconds;
}

function whyPending(pod: PodView, now: Date): readonly [Sign, string] {
  if (pod.unscheduled !== undefined) return ['waiting', `has no node: ${pod.unscheduled}`];
  const waits = pod.containers.find(({ waiting }) => waiting && /Err|BackOff|Invalid/.test(waiting.reason))?.waiting;
  if (waits) return ['waiting', `${waits.reason}: ${waits.message.slice(0, 120)}`];
  if (secondsSince(pod.createdAt, now) > limits.youngSeconds)
    return ['waiting', `has been Pending since ${clockTime(pod.createdAt)}`];
  return ['moving', `was made at ${clockTime(pod.createdAt)}`];
}

/** How a container ended within the half hour, or that it waits to be started again. */
function endOf({ containers }: PodView, now: Date): string | undefined {
  for (const container of containers) {
    if (!hasEnded(container, now)) continue;
    const { name, ended, restarts } = container;
    const how = ended
      ? `${ended.reason || 'Error'}, exit code ${ended.exitCode}${ended.finishedAt ? `, at ${clockTime(ended.finishedAt)}` : ''}`
      : 'nothing says how';
    return `container ${name} ended (${how}; ${plural(restarts, 'restart')})`;
  }
  return undefined;
}

type Container = PodView['containers'][number];

function hasEnded(container: Container, now: Date): boolean {
  const { ended, restarts } = container;
  const lately = ended?.finishedAt ? secondsSince(ended.finishedAt, now) <= limits.latelySeconds : false;
  return isLooping(container) || (lately && restarts > 0);
}

function isLooping({ waiting }: Container): boolean {
  return waiting?.reason === 'CrashLoopBackOff';
}

/** `shop/web-1, shop/web-2 and 4 more`. */
export function named(flaps: readonly Flap[]): string {
  return few(flaps.map(({ pod }) => nameOf(pod)));
}

/** What a pod of which nothing says why may have been through: its status excludes the rest. */
export function mayBe(pod: PodView): ReadonlySet<Sign> {
  // A container that runs and is not ready waits for its probe; nobody else has a say in that.
  if (!pod.isReady && pod.containersReady === false) return new Set(['probe']);
  return new Set([
    ...(['node', 'probe'] as const),
    ...(pod.hasGates ? (['gate'] as const) : []),
    ...(pod.containersReady === undefined ? (['ends'] as const) : []),
  ]);
}

/** What kube-state-metrics adds about a pod of which nothing else says why; or nothing. */
export function historyWords({ history = [] }: Maybe, { namespace, name }: PodView): string {
  const row = history.find((one) => one.namespace === namespace && one.pod === name);
  if (row?.readyChanges === undefined || row.containerChanges === undefined) return '';
  const changes = `it changed ${plural(row.readyChanges, 'time')} within half an hour`;
  return row.containerChanges === 0 && row.readyChanges > 0
    ? `; ${changes}, its containers never: that was the word of another, as the controller manager's`
    : `; ${changes}, its containers ${plural(row.containerChanges, 'time')}`;
}
