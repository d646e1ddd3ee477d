import type { Case } from '../../../engine/replay.ts';
import { requestKey } from '../../../engine/request.ts';
import { exporterUp, kubeletUp } from '../../../runbooks/evidence/scrape-targets.ts';
import * as queries from '../../../runbooks/pid-exhaustion/queries.ts';
import { eventOf, type Happening, nodeEventsRead } from '../happening.ts';

/** What a figure was so many minutes ago; `undefined`: no scrape saw it. */
export type Over = (minutesAgo: number) => number | undefined;
export type Reads = Case['reads'];
export type Answer = Reads[string];

export interface PodSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly phase?: string;
  readonly isStatic?: boolean;
  readonly isEnding?: boolean;
  readonly endedAs?: 'victim' | 'turned-away';
  /** Of the network: the label `k8s-app`. */
  readonly app?: string;
  /** What the API server answers when its log is asked for; absent: it has written nothing that matters. */
  readonly log?: Answer;
}

/** What a pod of the namespace `shop` holds; each figure as cAdvisor counts it. */
export interface Holding {
  readonly pod: string;
  readonly namespace?: string;
  readonly threads: Over;
  readonly processes?: number;
  readonly limit?: number;
  /** Of its limit; absent with a limit: threads of that. */
  readonly share?: Over;
}

/** An event of the node, or of a pod: how many minutes ago, why, and who said so. */
/** Half an hour of one worker as the runbook meets it. */
export interface World {
  readonly ready: 'True' | 'False' | 'Unknown';
  /** Minutes since the kubelet reports it; absent: it does not. */
  readonly pressureMinutes?: number;
  readonly cordoned: boolean;
  readonly events: readonly Happening[];
  readonly pods: readonly PodSpec[];
  readonly readyz: Answer;
  readonly machine: Readonly<Record<string, Over>>;
  readonly holdings: readonly Holding[];
  readonly together: Over;
  readonly podCount: Over;
  readonly limitsSeen: Over | undefined;
  readonly allPods?: { readonly threads: Over; readonly max: Over };
  /** Events of the pods that hold most, by the pod's name. */
  readonly podEvents: Readonly<Record<string, readonly Happening[]>>;
  /** What its kubelet answers when it is asked itself; absent: it may not be. */
  readonly kubelet?: Answer;
  /** ReplicaSets by name. */
  readonly sets: Readonly<
    Record<string, { readonly deployment?: string; readonly madeMinutesAgo: number; readonly revision: number }>
  >;
}

/** As in most clusters: its kubelets may not be asked. */
const notConfigured: Answer = {
  failure: { kind: 'not-configured', message: 'the kubelets of this cluster may not be asked themselves' },
};

export const NODE = 'worker-3';
export const now = new Date('2026-11-21T03:00:00.000Z');
export const targets = {
  exporter: { job: 'node-exporter', instance: '10.20.0.15:9100' },
  kubelet: { job: 'kubelet', instance: '10.20.0.15:10250' },
};

export const at = (minutesAgo: number) => new Date(now.getTime() - minutesAgo * 60_000).toISOString();
export const query = (promql: string) => requestKey({ verb: 'query', promql });
export const range = (promql: string) => requestKey({ verb: 'range', promql, windowSeconds: 1800, stepSeconds: 60 });

/** Every read of the runbook in this world, keyed as the engine asks. */
export function readsOf(world: World): Reads {
  return {
    [`get Node ${NODE}`]: { body: nodeOf(world) },
    ...nodeEventsRead(NODE, now, world.events),
    [requestKey({ verb: 'list', kind: 'Pod', fieldSelector: `spec.nodeName=${NODE}` })]: {
      body: { items: world.pods.map(podOf) },
    },
    [requestKey({ verb: 'probe', path: '/readyz?verbose' })]: world.readyz,
    [query(exporterUp(NODE))]: { body: [upOf(targets.exporter)] },
    [query(kubeletUp(NODE))]: {
      body: ['/metrics', '/metrics/cadvisor'].map((path) => upOf(targets.kubelet, path)),
    },
    [range(queries.machineFigures(targets.exporter))]: {
      body: Object.entries(world.machine).flatMap(([figure, over]) => series({ figure }, over)),
    },
    [range(queries.podFigures(targets.kubelet))]: { body: podFiguresOf(world) },
    ...suspectsOf(world),
    ...logsOf(world),
    [requestKey({ verb: 'kubelet', node: NODE, path: '/stats/summary' })]: world.kubelet ?? notConfigured,
  };
}

export function* points(over: Over) {
  for (let minutesAgo = 30; minutesAgo >= 0; minutesAgo -= 1) {
    const value = over(minutesAgo);
    if (value !== undefined) yield { at: at(minutesAgo), value: Number(value.toPrecision(6)) };
  }
}

function series(labels: Readonly<Record<string, string>>, over: Over | undefined) {
  const found = over ? [...points(over)] : [];
  return found.length === 0 ? [] : [{ labels, points: found }];
}

function shareOf({ share, limit, threads }: Holding): Over | undefined {
  if (share) return share;
  if (limit === undefined) return undefined;
  return (minutesAgo) => {
    const held = threads(minutesAgo);
    return held === undefined ? undefined : held / limit;
  };
}

function podFiguresOf({ holdings, together, podCount, limitsSeen, allPods }: World) {
  const each = holdings.flatMap((holding) => {
    const { pod, namespace = 'shop', threads, processes, limit } = holding;
    const labels = { namespace, pod };
    const whileThere = (value: number | undefined): Over | undefined =>
      value === undefined ? undefined : (minutesAgo) => (threads(minutesAgo) === undefined ? undefined : value);
    return [
      ...series({ figure: 'threads', ...labels }, threads),
      ...series({ figure: 'share', ...labels }, shareOf(holding)),
      ...series({ figure: 'limit', ...labels }, whileThere(limit)),
      ...series({ figure: 'processes', ...labels }, whileThere(processes)),
    ];
  });
  return [
    ...each,
    ...series({ figure: 'together' }, together),
    ...series({ figure: 'pods' }, podCount),
    ...series({ figure: 'limitsSeen' }, limitsSeen),
    ...series({ figure: 'allPods' }, allPods?.threads),
    ...series({ figure: 'allPodsMax' }, allPods?.max),
  ];
}

/** The pod nearest to its limit and the one with most threads in all: as the runbook chooses whom to ask about. */
function suspectsOf(world: World): Reads {
  const peak = (over: Over | undefined) =>
    Math.max(0, ...[...points(over ?? (() => undefined))].map(({ value }) => value));
  const named = world.holdings.toSorted((a, b) => (a.pod < b.pod ? -1 : 1));
  const nearest = named.filter(shareOf).toSorted((a, b) => peak(shareOf(b)) - peak(shareOf(a)))[0];
  const biggest = named.toSorted((a, b) => peak(b.threads) - peak(a.threads))[0];
  const chosen = [...new Set([nearest, biggest])].filter((one) => one !== undefined);
  return Object.fromEntries(
    chosen.flatMap(({ pod, namespace = 'shop' }) => {
      const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${pod}`;
      const key = requestKey({ verb: 'list', kind: 'Event', namespace, fieldSelector, limit: 100, fresh: true });
      const items = (world.podEvents[pod] ?? []).map((event) => eventOf(now, event));
      const owner = world.pods.find(({ name }) => name === pod)?.owner;
      const set = owner?.kind === 'ReplicaSet' ? world.sets[owner.name] : undefined;
      return [
        [key, { body: { items } }],
        ...(owner && set ? [[`get ReplicaSet ${namespace}/${owner.name}`, { body: setOf(set) }]] : []),
      ];
    }),
  );
}

function logsOf({ pods }: World): Reads {
  const asked = pods
    .filter(({ app, phase = 'Running', isEnding }) => app && phase === 'Running' && !isEnding)
    .toSorted((a, b) => Number(b.app === 'kube-proxy') - Number(a.app === 'kube-proxy') || (a.name < b.name ? -1 : 1))
    .slice(0, 3);
  return Object.fromEntries(
    asked.map(
      ({ name, namespace = 'kube-system', app = '', log = { body: 'I1121 02:10:04.000000 1 server.go:1] up\n' } }) => [
        requestKey({ verb: 'logs', name, namespace, container: app, lines: 200 }),
        log,
      ],
    ),
  );
}

function upOf({ job, instance }: { readonly job: string; readonly instance: string }, path?: string) {
  const labels = { __name__: 'up', job, instance, ...(path ? { metrics_path: path } : {}) };
  return { labels, value: 1, at: now.toISOString() };
}

function nodeOf({ ready, pressureMinutes, cordoned }: World) {
  const condition = (type: string, status: string, message: string, minutes: number) => ({
    type,
    status,
    message,
    reason: '',
    lastHeartbeatTime: at(2),
    lastTransitionTime: at(minutes),
  });
  const pressed = pressureMinutes !== undefined;
  return {
    metadata: { name: NODE, creationTimestamp: '2026-10-10T06:00:00Z' },
    spec: {
      ...(cordoned ? { unschedulable: true } : {}),
      ...(pressed ? { taints: [{ key: 'node.kubernetes.io/pid-pressure', effect: 'NoSchedule' }] } : {}),
    },
    status: {
      conditions: [
        condition('MemoryPressure', ready === 'Unknown' ? 'Unknown' : 'False', '', 9_000),
        condition(
          'PIDPressure',
          ready === 'Unknown' ? 'Unknown' : pressed ? 'True' : 'False',
          pressed ? 'kubelet has insufficient PID available' : 'kubelet has sufficient PID available',
          pressureMinutes ?? 9_000,
        ),
        condition('Ready', ready, ready === 'True' ? 'kubelet is posting ready status' : '', 9_000),
      ],
      addresses: [{ type: 'InternalIP', address: '10.20.0.15' }],
      nodeInfo: { bootID: 'b', kubeletVersion: 'v1.33.4', containerRuntimeVersion: 'containerd://2.1.3' },
    },
  };
}

const ends = {
  victim: 'The node was low on resource: pids. ',
  'turned-away': 'Pod The node had condition: [PIDPressure]. ',
};

function podOf(pod: PodSpec) {
  const { name, app, owner, phase = 'Running', isStatic = false, isEnding = false, endedAs } = pod;
  const { namespace = app ? 'kube-system' : 'shop' } = pod;
  return {
    metadata: {
      name,
      namespace,
      ...(app ? { labels: { 'k8s-app': app } } : {}),
      ...(owner ? { ownerReferences: [{ ...owner, controller: true }] } : {}),
      ...(isStatic ? { annotations: { 'kubernetes.io/config.mirror': 'x' } } : {}),
      ...(isEnding ? { deletionTimestamp: at(1) } : {}),
    },
    ...(app ? { spec: { containers: [{ name: app }] } } : {}),
    status: endedAs ? { phase: 'Failed', reason: 'Evicted', message: ends[endedAs] } : { phase },
  };
}

function setOf({ deployment, madeMinutesAgo, revision }: World['sets'][string]) {
  return {
    metadata: {
      creationTimestamp: at(madeMinutesAgo),
      annotations: { 'deployment.kubernetes.io/revision': `${revision}` },
      ...(deployment ? { ownerReferences: [{ kind: 'Deployment', name: deployment, controller: true }] } : {}),
    },
  };
}
