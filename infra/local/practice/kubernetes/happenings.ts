import { isUnscheduledAt } from '../broken-part.ts';
import { startedAt, turnOf } from '../crash-loop.ts';
import { writesTo } from '../deeds.ts';
import { type Facts, kubeletRuns, type NodeFacts, outagesOf, pastSilenceOf, recoveredAt } from '../facts.ts';
import { lastBeat, uid } from '../identity.ts';
import type { Life } from '../life/life.ts';
import { nowhere, type PodHistory } from '../placement.ts';
import { whyNowhere } from '../taints.ts';
import { homeOf } from '../workloads.ts';
import { podUid } from './pods.ts';
import { versionAt } from './values.ts';

/** Something worth an event. */
export interface Happening {
  readonly about: Readonly<Record<string, string>>;
  readonly at: number;
  /** Said again and again: how often until now, and when last. */
  readonly again?: { readonly times: number; readonly lastAt: number };
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly from: string;
  /** The node whose kubelet says so. */
  readonly host?: string;
}

/** A kubelet looks so often whether its node was cordoned. */
const SYNC_SECONDS = 10;

/** Type Normal: a filter for warnings misses it. Kubelets write the node's name where its uid should be. */
export function* aboutNode(facts: Facts, node: NodeFacts, now: number): Generator<Happening> {
  const { name, diskShort = [], kubeletStartedAt } = node;
  const about = { kind: 'Node', name };
  const status = (reason: string) => `Node ${name} status is now: ${reason}`;
  const byKubelet = (at: number, reason: string, message = status(reason)): Happening => {
    return { about: { ...about, uid: name }, at, type: 'Normal', reason, message, from: 'kubelet', host: name };
  };
  for (const { from, until } of diskShort) {
    yield byKubelet(from, 'NodeHasDiskPressure');
    if (until !== undefined) yield byKubelet(until, 'NodeHasNoDiskPressure');
  }
  const known = { ...about, uid: uid('Node', '', name), apiVersion: 'v1' };
  const reason = 'NodeNotReady';
  const said = { type: 'Normal', reason, message: status(reason), from: 'node-controller' } as const;
  const silence = pastSilenceOf(node, now);
  if (silence) yield { about: known, at: silence.unknownAt, ...said };
  const outages = outagesOf(node, now);
  yield* together(outages.map(({ silence: { unknownAt } }) => ({ about: known, at: unknownAt, ...said })));
  const backs = outages.filter(({ backAt }) => backAt <= now);
  yield* together(backs.map(({ backAt }) => byKubelet(backAt, 'NodeReady')));
  if (kubeletStartedAt !== undefined) yield byKubelet(kubeletStartedAt, 'Starting', 'Starting kubelet.');
  const back = recoveredAt(node);
  if (back !== undefined) yield byKubelet(back, 'NodeReady');
  for (const { unschedulable, at } of writesTo(facts, { kind: 'Node', name })) {
    const noticed = lastBeat(at, SYNC_SECONDS, 'sync', name) + SYNC_SECONDS;
    if (unschedulable === undefined || !kubeletRuns(node, noticed)) continue;
    yield byKubelet(noticed, unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable');
  }
}

/** The same said again and again is one event that is counted up. */
function together(alike: readonly Happening[]): Happening[] {
  const [first, last] = [alike[0], alike.at(-1)];
  return first && last ? [{ ...first, again: { times: alike.length, lastAt: last.at } }] : [];
}

/** Where its name, its uid and its one container are pointed at. */
function pointersTo({ workload, name, createdAt, life }: PodHistory) {
  const { namespace, container } = workload;
  const short = { kind: 'Pod', namespace, name };
  const own = { uid: podUid({ workload, name, ...(life ? { life } : {}) }), apiVersion: 'v1' };
  const about = { ...short, ...own, resourceVersion: versionAt(createdAt) };
  return { short, about, inside: { ...about, fieldPath: `spec.containers{${container}}` } };
}

export function* aboutPod(facts: Facts, place: PodHistory, now: number): Generator<Happening> {
  yield* scheduling(facts, place, now);
  if (place.node === nowhere) return;
  if (Number.isFinite(startedAt(place))) yield* running(place, now);
  yield* silenced(place, now);
  yield* leaving(place);
}

function* scheduling(facts: Facts, place: PodHistory, now: number): Generator<Happening> {
  const { workload, node, name, createdAt, life } = place;
  const { about } = pointersTo(place);
  const from = 'default-scheduler';
  const boundAt = life ? life.boundAt : createdAt;
  const isLookedAt = !isUnscheduledAt(facts, createdAt);
  if (isLookedAt && (boundAt === undefined || boundAt > createdAt)) {
    const message = whyNowhere(facts, workload, createdAt, homeOf(workload, name));
    yield { about, at: createdAt, type: 'Warning', reason: 'FailedScheduling', message, from };
  }
  if (boundAt === undefined || boundAt > now) return;
  const message = `Successfully assigned ${workload.namespace}/${name} to ${node.name}`;
  yield { about, at: boundAt, type: 'Normal', reason: 'Scheduled', message, from };
}

function* running(place: PodHistory, now: number): Generator<Happening> {
  const { workload, name, node, life } = place;
  const { namespace, container } = workload;
  const { inside } = pointersTo(place);
  const turn = turnOf(place, now);
  const byKubelet = { about: inside, from: 'kubelet', host: node.name } as const;
  const start = (before: number, reason: string, message: string): Happening => {
    const again = turn ? { again: { times: turn.restarts + 1, lastAt: turn.startedAt - before } } : {};
    return { ...byKubelet, at: startedAt(place) - before, ...again, type: 'Normal', reason, message };
  };
  const image = life?.revision.image ?? workload.image;
  yield start(1, 'Pulled', `Container image "${image}" already present on machine`);
  yield start(1, 'Created', `Created container: ${container}`);
  yield start(0, 'Started', `Started container ${container}`);
  if (!turn?.ended) return;
  const { restarts, ended, first } = turn;
  const message = `Back-off restarting failed container ${container} in pod ${name}_${namespace}(${inside.uid})`;
  const again = { times: restarts + 1, lastAt: ended.finishedAt };
  yield { ...byKubelet, at: first.finishedAt, again, type: 'Warning', reason: 'BackOff', message };
}

/** Called not ready with its node. */
function* silenced(place: PodHistory, now: number): Generator<Happening> {
  const { node, life } = place;
  const silence = pastSilenceOf(node, now);
  const all = [...(silence ? [silence] : []), ...outagesOf(node, now).map((outage) => outage.silence)];
  const said = {
    type: 'Warning',
    reason: 'NodeNotReady',
    message: 'Node is not ready',
    from: 'node-controller',
  } as const;
  const times = all.filter(({ unknownAt }) => place.wasThere(unknownAt) && (life?.boundAt ?? 0) < unknownAt);
  yield* together(times.map(({ unknownAt: at }) => ({ about: pointersTo(place).about, at, ...said })));
}

function* leaving(place: PodHistory): Generator<Happening> {
  const { workload, name, node, life } = place;
  const { short, inside } = pointersTo(place);
  const { markedAt, markedBy } = life ?? {};
  if (markedAt === undefined) return;
  if (markedBy === 'node') {
    const message = `Marking for deletion Pod ${workload.namespace}/${name}`;
    const said = { type: 'Normal', reason: 'TaintManagerEviction', message } as const;
    yield { about: short, at: markedAt, ...said, from: 'taint-eviction-controller' };
  }
  const at = kubeletRuns(node, markedAt) ? markedAt : (node.kubeletStartedAt ?? Number.POSITIVE_INFINITY);
  const said = { type: 'Normal', reason: 'Killing', message: `Stopping container ${workload.container}` } as const;
  yield { about: inside, at, ...said, from: 'kubelet', host: node.name };
}

/** What its controller says of a pod it made. */
export function* aboutMaking({ workload, name, createdAt, revision, serial }: Life): Generator<Happening> {
  if (serial === undefined || workload.kind === 'StaticPod') return;
  const { namespace, kind } = workload;
  const owner =
    kind === 'Deployment'
      ? { kind: 'ReplicaSet', name: `${workload.name}-${revision.hash}` }
      : { kind, name: workload.name };
  const about = { ...owner, namespace, uid: uid(owner.kind, namespace, owner.name), apiVersion: 'apps/v1' };
  const message =
    kind === 'StatefulSet' ? `create Pod ${name} in StatefulSet ${workload.name} successful` : `Created pod: ${name}`;
  const from = `${owner.kind.toLowerCase()}-controller`;
  yield { about, at: createdAt, type: 'Normal', reason: 'SuccessfulCreate', message, from };
}
