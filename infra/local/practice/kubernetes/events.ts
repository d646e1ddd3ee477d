import { writes } from '../deeds.ts';
import type { Facts, NodeFacts } from '../facts.ts';
import { hexOf } from '../identity.ts';
import { workloadsOf } from '../layout.ts';
import { livesOf, movedWorkloads } from '../life/moved.ts';
import { nodeNamed, silentNodes, troubledNodes } from '../lookup.ts';
import { type PodHistory, podsEverNamed, podsEverOf, podsEverOn } from '../placement.ts';
import { aboutMaking, aboutNode, aboutPod, type Happening } from './happenings.ts';
import { managedBy } from './managed-fields.ts';
import type { Query } from './resource.ts';
import { type KubeObject, meta, time } from './values.ts';

/** `--event-ttl`: the API server forgets an event after an hour. */
const LIFE_SECONDS = 3600;

/** The events that are still there: of nodes in trouble, of pods on silent ones, and of young pods. */
export function* eventsOf(facts: Facts, now: number, query: Query): Generator<KubeObject> {
  for (const happening of happenings(facts, now, query)) {
    const { at, again: { lastAt } = { lastAt: at } } = happening;
    if (at <= now && lastAt > now - LIFE_SECONDS) yield eventObject(happening);
  }
}

function* happenings(facts: Facts, now: number, query: Query): Generator<Happening> {
  const [kind, name] = [query.field('involvedObject.kind'), query.field('involvedObject.name')];
  const isAsked = (one: string) => kind === undefined || kind === one;
  if (isAsked('Node')) for (const node of nodesIn(facts, name)) yield* aboutNode(facts, node, now);
  if (isAsked('Pod')) for (const place of podsIn(facts, query, name)) yield* aboutPod(facts, place, now);
  if (kind === 'Node' || kind === 'Pod') return;
  for (const workload of movedWorkloads(facts, now)) {
    for (const life of livesOf(facts, workload)) yield* aboutMaking(life);
  }
}

function nodesIn(facts: Facts, name: string | undefined): readonly NodeFacts[] {
  const named = name === undefined ? undefined : nodeNamed(facts, name);
  if (named) return [named];
  const written = writes(facts).flatMap(({ about }) => nodeNamed(facts, about.kind === 'Node' ? about.name : '') ?? []);
  return [...new Set([...troubledNodes(facts), ...written])];
}

/** Only pods that may have an event: those on silent nodes, the young, and those that came or went. */
function podsIn(facts: Facts, { namespace }: Query, name: string | undefined): readonly PodHistory[] {
  const spaces = new Set(workloadsOf(facts).map((each) => each.namespace));
  if (name !== undefined) {
    return [...(namespace === undefined ? spaces : [namespace])].flatMap((space) => podsEverNamed(facts, space, name));
  }
  const young = workloadsOf(facts).filter(({ rolledOutSecondsAgo }) => rolledOutSecondsAgo !== undefined);
  const moved = movedWorkloads(facts, Number.POSITIVE_INFINITY).flatMap((workload) =>
    podsEverOf(facts, workload).filter(({ life }) => life?.serial !== undefined || life?.markedAt !== undefined),
  );
  const places = [
    ...silentNodes(facts).flatMap((node) => podsEverOn(facts, node)),
    ...young.flatMap((workload) => podsEverOf(facts, workload)),
    ...moved,
  ].filter((place) => namespace === undefined || place.workload.namespace === namespace);
  // Each is there once, whatever the reasons are.
  return [...new Map(places.map((place) => [identityOf(place), place])).values()];
}

function identityOf({ workload, name, life }: PodHistory): string {
  return [workload.namespace, name, life?.serial ?? ''].join('/');
}

function eventObject({ about, at, again, type, reason, message, from, host }: Happening): KubeObject {
  const namespace = about.namespace ?? 'default';
  const told = {
    involvedObject: about,
    reason,
    message,
    source: { component: from, ...(host === undefined ? {} : { host }) },
    firstTimestamp: time(at),
    lastTimestamp: time(again?.lastAt ?? at),
    count: again?.times ?? 1,
    type,
  };
  const name = `${about.name}.${hexOf(16, about.name ?? '', reason, message, String(at))}`;
  const manager = host === undefined ? 'kube-controller-manager' : 'kubelet';
  return {
    metadata: meta(
      { kind: 'Event', namespace, name, createdAt: at },
      { managedFields: managedBy({ manager, apiVersion: 'v1', at, wrote: told }) },
    ),
    ...told,
    eventTime: null,
    reportingComponent: from,
    reportingInstance: host ?? '',
  };
}
