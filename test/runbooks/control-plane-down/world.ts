import type { Case } from '../../../engine/replay.ts';
import { requestKey } from '../../../engine/request.ts';
import { staticPodSelection } from '../../../runbooks/control-plane-down/pods.ts';
import { queryOf } from '../../../runbooks/control-plane-down/queries.ts';
import { aboutOf, type Component } from '../../../runbooks/control-plane-down/target.ts';

type Reads = Case['reads'];
export type Answer = Reads[string];
type FailureKind = NonNullable<Answer['failure']>['kind'];

export const now = new Date('2026-11-21T08:30:00.000Z');
/** So many seconds before now, RFC 3339. */
export const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
/** A klog line of so many seconds ago. */
export const klog = (level: 'I' | 'W' | 'E' | 'F', seconds: number, words: string) => {
  const at = ago(seconds);
  return `${level}${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 19)}.000123       1 ${words}`;
};

export interface LeaseSpec {
  readonly machine: string;
  /** Seconds since it was renewed, by the clock it is dated with. */
  readonly age: number;
}
export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly sinceSeconds: number;
  /** Of the kubelet's lease; `null`: it has none. */
  readonly leaseAge: number | null;
  readonly createdSeconds: number;
}
export interface PodSpec {
  readonly component: string;
  readonly node: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly waiting?: { readonly reason: string; readonly message?: string };
  /** How the run before ended, and how many seconds it had lasted. */
  readonly last?: {
    readonly reason: string;
    readonly exitCode: number;
    readonly seconds: number;
    readonly lasted?: number;
  };
  /** Since so many seconds its container runs; absent: it is not told. */
  readonly runsFor?: number;
  readonly flags: readonly string[];
  readonly image: string;
  readonly memoryLimit?: string;
  /** Its log: of the run that goes on (or the latest), and of the one before; absent: there is none. */
  readonly now?: string | undefined;
  readonly before?: string;
  readonly events: readonly Happening[];
}
export interface Happening {
  readonly seconds: number;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}
export interface Unbound {
  readonly name: string;
  readonly seconds: number;
  /** Since a scheduler said why; absent: none did. */
  readonly lookedSeconds?: number;
  readonly scheduler?: string;
  readonly isGated?: boolean;
}
export type Line = Readonly<Record<string, string | number | undefined>>;

/** A cluster with three machines of the control plane, as the runbook meets it. */
export interface World {
  component: Component;
  job: string | undefined;
  readyz: { status: number; text: string; date: string | undefined };
  leases: Record<'kube-scheduler' | 'kube-controller-manager', LeaseSpec | null>;
  machines: Machine[];
  pods: PodSpec[];
  unbound: Unbound[];
  /** They do not fit into one answer. */
  tooManyUnbound: boolean;
  scrapes: Line[];
  work: Record<string, number | undefined>;
  /** `Kubernetes`, `Prometheus`, or the key of one read. */
  failing: Map<string, FailureKind>;
}

const CHECKS = ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', 'shutdown'];
export const readyWith = (...failing: readonly string[]) => ({
  status: failing.length === 0 ? 200 : 500,
  text: `${CHECKS.map((name) => (failing.includes(name) ? `[-]${name} failed: reason withheld` : `[+]${name} ok`)).join('\n')}\n`,
  date: now.toUTCString(),
});

export const nodes = ['cp-1', 'cp-2', 'cp-3'];
const parts = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const quiet = [klog('I', 40_000, 'serving.go:386] Generated self-signed cert in-memory')];

export function world(component: Component, change: (made: World) => void = () => {}): World {
  const made: World = {
    component,
    job: undefined,
    readyz: readyWith(),
    leases: {
      'kube-scheduler': { machine: 'cp-1', age: 1.2 },
      'kube-controller-manager': { machine: 'cp-2', age: 0.8 },
    },
    machines: nodes.map((name, index) => ({
      ...{ name, address: `10.0.0.${index + 1}`, ready: 'True', sinceSeconds: 800_000 },
      ...{ leaseAge: 3 + index, createdSeconds: 900_000 },
    })),
    pods: nodes.flatMap((node) =>
      parts.map((part) => ({
        ...{ component: part, node, ready: true, restarts: 0, flags: ['--leader-elect=true'], events: [] },
        ...{ image: `registry.k8s.io/${part}:v1.33.4`, now: quiet.join('\n') },
      })),
    ),
    unbound: [],
    tooManyUnbound: false,
    scrapes: nodes.map((node, index) => ({
      ...{ instance: `10.0.0.${index + 1}:${aboutOf(component).port}` },
      ...(component === 'kube-apiserver' ? {} : { pod: `${component}-${node}` }),
      ...{ up: 1, scrapeSeconds: 0.03, wasUp: 1, answeredAgo: 20 },
    })),
    work: {
      unbound: 0,
      behind: 0,
      unanswered: 0,
      apiUp: 3,
      apiAll: 3,
      apiAnsweredAgo: 20,
      unansweredBefore: 0,
      apiMachinesSilent: 0,
      machinesUp: 60,
      ...(component === 'kube-apiserver' ? {} : { leaseMoves: 140 }),
    },
    failing: new Map(),
  };
  change(made);
  return made;
}

/** The pods of the component itself, changed; `only` those on these machines. */
export function own(made: World, change: Partial<PodSpec>, only: readonly string[] = nodes): void {
  made.pods = made.pods.map((pod) =>
    pod.component === made.component && only.includes(pod.node) ? { ...pod, ...change } : pod,
  );
}

export function onMachine(made: World, name: string, change: Partial<Machine>): void {
  made.machines = made.machines.map((machine) => (machine.name === name ? { ...machine, ...change } : machine));
}

/** Targets on these machines do not answer. */
export function unscraped(
  made: World,
  change: Line = { up: 0, scrapeSeconds: 0.0008, answeredAgo: 900 },
  only = nodes,
): void {
  made.scrapes = made.scrapes.map((line, index) => (only.includes(nodes[index] ?? '') ? { ...line, ...change } : line));
}

/** The component's own lease. */
export function lease(made: World, spec: LeaseSpec | null): void {
  if (made.component !== 'kube-apiserver') made.leases[made.component] = spec;
}

/** All that could be asked in this world, and its answer; which of it is asked the runbook decides. */
export function readsOf(made: World): Reads {
  const reads: Reads = {};
  const put = (key: string, system: string, answer: Answer) => {
    const kind = made.failing.get(key) ?? made.failing.get(system);
    reads[key] = kind ? { failure: { kind, message: `${system}: ${kind}` } } : answer;
  };
  const kube = (key: string, body: unknown) => put(key, 'Kubernetes', { body });
  kube('probe /readyz?verbose', made.readyz);
  for (const [name, spec] of Object.entries(made.leases)) {
    const key = `get Lease kube-system/${name}`;
    if (spec) kube(key, electionOf(spec));
    else put(key, 'Kubernetes', { failure: { kind: 'not-found', message: `leases "${name}" not found` } });
  }
  kube(requestKey({ verb: 'list', kind: 'Pod', ...staticPodSelection }), { items: made.pods.map(podOf) });
  const selector = 'node-role.kubernetes.io/control-plane';
  kube(requestKey({ verb: 'list', kind: 'Node', labelSelector: selector }), { items: made.machines.map(nodeOf) });
  for (const { name, leaseAge } of made.machines) {
    const key = `get Lease kube-node-lease/${name}`;
    if (leaseAge === null) put(key, 'Kubernetes', { failure: { kind: 'not-found', message: 'not found' } });
    else kube(key, { metadata: { resourceVersion: '7' }, spec: { holderIdentity: name, renewTime: ago(leaseAge) } });
  }
  for (const pod of made.pods) logsAndEvents(pod, kube, put);
  const without = requestKey({ verb: 'list', kind: 'Pod', fieldSelector: 'spec.nodeName=' });
  if (made.tooManyUnbound) put(without, 'Kubernetes', { failure: { kind: 'too-large', message: 'over 4 MiB' } });
  else kube(without, { items: made.unbound.map(unboundOf) });
  const target = targetOf(made);
  const query = (promql: string, body: unknown) => put(requestKey({ verb: 'query', promql }), 'Prometheus', { body });
  query(queryOf.scrapes(target), [...made.scrapes.flatMap(samples), ...samples({ targets: 84 })]);
  query(queryOf.work(target), samples(made.work));
  return reads;
}

export function targetOf({ component, job }: World) {
  return { kind: 'Component', name: component, ...(job ? { job } : {}) } as const;
}

function samples(line: Line) {
  const named = ['instance', 'pod'].flatMap((label) => (line[label] === undefined ? [] : [[label, line[label]]]));
  return Object.entries(line).flatMap(([figure, value]) =>
    typeof value === 'number'
      ? [{ labels: { ...Object.fromEntries(named), figure }, value, at: now.toISOString() }]
      : [],
  );
}

function electionOf({ machine, age }: LeaseSpec) {
  const holderIdentity = machine && `${machine}_8f0d1c3e-0a52-4e1f-9c5e-1f2a3b4c5d6e`;
  return { spec: { holderIdentity, renewTime: ago(age), acquireTime: ago(80_000), leaseTransitions: 3 } };
}

function nodeOf({ name, address, ready, sinceSeconds, createdSeconds }: Machine) {
  return {
    metadata: { name, creationTimestamp: ago(createdSeconds), labels: { 'kubernetes.io/hostname': name } },
    status: {
      conditions: [{ type: 'Ready', status: ready, lastTransitionTime: ago(sinceSeconds) }],
      addresses: [{ type: 'InternalIP', address }],
    },
  };
}

function podOf({ component, node, ready, restarts, waiting, last, runsFor, flags, image, memoryLimit }: PodSpec) {
  const ended = last && {
    ...{ reason: last.reason, exitCode: last.exitCode, finishedAt: ago(last.seconds) },
    ...(last.lasted === undefined ? {} : { startedAt: ago(last.seconds + last.lasted) }),
  };
  return {
    metadata: { name: `${component}-${node}`, labels: { component, tier: 'control-plane' } },
    spec: {
      nodeName: node,
      containers: [
        {
          ...{ name: component, image, command: [component, ...flags] },
          ...(memoryLimit ? { resources: { limits: { memory: memoryLimit } } } : {}),
        },
      ],
    },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [
        {
          ...{ name: component, restartCount: restarts },
          state: waiting ? { waiting } : { running: runsFor === undefined ? {} : { startedAt: ago(runsFor) } },
          lastState: ended ? { terminated: ended } : {},
        },
      ],
    },
  };
}

function logsAndEvents(
  { component, node, now: latest, before, events }: PodSpec,
  kube: (key: string, body: unknown) => void,
  put: (key: string, system: string, answer: Answer) => void,
): void {
  const name = `${component}-${node}`;
  const asked = { verb: 'logs', name, namespace: 'kube-system', container: component, lines: 60 } as const;
  const none = {
    failure: { kind: 'not-found', message: `previous terminated container "${component}" not found` },
  } as const;
  put(requestKey(asked), 'logs', latest === undefined ? none : { body: latest });
  put(requestKey({ ...asked, previous: true }), 'logs', before === undefined ? none : { body: before });
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name}`;
  kube(requestKey({ verb: 'list', kind: 'Event', namespace: 'kube-system', fieldSelector, limit: 100, fresh: true }), {
    items: events.map(({ seconds, reason, message, count }) => ({
      ...{ reason, message, count, metadata: { creationTimestamp: ago(seconds) }, lastTimestamp: ago(seconds) },
    })),
  });
}

function unboundOf({ name, seconds, lookedSeconds, scheduler, isGated }: Unbound) {
  const looked = lookedSeconds === undefined ? [] : [{ type: 'PodScheduled', lastTransitionTime: ago(lookedSeconds) }];
  return {
    metadata: { name, namespace: 'shop', creationTimestamp: ago(seconds) },
    spec: {
      ...(scheduler ? { schedulerName: scheduler } : {}),
      ...(isGated ? { schedulingGates: [{ name: 'example.com/hold' }] } : {}),
    },
    status: { conditions: looked },
  };
}
