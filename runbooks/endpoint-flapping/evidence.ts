import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { readyz } from '../evidence/control-plane.ts';
import { someOf } from '../evidence/figures.ts';
import { nodeObject } from '../evidence/node.ts';
import { nodeEvents } from '../evidence/node-events.ts';
import { nodeLease } from '../evidence/node-lease.ts';
import { Courses, overTime, WINDOW_MINUTES } from '../evidence/over-time.ts';
import { kubeletTarget } from '../evidence/scrape-targets.ts';
import { manager, managerLog } from './manager.ts';
import { podEvents, toAsk } from './pod-events.ts';
import { nodeFor, Pods, podReads, readPods } from './pods.ts';
import * as queries from './queries.ts';
import { Fleet, History, Kubelet, Room, type Seen } from './schema.ts';
import * as show from './show.ts';
import { endpoints } from './slices.ts';
import type { FlapTarget } from './target.ts';

type Of<Name extends keyof Seen> = Evidence<Seen[Name], FlapTarget>;
const windowSeconds = WINDOW_MINUTES * 60;

/** Evidence about a node, of the node on which the pods come and go. */
function ofTheNode<Value>(about: Evidence<Value, NodeTarget>): Evidence<Value, FlapTarget> {
  return {
    ...about,
    reads: [...podReads, ...(about.reads ?? [])],
    read: async (readers, target, context) => {
      const name = await nodeFor(readers, target, context.now);
      return about.read(readers, { kind: 'Node', name }, context);
    },
  };
}

const pods: Of<'pods'> = {
  title: 'Pods',
  schema: Pods,
  reads: podReads,
  read: (readers, target, { now }) => readPods(readers, target, now),
  show: show.pods,
};

const room = ofTheNode({
  title: 'Pods the node may have',
  schema: Room,
  reads: ['get Node'],
  read: ({ kube }, { name }) => kube.get('Node', name),
  show: String,
});

const heartbeats = ofTheNode({
  title: "Age of the node's lease, minute by minute",
  schema: Courses,
  read: ({ metrics }, { name }, { now }) =>
    overTime(metrics, queries.heartbeatFigures(name), now, 'of kube-state-metrics about this node'),
  show: show.heartbeats,
  windowSeconds,
  threshold: 'renewed every 10 s; silent beyond the grace period of the controller manager',
  thresholdSource: 'KubeletConfiguration v1beta1, nodeLeaseDurationSeconds 40, renewed at a quarter of it',
});

const kubelet = ofTheNode({
  title: "The kubelet's own process",
  schema: Kubelet,
  read: async ({ metrics }, { name }) =>
    someOf(
      await metrics.query(queries.kubeletFigures(await kubeletTarget(metrics, name, '/metrics'))),
      "of this node's kubelet",
    ),
  show: show.kubelet,
  threshold: '1 core; 95 % of the pods it may have',
  thresholdSource: 'chosen here; mixin, KubeletTooManyPods',
});

const counts = ofTheNode({
  title: 'What its kubelet counted, minute by minute',
  schema: Courses,
  read: async ({ metrics }, { name }, { now }) => {
    const target = await kubeletTarget(metrics, name, '/metrics');
    return overTime(metrics, queries.kubeletCounts(target), now, "of this node's kubelet");
  },
  show: show.counts,
  windowSeconds,
  threshold: 'relists begin every second: late beyond 10 s, while the node is silent',
  thresholdSource: 'kubelet, pleg/generic.go and metrics.go (the last bucket ends at 10 s)',
});

const fleet = ofTheNode({
  title: 'Other nodes, and how fast a lease is stored',
  schema: Fleet,
  read: async ({ metrics }, { name }) =>
    someOf(await metrics.query(queries.fleetFigures(name)), 'kube-state-metrics, the API server'),
  show: show.fleet,
  windowSeconds,
  threshold: '3 other nodes and a tenth of all flapping; a lease stored within 1 s (p99)',
  thresholdSource: 'chosen here',
});

const history: Of<'history'> = {
  title: 'How often pods and their containers changed',
  schema: History,
  reads: podReads,
  read: async (readers, target, { now }) => {
    const unwell = toAsk(Pods.parse(await readPods(readers, target, now)).pods, now);
    if (unwell.length === 0) return [];
    return someOf(await readers.metrics.query(queries.podFigures(unwell)), 'kube-state-metrics about these pods');
  },
  show: show.history,
  windowSeconds,
};

/** At most 15 Kubernetes calls, four of them for events of pods, and six PromQL queries; the longest chain is three. */
export const evidence = {
  pods,
  podEvents,
  endpoints,
  node: ofTheNode(nodeObject),
  room,
  lease: ofTheNode(nodeLease),
  events: ofTheNode(nodeEvents),
  readyz,
  manager,
  managerLog,
  heartbeats,
  kubelet,
  counts,
  fleet,
  history,
};
