import type { Case } from '../../../engine/replay.ts';
import { requestKey } from '../../../engine/request.ts';
import * as queries from '../../../runbooks/disk-io/queries.ts';
import { exporterUp, kubeletUp } from '../../../runbooks/evidence/scrape-targets.ts';
import { type Happening, nodeEventsRead } from '../happening.ts';

/** What a figure was so many minutes ago; `undefined`: no scrape saw it. */
export type Over = (minutesAgo: number) => number | undefined;
type Figures = Readonly<Record<string, Over>>;
export type Reads = Case['reads'];
export type Answer = Reads[string];

export interface PodSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly phase?: string;
  readonly isStatic?: boolean;
  readonly isEnding?: boolean;
}

/** An event of the node: how many minutes ago, why, and who said so. */
/** Half an hour of one worker as the runbook meets it. */
export interface World {
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  readonly cordoned: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly provider: string;
  readonly leaseSeconds: number;
  readonly events: readonly Happening[];
  readonly pods: readonly PodSpec[];
  /** Of pods that wait: the reason of each event and how many minutes ago it was. */
  readonly starting: Readonly<Record<string, readonly { readonly reason: string; readonly minutesAgo: number }[]>>;
  readonly readyz: Answer;
  readonly disks: Readonly<Record<string, Figures>>;
  readonly stalled: Over | undefined;
  readonly mounts: readonly {
    readonly device: string;
    readonly mountpoint: string;
    readonly turnedReadOnly?: boolean;
    /** Neither kubelet nor runtime keeps data on it. */
    readonly holdsNothing?: boolean;
  }[];
  /** `bytes`: as many written as read. */
  readonly best: Readonly<Record<string, Partial<Record<'bytes' | 'written' | 'read' | 'requests', number>>>>;
  readonly machine: Figures;
  readonly writers: readonly {
    readonly pod: string;
    readonly figure: 'written' | 'read';
    readonly device?: string;
    readonly is: Over;
  }[];
  /** By device; '': cAdvisor names none. */
  readonly together: Readonly<Record<string, Over>>;
  /** What pods read is not collected. */
  readonly unread?: boolean;
  readonly logs: Readonly<Record<string, Over>>;
  readonly logsSeen: Over;
  readonly pulls: Figures;
  /** How many images of each size were pulled, as the kubelet names it; absent: it does not tell. */
  readonly sizes?: Figures;
  readonly heartbeats: Figures;
  readonly scrapes: Figures;
  readonly fleet: Readonly<Record<string, number>>;
  /** What its kubelet answers when it is asked itself, and when it is asked again; absent: it may not be. */
  readonly kubelet?: readonly [first: Answer, second?: Answer];
  /** The ReplicaSet of the pod whose log grew most. */
  readonly set:
    | { readonly name: string; readonly deployment: string; readonly madeMinutesAgo: number; readonly revision: number }
    | undefined;
}

/** As in most clusters: its kubelets may not be asked. */
const notConfigured: Answer = {
  failure: { kind: 'not-configured', message: 'the kubelets of this cluster may not be asked themselves' },
};

export const NODE = 'worker-3';
export const now = new Date('2026-11-21T03:00:00.000Z');
const exporter = { job: 'node-exporter', instance: '10.20.0.15:9100' };
const kubelet = { job: 'kubelet', instance: '10.20.0.15:10250' };

export const at = (minutesAgo: number) => new Date(now.getTime() - minutesAgo * 60_000).toISOString();

/** Every read of the runbook in this world, keyed as the engine asks. */
export function readsOf(world: World): Reads {
  const logs = Object.values(world.logs).length + [...points(world.logsSeen)].length;
  return {
    [`get Node ${NODE}`]: { body: nodeOf(world) },
    [requestKey({ verb: 'get', kind: 'Lease', name: NODE, namespace: 'kube-node-lease' })]: { body: leaseOf(world) },
    ...nodeEventsRead(NODE, now, world.events),
    [requestKey({ verb: 'list', kind: 'Pod', fieldSelector: `spec.nodeName=${NODE}` })]: {
      body: { items: world.pods.map(podOf) },
    },
    ...startingOf(world),
    [requestKey({ verb: 'probe', path: '/readyz?verbose' })]: world.readyz,
    [query(exporterUp(NODE))]: { body: [upOf(exporter)] },
    [query(kubeletUp(NODE))]: { body: ['/metrics', '/metrics/cadvisor'].map((path) => upOf(kubelet, path)) },
    [range(queries.diskFigures(exporter))]: { body: disksOf(world) },
    [query(queries.mountFigures(exporter))]: { body: mountsOf(world) },
    [query(queries.bestOfDisks(exporter))]: { body: bestOf(world) },
    [range(queries.machineFigures(exporter))]: { body: seriesOf(world.machine) },
    [range(queries.writerFigures(kubelet))]: { body: writersOf(world) },
    [range(queries.logFigures(kubelet))]: { body: logsOf(world) },
    ...(logs > 0 && world.set ? { [`get ReplicaSet shop/${world.set.name}`]: { body: setOf(world.set) } } : {}),
    [range(queries.pullFigures(kubelet))]: { body: pullsOf(world) },
    [range(queries.heartbeatFigures(NODE))]: { body: seriesOf(world.heartbeats) },
    [range(queries.scrapeFigures(kubelet))]: { body: seriesOf(world.scrapes) },
    ...kubeletOf(world),
    [query(queries.fleetFigures(NODE))]: {
      body: Object.entries(world.fleet).map(([figure, value]) => ({
        labels: { figure },
        value,
        at: now.toISOString(),
      })),
    },
  };
}

function kubeletOf({ kubelet: asked = [notConfigured] }: World): Reads {
  const [first, second] = asked;
  const request = { verb: 'kubelet', node: NODE, path: '/stats/summary' } as const;
  return {
    [requestKey(request)]: first,
    ...(second ? { [requestKey({ ...request, afterSeconds: 6 })]: second } : {}),
  };
}

export const query = (promql: string) => requestKey({ verb: 'query', promql });
export const range = (promql: string) => requestKey({ verb: 'range', promql, windowSeconds: 1800, stepSeconds: 60 });
export const targets = { exporter, kubelet };

function* points(over: Over) {
  for (let minutesAgo = 30; minutesAgo >= 0; minutesAgo -= 1) {
    const value = over(minutesAgo);
    if (value !== undefined) yield { at: at(minutesAgo), value: Number(value.toPrecision(6)) };
  }
}

export function series(labels: Readonly<Record<string, string>>, over: Over | undefined) {
  const found = over ? [...points(over)] : [];
  return found.length === 0 ? [] : [{ labels, points: found }];
}

function seriesOf(figures: Figures) {
  return Object.entries(figures).flatMap(([figure, over]) => series({ figure }, over));
}

function pullsOf({ pulls, sizes = {} }: World) {
  const bySize = Object.entries(sizes).flatMap(([size, over]) =>
    series({ figure: 'sizes', image_size_in_bytes: size }, over),
  );
  return [...seriesOf(pulls), ...bySize];
}

function disksOf({ disks, stalled }: World) {
  const each = Object.entries(disks).flatMap(([device, figures]) =>
    Object.entries(figures).flatMap(([figure, over]) => series({ figure, device }, over)),
  );
  return [...each, ...series({ figure: 'stalled' }, stalled)];
}

/** Who writes and does not read has a series that says so. */
function readsNothing({ pod, figure, device = '/dev/vda', is }: World['writers'][number], all: World['writers']) {
  const reads = all.some((one) => one.figure === 'read' && one.pod === pod && (one.device ?? '/dev/vda') === device);
  if (figure === 'read' || reads) return [];
  const none: Over = (minutesAgo) => (is(minutesAgo) === undefined ? undefined : 0);
  return series({ figure: 'read', namespace: 'shop', pod, ...(device ? { device } : {}) }, none);
}

function writersOf({ writers, together, unread = false }: World) {
  return [
    ...writers.flatMap(({ pod, figure, device = '/dev/vda', is }) =>
      series({ figure, namespace: 'shop', pod, ...(device ? { device } : {}) }, is),
    ),
    ...(unread ? [] : writers.flatMap((one) => readsNothing(one, writers))),
    ...Object.entries(together).flatMap(([device, over]) =>
      series({ figure: 'together', ...(device ? { device } : {}) }, over),
    ),
  ];
}

function logsOf({ logs, logsSeen }: World) {
  const sizes = Object.entries(logs).flatMap(([pod, over]) =>
    series({ figure: 'size', namespace: 'shop', pod, container: 'app', uid: `${pod}-uid` }, (minute) => {
      const value = over(minute);
      return value !== undefined && value > queries.LOG_FLOOR_BYTES ? value : undefined;
    }),
  );
  return [...sizes, ...series({ figure: 'seen' }, logsSeen)];
}

function mountsOf({ mounts }: World) {
  return mounts.flatMap(({ device, mountpoint, turnedReadOnly = false, holdsNothing = false }) => [
    ...(holdsNothing
      ? []
      : [{ labels: { figure: 'holdsData', device, mountpoint }, value: 1e11, at: now.toISOString() }]),
    ...(turnedReadOnly
      ? [{ labels: { figure: 'turnedReadOnly', device, mountpoint }, value: 1, at: now.toISOString() }]
      : []),
  ]);
}

function bestOf({ best }: World) {
  return Object.entries(best).flatMap(([device, { bytes, ...figures }]) =>
    Object.entries({ ...(bytes === undefined ? {} : { written: bytes, read: bytes }), ...figures }).map(
      ([figure, value]) => ({ labels: { figure, device }, value, at: now.toISOString() }),
    ),
  );
}

function upOf({ job, instance }: typeof exporter, path?: string) {
  const labels = { __name__: 'up', job, instance, ...(path ? { metrics_path: path } : {}) };
  return { labels, value: 1, at: now.toISOString() };
}

function nodeOf({ ready, conditions, cordoned, provider, labels }: World) {
  const condition = (type: string, status: string, message: string) => ({
    type,
    status,
    message,
    reason: '',
    lastHeartbeatTime: at(2),
    lastTransitionTime: at(12),
  });
  const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];
  return {
    metadata: { name: NODE, creationTimestamp: '2026-10-10T06:00:00Z', ...(labels ? { labels } : {}) },
    spec: {
      ...(provider ? { providerID: `${provider}:///eu-1a/i-0abc` } : {}),
      ...(cordoned ? { unschedulable: true } : {}),
    },
    status: {
      conditions: [
        ...pressures.map((type) => condition(type, ready === 'Unknown' ? 'Unknown' : 'False', '')),
        ...conditions.map(({ type, status, message }) => condition(type, status, message)),
        condition('Ready', ready, ready === 'True' ? 'kubelet is posting ready status' : ''),
      ],
      addresses: [{ type: 'InternalIP', address: '10.20.0.15' }],
      nodeInfo: { bootID: 'b', kubeletVersion: 'v1.33.4', containerRuntimeVersion: 'containerd://2.1.3' },
    },
  };
}

function leaseOf({ leaseSeconds }: World) {
  const renewTime = new Date(now.getTime() - leaseSeconds * 1000).toISOString();
  return { metadata: { resourceVersion: '1' }, spec: { holderIdentity: NODE, leaseDurationSeconds: 40, renewTime } };
}

function podOf({ name, namespace = 'shop', owner, phase = 'Running', isStatic = false, isEnding = false }: PodSpec) {
  return {
    metadata: {
      name,
      namespace,
      ...(owner ? { ownerReferences: [{ ...owner, controller: true }] } : {}),
      ...(isStatic ? { annotations: { 'kubernetes.io/config.mirror': 'x' } } : {}),
      ...(isEnding ? { deletionTimestamp: at(1) } : {}),
    },
    status: { phase },
  };
}

function startingOf({ pods, starting }: World): Reads {
  const waiting = pods.filter(({ phase, isEnding }) => phase === 'Pending' && !isEnding);
  const asked = waiting.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, 3);
  return Object.fromEntries(
    asked.map(({ name }) => {
      const events = starting[name] ?? [];
      const items = events.map(({ reason, minutesAgo }) => ({
        reason,
        message:
          reason === 'FailedMount' ? 'Unable to attach or mount volumes: timed out waiting for the condition' : '',
        lastTimestamp: at(minutesAgo),
        metadata: { creationTimestamp: at(minutesAgo) },
      }));
      const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name}`;
      const asKey = { verb: 'list', kind: 'Event', namespace: 'shop', fieldSelector, limit: 100, fresh: true } as const;
      return [requestKey(asKey), { body: { items } }];
    }),
  );
}

function setOf({ deployment, madeMinutesAgo, revision }: NonNullable<World['set']>) {
  return {
    metadata: {
      creationTimestamp: at(madeMinutesAgo),
      annotations: { 'deployment.kubernetes.io/revision': `${revision}` },
      ownerReferences: [{ kind: 'Deployment', name: deployment, controller: true }],
    },
  };
}
