import { startedAt, turnOf } from '../crash-loop.ts';
import { type Facts, type NodeFacts, silenceOf } from '../facts.ts';
import { hexOf, uid } from '../identity.ts';
import { nodeNamed, silentNodes, troubledNodes } from '../lookup.ts';
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
  /** Said again and again: how often until now, and when last. */
  readonly again?: { readonly times: number; readonly lastAt: number };
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly from: 'node-controller' | 'taint-eviction-controller' | 'kubelet' | 'default-scheduler';
  /** The node whose kubelet says so. */
  readonly host?: string;
}

/** The events that are still there: of nodes in trouble, of pods on silent ones, and of young pods. */
export function* eventsOf(facts: Facts, now: number, query: Query): Generator<KubeObject> {
  for (const happening of happenings(facts, now, query)) {
    const { at, again: { lastAt } = { lastAt: at } } = happening;
    if (at <= now && lastAt > now - LIFE_SECONDS) yield eventObject(happening);
  }
}

function* happenings(facts: Facts, now: number, query: Query): Generator<Happening> {
  const [kind, name] = [query.field('involvedObject.kind'), query.field('involvedObject.name')];
  if (kind !== 'Pod') {
    const named = name === undefined ? undefined : nodeNamed(facts, name);
    for (const node of named ? [named] : troubledNodes(facts)) yield* aboutNode(node, now);
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

/** Type Normal: a filter for warnings misses it. Kubelets write the node's name where its uid should be. */
function* aboutNode({ name, ...node }: NodeFacts, now: number): Generator<Happening> {
  const said = (at: number, reason: string) =>
    ({ at, type: 'Normal', reason, message: `Node ${name} status is now: ${reason}` }) as const;
  const about = { kind: 'Node', name };
  if (node.diskShortSince !== undefined) {
    const known = { ...about, uid: name };
    yield { about: known, ...said(node.diskShortSince, 'NodeHasDiskPressure'), from: 'kubelet', host: name };
  }
  const silence = silenceOf({ name, ...node }, now);
  if (!silence) return;
  const known = { ...about, uid: uid('Node', '', name), apiVersion: 'v1' };
  yield { about: known, ...said(silence.unknownAt, 'NodeNotReady'), from: 'node-controller' };
}

function* aboutPod(place: PodPlace, now: number): Generator<Happening> {
  const { name, node, createdAt, evictedAt, workload } = place;
  const { namespace, image, container } = workload;
  const short = { kind: 'Pod', namespace, name };
  const about = { ...short, uid: uid('Pod', namespace, name), apiVersion: 'v1', resourceVersion: versionAt(createdAt) };
  const inside = { ...about, fieldPath: `spec.containers{${container}}` };
  const turn = turnOf(place, now);
  const byKubelet = { about: inside, from: 'kubelet', host: node.name } as const;
  const start = (before: number, reason: string, message: string): Happening => {
    const again = turn ? { again: { times: turn.restarts + 1, lastAt: turn.startedAt - before } } : {};
    return { ...byKubelet, at: startedAt(place) - before, ...again, type: 'Normal', reason, message };
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
  yield start(0, 'Started', `Started container ${container}`);
  if (turn?.ended) {
    const { restarts, ended, first } = turn;
    const message = `Back-off restarting failed container ${container} in pod ${name}_${namespace}(${about.uid})`;
    const again = { times: restarts + 1, lastAt: ended.finishedAt };
    yield { ...byKubelet, at: first.finishedAt, again, type: 'Warning', reason: 'BackOff', message };
  }
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
