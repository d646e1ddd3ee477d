import { brokenPartOf, isUnscheduledAt } from '../broken-part.ts';
import { livesFor, READY_AFTER_SECONDS } from '../crash-loop.ts';
import { deedsOf, writes } from '../deeds.ts';
import { evictionAt, type Facts, kubeletRuns, type NodeFacts, READY_AFTER_START_SECONDS, silenceOf } from '../facts.ts';
import { suffixOf } from '../identity.ts';
import { addressOn, leaves, type Settler, settlersOf, workloadsOf } from '../layout.ts';
import { nodeNamed, silentNodes } from '../lookup.ts';
import { noExecuteAt, outOfServiceAt } from '../taints.ts';
import type { Workload } from '../workloads.ts';
import { agendaOf } from './agenda.ts';
import { daemonSet, deployment, type Look, statefulSet, type Want } from './controllers.ts';
import { existsAt, isActive, isReadyAt, type Life, type LiveLife } from './life.ts';
import { replicaChanges, replicasAt } from './replicas.ts';
import { firstRevision, isPaused, revisionAt } from './revisions.ts';
import { type Scheduler, schedulerAt } from './schedule.ts';

/** From what happened until a controller has made a pod for it. */
const REACTION_SECONDS = 1;
/** From the mended manifest of a scheduler until it leads, and places pods. */
const SCHEDULED_AFTER_SECONDS = 8;
/** An application that ends when it is told to. */
const END_SECONDS = 2;
/** From the taint until the pod garbage collector has ended the pods of a machine that is off (every 20 s). */
const COLLECTED_SECONDS = 20;
/** Suffixes of pods made later: beyond all that stand for a node and a slot. */
const FIRST_ORDINAL = 10_000_000;
/** Of the addresses of a node's pod network. */
const [FIRST_SEAT, LAST_SEAT, SEATS_EACH] = [128, 240, 8];

/**
 * What became of a workload's pods: controllers, scheduler and kubelets at work, from the first deed to the last, and on
 * until nothing is left to do. Later deeds are not known to it: each makes new facts, and all is worked out anew.
 */
export function simulate(facts: Facts, workload: Workload): readonly Life[] {
  const lives: LiveLife[] = settlersOf(facts, workload).map((settler) => firstLife(facts, settler));
  const agenda = agendaOf(momentsFor(facts, workload));
  const exits = leaves(workload) ? exitsOf(facts) : [];
  const part = brokenPartOf(facts, workload);
  const broken = part ? { broken: part } : {};
  let made = 0;

  const end = (pod: LiveLife, at: number, by: NonNullable<Life['markedBy']>, forced = false) => {
    if (!isActive(pod) && !forced) return;
    pod.markedAt ??= at;
    pod.markedBy ??= by;
    const gone = forced || pod.node === undefined ? at : endedBy(facts, pod.node, pod.markedAt);
    if (gone !== undefined) pod.goneAt = gone;
    agenda.add(gone);
  };

  const make = (wanted: Want['make'][number], at: number) => {
    const serial = made;
    made += 1;
    const name = nameOf(workload, wanted, serial);
    const meantFor = wanted.node ? { meantFor: wanted.node } : {};
    lives.push({
      workload,
      name,
      revision: wanted.revision,
      serial,
      createdAt: at + REACTION_SECONDS,
      ...meantFor,
      ...broken,
    });
    agenda.add(at + REACTION_SECONDS);
  };

  const bind = (pod: LiveLife, schedule: Scheduler, at: number) => {
    if (workload.kind !== 'StaticPod' && isUnscheduledAt(facts, at)) return;
    const node = schedule(pod);
    if (!node) return;
    Object.assign(pod, { node, boundAt: at, address: addressOf(facts, pod, node) });
    const starts = kubeletRuns(node, at) ? at : node.kubeletStartedAt;
    if (starts !== undefined) pod.readyAt = starts + READY_AFTER_SECONDS;
    agenda.add(pod.readyAt);
  };

  for (let at = agenda.next(); at !== undefined; at = agenda.next()) {
    for (const deed of deedsOf(facts)) {
      if (deed.did !== 'end' || deed.at !== at) continue;
      const pod = lives.find((each) => each.name === deed.pod.name && existsAt(each, at));
      if (pod && workload.namespace === deed.pod.namespace) end(pod, at, 'request', deed.forced);
    }
    for (const exit of exits) {
      if (exit.at !== at) continue;
      for (const pod of lives) if (pod.node === exit.node) end(pod, at, 'node');
    }
    const schedule = schedulerAt(facts, workload, lives, at);
    for (const pod of lives) if (!pod.node && pod.createdAt <= at && isActive(pod)) bind(pod, schedule, at);
    const want = controllers[workload.kind](lookAt(facts, workload, lives, at));
    for (const pod of want.end) end(pod, at, 'controller');
    for (const one of want.make) make(one, at);
    if (want.end.length > 0) agenda.add(at + REACTION_SECONDS);
  }
  return lives;
}

function firstLife(facts: Facts, { workload, name, node, address, createdAt, broken }: Settler): LiveLife {
  const revision = firstRevision(facts, workload);
  return {
    workload,
    name,
    node,
    address,
    createdAt,
    boundAt: createdAt,
    readyAt: createdAt + READY_AFTER_SECONDS,
    revision,
    ...(broken ? { broken } : {}),
  };
}

/** When something may change for this workload from outside. All else follows from it. */
function momentsFor(facts: Facts, workload: Workload): number[] {
  const nodes = silentNodes(facts).flatMap((node) => {
    const back = node.kubeletStartedAt;
    return [evictionAt(node), ...(back === undefined ? [] : [back, back + READY_AFTER_START_SECONDS])];
  });
  const scaling = replicaChanges(facts, workload).map(({ at }) => at);
  const { until } = facts.brokenPart ?? {};
  // A scheduler that starts places what waits.
  const mended = until === undefined ? [] : [until + SCHEDULED_AFTER_SECONDS];
  return [...nodes, ...mended, ...scaling, ...deedsOf(facts).map(({ at }) => at)].filter((at) => at !== undefined);
}

/** When all pods that do not tolerate it leave a node: silent for five minutes, or under a NoExecute taint. */
function exitsOf(facts: Facts): { readonly node: NodeFacts; readonly at: number }[] {
  const silent = silentNodes(facts).map((node) => ({ node, at: evictionAt(node) ?? Number.NaN }));
  const names = new Set(writes(facts).flatMap(({ about, taints }) => (taints ? [about.name] : [])));
  const tainted = [...names].flatMap((name) => {
    const node = nodeNamed(facts, name);
    return node ? noExecuteAt(facts, node).map((at) => ({ node, at })) : [];
  });
  return [...silent, ...tainted].filter(({ at }) => !Number.isNaN(at));
}

/** When the kubelet has ended a pod marked at that moment. `undefined`: never, as nobody is there to do it. */
function endedBy(facts: Facts, node: NodeFacts, markedAt: number): number | undefined {
  if (kubeletRuns(node, markedAt)) return markedAt + END_SECONDS;
  const off = outOfServiceAt(facts, node);
  const ends = [
    ...(node.kubeletStartedAt === undefined ? [] : [node.kubeletStartedAt + END_SECONDS]),
    ...(off === undefined ? [] : [Math.max(off, markedAt) + COLLECTED_SECONDS]),
  ];
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function lookAt(facts: Facts, workload: Workload, lives: readonly Life[], at: number): Look {
  const lasts = (pod: Life) => livesFor({ ...pod, node: pod.node, life: pod }, at) === undefined;
  return {
    pods: lives.filter(({ goneAt = Number.POSITIVE_INFINITY }) => at < goneAt),
    isReady: (pod) => lasts(pod) && isReadyAt(pod, at) && !(pod.node && silenceOf(pod.node, at)),
    name: workload.name,
    replicas: replicasAt(facts, workload, at),
    revision: revisionAt(facts, workload, at),
    paused: isPaused(facts, workload, at),
    nodes: workload.kind === 'StaticPod' ? facts.nodes.filter(({ controlPlane }) => controlPlane) : facts.nodes,
  };
}

const controllers: Readonly<Record<Workload['kind'], (look: Look) => Want>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  // A kubelet makes the mirror of its static pod again, as a DaemonSet's controller would.
  StaticPod: daemonSet,
};

function nameOf(workload: Workload, { revision, ordinal, node }: Want['make'][number], serial: number): string {
  const suffix = suffixOf(FIRST_ORDINAL + serial);
  switch (workload.kind) {
    case 'Deployment':
      return `${workload.name}-${revision.hash}-${suffix}`;
    case 'StatefulSet':
      return `${workload.name}-${ordinal}`;
    case 'DaemonSet':
      return `${workload.name}-${suffix}`;
    case 'StaticPod':
      return `${workload.name}-${node?.name}`;
  }
}

/** A seat of its own among those the first pods left free, as far as they reach. */
function addressOf(facts: Facts, { workload, serial = 0 }: Life, node: NodeFacts): string {
  if (workload.hostNetwork) return node.address;
  const lane = workloadsOf(facts).indexOf(workload);
  return addressOn(node, FIRST_SEAT + ((lane * SEATS_EACH + (serial % SEATS_EACH)) % (LAST_SEAT - FIRST_SEAT)));
}
