import type { EventView } from '../evidence/event.ts';
import { clockTime, duration, plural, secondsSince } from '../evidence/node-words.ts';
import {
  type ContainerView,
  complaintOf,
  endWords,
  hasEnded,
  isLooping,
  neverRan,
  wasFoundGone,
} from './containers.ts';
import { ofFailed } from './failed.ts';
import { isWith, silenceOf } from './heartbeat.ts';
import { limits } from './limits.ts';
import { changedLately, nameOf, type PodView } from './pods.ts';
import type { Maybe, Seen } from './schema.ts';
import { few } from './words.ts';

/**
 * Why a pod came or went. `node`: the controller manager said so for a node it did not hear of. `probe`, `ends`, `gate`:
 * its readiness probe, its container, a readiness gate. `waiting`: it, or a container of it, does not start. `moving`: it
 * was made or is ended on purpose. `stuck`: that end does not come.
 */
export type Sign = 'node' | 'probe' | 'ends' | 'gate' | 'waiting' | 'moving' | 'stuck';
type Words = readonly (readonly [Sign, string])[];

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
      const [status, told] = [byStatus(pod, now), byEvents(pod, events, now)];
      const signs = new Map([...status.signs, ...told.signs]);
      const unsure = new Map([...status.unsure, ...told.unsure].filter(([sign]) => !signs.has(sign)));
      // That a pod is ended does not say why it was not ready before.
      const withNode = signs.size === 0 || pod.isEnding ? withItsNode(pod, seen, now) : [];
      return { pod, signs: new Map([...withNode, ...signs]), unsure };
    });
}

/** Nothing of the pod's own says why, but it changed when its node did: where no event was asked for, that has to do. */
function withItsNode(pod: PodView, seen: Looked, now: Date): Words {
  const { changedAt } = pod;
  if (changedAt === undefined || pod.containersReady !== true || pod.node !== seen.node.name) return [];
  const silence = silenceOf(seen, now);
  return silence && isWith(changedAt, silence) ? [['node', 'went and came with its node']] : [];
}

export interface Told {
  readonly signs: Words;
  readonly unsure: Words;
}

function byStatus(pod: PodView, now: Date): Told {
  const { phase, isReady, containersReady, gates } = pod;
  const surely = (...signs: Words): Told => ({ signs, unsure: [] });
  if (isOverdue(pod, now))
    return {
      signs: [['stuck', stuckWords(pod, now)]],
      unsure: [['moving', 'is being ended, and does not go: whoever replaces it waits for that']],
    };
  if (pod.isEnding) return surely(['moving', 'is being ended']);
  if (phase === 'Failed') return ofFailed(pod);
  if (phase === 'Pending') return surely(whyPending(pod, now), ...failedBefore(pod, now));
  const own = ofContainers(pod, now);
  if (own.signs.length > 0) return own;
  if (isNew(pod, now)) return surely(['moving', `was made at ${clockTime(pod.createdAt)}`]);
  if (isReady || containersReady !== true) return own;
  if (gates.length > 0) return surely(['gate', `waits for its readiness gate ${gates.join(', ')}`]);
  // So it is with its node, and so it stays where who wrote that does not correct it.
  return {
    signs: own.signs,
    unsure: [...own.unsure, ['node', 'is called not ready although its containers are ready']],
  };
}

/** Its grace period is over, and the time that volumes and finalizers take as well. */
function isOverdue({ goneBy }: PodView, now: Date): boolean {
  return goneBy !== undefined && secondsSince(goneBy, now) > limits.overdueSeconds;
}

function stuckWords({ goneBy = '', finalizers, containers }: PodView, now: Date): string {
  const runs = containers.filter(({ running }) => running).map(({ name }) => name);
  const by = [
    ...(finalizers.length > 0 ? [`kept by its finalizers ${few(finalizers)}`] : []),
    ...(runs.length > 0 ? [`by its status ${few(runs)} runs`] : []),
  ];
  const why = by.length > 0 ? `: ${by.join('; ')}` : '';
  return `should have been gone for ${duration(secondsSince(goneBy, now))}, its grace period counted in${why}`;
}

/** Of a pod that runs, or did: what its containers say, of which some may have ended long ago. */
function ofContainers({ containers, isReady }: PodView, now: Date): Told {
  const gone = containers.filter((one) => hasEnded(one, now) && wasFoundGone(one)).slice(0, 1);
  const unsure = gone.map((one): Words[number] => [
    'ends',
    `${endWords(one)}: so it does when its machine, or its container runtime, is started again`,
  ]);
  if (isReady) return { signs: containers.flatMap((one) => endsOf(one, now)).slice(0, 1), unsure };
  const complaints = containers.flatMap((one): Words => {
    const complaint = complaintOf(one) ?? startupOf(one, now);
    return complaint === undefined ? [] : [['waiting', complaint]];
  });
  // It ran once, or it would not be told how it ended: longer ago than is looked at, and nobody started it since.
  const old = containers.find((one) => one.waiting && one.ended && !neverRan(one));
  return {
    signs: [...containers.flatMap((one) => endsOf(one, now)).slice(0, 1), ...complaints.slice(0, 1)],
    unsure: old ? [['ends', `${endWords(old)} before it had to wait`]] : unsure,
  };
}

function endsOf(container: ContainerView, now: Date): Words {
  return hasEnded(container, now) && !wasFoundGone(container) ? [['ends', endWords(container)]] : [];
}

/** A startup probe that has not succeeded for longer than a start takes. */
function startupOf({ name, isStarting, running }: ContainerView, now: Date): string | undefined {
  const since = running?.startedAt;
  if (!isStarting || !since || secondsSince(since, now) <= limits.youngSeconds) return undefined;
  return `container ${name} runs since ${clockTime(since)}, and its startup probe has not succeeded yet`;
}

/** Containers that must have ended well before the others start, and sidecars: they may fail again and again. */
function failedBefore({ before, containers }: PodView, now: Date): Words {
  const failed = [...before, ...containers].filter(
    (one) => hasEnded(one, now) && one.ended !== undefined && one.ended.exitCode !== 0,
  );
  return failed.flatMap((one) => endsOf(one, now)).slice(0, 1);
}

function byEvents(pod: PodView, events: readonly EventView[], now: Date): Told {
  const lately = events.filter(({ lastSeen }) => secondsSince(lastSeen, now) <= limits.latelySeconds);
  const last = (reason: string, said: RegExp) =>
    lately.findLast((event) => event.reason === reason && said.test(event.message));
  const signs: (readonly [Sign, string])[] = [];
  const unsure: (readonly [Sign, string])[] = [];
  const silent = last('NodeNotReady', /./);
  if (silent) signs.push(['node', `was called not ready with its node at ${clockTime(silent.lastSeen)}`]);
  // A probe that fails while the container has just been made, or is ended, is none that makes a pod flap.
  if (isNew(pod, now) || pod.isEnding || pod.phase !== 'Running') return { signs, unsure };
  const probes = [
    ['probe', last('Unhealthy', /^Readiness probe/), undefined],
    // Who is ended by the probe itself ends because it does not start.
    ['waiting', last('Unhealthy', /^Startup probe/), last('Killing', /failed startup probe/)],
  ] as const;
  for (const [sign, probe, endedBy] of probes) {
    if (!probe) continue;
    const words = `${probe.message.replace(/\s+/g, ' ').slice(0, 120)} (${probe.count} times, last at ${clockTime(probe.lastSeen)})`;
    if (endedBy || !isOfAnEnd(pod, probe.lastSeen, now)) signs.push([sign, words]);
    else unsure.push([sign, `${words}: so it does while a container ends and starts`]);
  }
  return { signs, unsure };
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
  for (const one of [...pod.before, ...pod.containers]) {
    const complaint = complaintOf(one) ?? (isLooping(one) ? `container ${one.name} fails again and again` : undefined);
    if (complaint !== undefined) return ['waiting', complaint];
  }
  if (secondsSince(pod.createdAt, now) > limits.youngSeconds)
    return ['waiting', `has been Pending since ${clockTime(pod.createdAt)}`];
  return ['moving', `was made at ${clockTime(pod.createdAt)}`];
}

/** `shop/web-1, shop/web-2 and 4 more`. */
export function named(flaps: readonly Flap[]): string {
  return few(flaps.map(({ pod }) => nameOf(pod)));
}

/** What a pod of which nothing says why may have been through: its status excludes the rest. */
export function mayBe(pod: PodView): ReadonlySet<Sign> {
  if (pod.phase === 'Failed') return new Set(['ends', 'waiting', 'moving']);
  if (!pod.isReady && pod.containersReady === false) {
    const unready = pod.containers.filter(({ ready }) => !ready);
    return new Set(unready.length === 0 ? OF_CONTAINERS : unready.flatMap(mayBeOf));
  }
  return new Set([
    ...(['node', 'probe'] as const),
    ...(pod.hasGates ? (['gate'] as const) : []),
    ...(pod.containersReady === undefined ? (['ends'] as const) : []),
  ]);
}

const OF_CONTAINERS: readonly Sign[] = ['probe', 'ends', 'waiting'];

/** A container that runs and is not ready waits for its probe; nobody else has a say in that. */
function mayBeOf({ running, isStarting, waiting }: ContainerView): readonly Sign[] {
  if (running) return [isStarting ? 'waiting' : 'probe'];
  return waiting ? ['ends', 'waiting'] : OF_CONTAINERS;
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
