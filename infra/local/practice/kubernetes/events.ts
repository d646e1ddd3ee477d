import { type Facts, type NodeFacts, silenceOf } from '../facts.ts';
import { hexOf, uid } from '../identity.ts';
import { nodeNamed, silentNodes } from '../lookup.ts';
import { type PodPlace, podNamed, podsOf, podsOn } from '../placement.ts';
import { workloads } from '../workloads.ts';
import { managedBy } from './managed-fields.ts';
import type { Query } from './resource.ts';
import { type KubeObject, meta, time, versionAt } from './values.ts';

/** `--event-ttl`: the API server forgets an event after an hour. */
const LIFE_SECONDS = 3600;

interface Happening {
  readonly about: Readonly<Record<string, string>>;
  readonly at: number;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly from: 'node-controller' | 'taint-eviction-controller' | 'kubelet' | 'default-scheduler';
  /** The node whose kubelet says so. */
  readonly host?: string;
}

/** The events that are still there: of silent nodes and their pods, and of pods made within the hour. */
export function* eventsOf(facts: Facts, now: number, query: Query): Generator<KubeObject> {
  for (const happening of happenings(facts, now, query)) {
    if (happening.at <= now && happening.at > now - LIFE_SECONDS) yield eventObject(happening);
  }
}

function* happenings(facts: Facts, now: number, query: Query): Generator<Happening> {
  const [kind, name] = [query.field('involvedObject.kind'), query.field('involvedObject.name')];
  if (kind !== 'Pod') {
    const named = name === undefined ? undefined : nodeNamed(facts, name);
    for (const node of named ? [named] : silentNodes(facts)) yield* aboutNode(node, now);
  }
  if (kind !== 'Node') for (const place of podsIn(facts, now, query, name)) yield* aboutPod(place, now);
}

/** Only pods that may have an event: those on silent nodes, and the young. */
function* podsIn(facts: Facts, now: number, { namespace }: Query, name: string | undefined): Generator<PodPlace> {
  if (name !== undefined) {
    const spaces = namespace === undefined ? new Set(workloads.map((each) => each.namespace)) : [namespace];
    for (const space of spaces) {
      const place = podNamed(facts, space, name, now);
      if (place) yield place;
    }
    return;
  }
  const here = (place: PodPlace) => namespace === undefined || place.workload.namespace === namespace;
  const young = workloads.filter(({ rolledOutSecondsAgo }) => rolledOutSecondsAgo !== undefined);
  for (const node of silentNodes(facts)) yield* podsOn(facts, node, now).filter(here);
  for (const workload of young) {
    yield* podsOf(facts, workload, now).filter((place) => here(place) && !silenceOf(place.node, now));
  }
}

/** Type Normal: a filter for warnings misses it. */
function* aboutNode(node: NodeFacts, now: number): Generator<Happening> {
  const silence = silenceOf(node, now);
  if (!silence) return;
  yield {
    about: { kind: 'Node', name: node.name, uid: uid('Node', '', node.name), apiVersion: 'v1' },
    at: silence.unknownAt,
    type: 'Normal',
    reason: 'NodeNotReady',
    message: `Node ${node.name} status is now: NodeNotReady`,
    from: 'node-controller',
  };
}

function* aboutPod(place: PodPlace, now: number): Generator<Happening> {
  const { name, node, createdAt, evictedAt, workload } = place;
  const { namespace, image, container } = workload;
  const short = { kind: 'Pod', namespace, name };
  const about = { ...short, uid: uid('Pod', namespace, name), apiVersion: 'v1', resourceVersion: versionAt(createdAt) };
  const inside = { ...about, fieldPath: `spec.containers{${container}}` };
  const start = (after: number, reason: string, message: string): Happening => {
    return { about: inside, at: createdAt + after, type: 'Normal', reason, message, from: 'kubelet', host: node.name };
  };
  yield {
    about,
    at: createdAt,
    type: 'Normal',
    reason: 'Scheduled',
    message: `Successfully assigned ${namespace}/${name} to ${node.name}`,
    from: 'default-scheduler',
  };
  yield start(1, 'Pulled', `Container image "${image}" already present on machine`);
  yield start(1, 'Created', `Created container: ${container}`);
  yield start(2, 'Started', `Started container ${container}`);
  const silence = silenceOf(node, now);
  if (!silence) return;
  const silent = { about, at: silence.unknownAt, type: 'Warning', reason: 'NodeNotReady' } as const;
  yield { ...silent, message: 'Node is not ready', from: 'node-controller' };
  if (evictedAt === undefined) return;
  const message = `Marking for deletion Pod ${namespace}/${name}`;
  yield {
    about: short,
    at: evictedAt,
    type: 'Normal',
    reason: 'TaintManagerEviction',
    message,
    from: 'taint-eviction-controller',
  };
}

function eventObject({ about, at, type, reason, message, from, host }: Happening): KubeObject {
  const namespace = about.namespace ?? 'default';
  const told = {
    involvedObject: about,
    reason,
    message,
    source: { component: from, ...(host === undefined ? {} : { host }) },
    firstTimestamp: time(at),
    lastTimestamp: time(at),
    count: 1,
    type,
  };
  const name = `${about.name}.${hexOf(16, about.name ?? '', reason, String(at))}`;
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
