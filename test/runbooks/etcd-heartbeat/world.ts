import type { ReadFailureKind } from '../../../engine/errors.ts';
import { investigate } from '../../../engine/investigate.ts';
import { Case, caseClock, caseSource } from '../../../engine/replay.ts';
import type { CauseReport, Report } from '../../../engine/report.ts';
import { requestKey } from '../../../engine/request.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/etcd-heartbeat/index.ts';
import {
  apiServerFigures,
  containerFigures,
  etcdFigures,
  etcdJob,
  machineFigures,
  nodeFigures,
  writerFigures,
} from '../../../runbooks/etcd-heartbeat/queries.ts';
import type { ContainerUse, Machine, NodeUse, Operation } from '../../../runbooks/etcd-heartbeat/seen.ts';
import type { Write } from '../../../runbooks/etcd-heartbeat/writers.ts';
import { together } from '../../../runbooks/evidence/figures.ts';
import { calm } from './logs.ts';
import { errorOf, failure, instanceOf, samples as samplesAt } from './world-answers.ts';
import { clusterReads, type PodObject } from './world-kubernetes.ts';

type Figures = Record<string, number | undefined>;

/** One member: what each table of the runbook holds of it. An undefined figure is one Prometheus does not have. */
export interface MemberWorld {
  readonly node: string;
  readonly host: string;
  readonly id: string;
  /** That is scraped: by kubeadm's custom a port of its metrics, 2379 that of its clients. */
  port: number;
  /** Members of another one know nothing of it. */
  etcd: string;
  /** The pod that is scraped, where it is none of the control plane. */
  application?: { readonly namespace: string; readonly pod: string };
  members: Figures;
  heartbeats: Figures;
  fsync: Figures;
  scrapes: Figures;
  apply: Figures;
  space: Figures;
  /** To every other member, and what differs to the member with this id, or is known of one that is no member. */
  peers: Figures;
  peersTo: Record<string, Figures>;
  /** Of its last scrape; left out: what follows from `members` (see `errorOf`). */
  lastError?: string;
  /** Flags and resources of its static pod, whether its container runs, and whether pod and node are ready. */
  pod: {
    flags: string[];
    limits: Record<string, string>;
    ready: boolean;
    runs: boolean | undefined;
    nodeReady: string;
    startedAt: string;
    /** Instead of the address that is scraped. */
    address?: string;
    lastExit?: string;
    restarts?: number;
    endedAt?: string;
    /** How its container is started, instead of `etcd` with those flags. */
    start?: Readonly<Record<string, unknown>>;
  };
  /** Lines of the last half hour. */
  log: readonly string[];
}

export interface World {
  /** That scrapes the members. */
  job: string;
  /** The first leads. */
  members: MemberWorld[];
  container: ContainerUse[];
  nodeLoad: (Omit<NodeUse, 'device'> & { readonly device?: string })[];
  /** Other scrape targets on the machines, and whether they answer. */
  machines: Machine[];
  /** Bytes a second by pod (with its object, as far as it is read) and, without one, of the machine. */
  writers: (Omit<Write, 'namespace' | 'pod'> & {
    readonly namespace?: string;
    readonly pod?: string;
    readonly object?: PodObject;
  })[];
  apiServerView: (Omit<Operation, 'operation'> & { readonly operation?: string })[];
  /** Undefined: 200, all checks pass. */
  etcdCheck: 'ok' | 'failed';
  /** Undefined: as old as the check of etcd makes it. */
  leaseAgeSeconds: number | 'absent' | undefined;
  /** The API server refuses connections; only while reads of Kubernetes fail as `unreachable`. */
  refusesConnections: boolean;
  /** `false`: etcd runs elsewhere. */
  staticPods: boolean;
  provider: string | undefined;
  /** Evidence, or hosts of members, that Prometheus has no series for. */
  without: Set<string>;
  /** Evidence, or a whole system, whose reads fail. */
  failing: Map<string, ReadFailureKind>;
}

export const now = '2026-11-21T03:00:00Z';
const samples = (labels: Record<string, string>, figures: Readonly<Record<string, unknown>>) =>
  samplesAt(labels, figures, now);

function member(index: number): MemberWorld {
  const host = `10.0.0.${index + 1}`;
  const clients = `--listen-client-urls=https://127.0.0.1:2379,https://${host}:2379`;
  const leads = index === 0 ? 1 : 0;
  return {
    node: `cp-${index + 1}`,
    host,
    id: `a${index + 1}`,
    port: 2381,
    etcd: 'main',
    members: {
      up: 1,
      scrapeSeconds: 0.008,
      hasLeader: 1,
      leads,
      led: leads,
      restarts: 0,
      memoryBytes: 2e8,
      ageSeconds: 12,
    },
    heartbeats: { late: 0, lateNow: 0, elections: 0 },
    fsync: { p99: 0.003, p95: 0.002, p99Now: 0.003, count: 9_000, slow: 0, long: 0, commitMean: 0.002 },
    scrapes: { usual: 0.008, p95: 0.02, answered: 20, seenSeconds: 600 },
    apply: { slow: 0, lag: 1, lagNow: 1, defrag: 0 },
    space: { used: 0.1, live: 0.9, sizeBytes: 214_748_365, puts: 1_300, refused: 0 },
    peers: { active: 1, rttP99: 0.0015, rttMean: 0.001, rttUsual: 0.001, failures: 0, tried: 90_000 },
    peersTo: {},
    pod: {
      flags: ['--listen-metrics-urls=http://0.0.0.0:2381', clients],
      limits: {},
      ready: true,
      runs: true,
      nodeReady: 'True',
      startedAt: '2026-10-02T08:11:30Z',
    },
    log: calm,
  };
}

/** Three healthy members of a kubeadm cluster, all scraped every 30 s; `change` makes the trouble. */
export function world(
  change: (world: World, leader: MemberWorld, follower: MemberWorld) => void = () => {},
  size = 3,
): World {
  const members = Array.from({ length: size }, (_, index) => member(index));
  const made: World = {
    job: 'etcd',
    members,
    container: [],
    nodeLoad: [],
    machines: [],
    writers: [],
    apiServerView: [{ operation: 'get', mean: 0.004, errors: 0 }, { storageBytes: 214_748_365 }],
    etcdCheck: 'ok',
    leaseAgeSeconds: undefined,
    refusesConnections: false,
    staticPods: true,
    provider: undefined,
    without: new Set(),
    failing: new Map(),
  };
  const [leader, follower = member(9)] = members;
  if (leader) change(made, leader, follower);
  return made;
}

const tables = ['members', 'heartbeats', 'fsync', 'scrapes', 'apply', 'space', 'peers'] as const;

/** Nobody scrapes etcd. */
export function unscraped(change: (made: World, leader: MemberWorld) => void = () => {}): World {
  return world((made, leader) => {
    for (const table of tables) made.without.add(table);
    change(made, leader);
  });
}

/** Every answer of this world, keyed by the question, as a recorded case holds them. */
export function readsOf(made: World): Case['reads'] {
  const figures = etcdFigures(etcdJob(made.job));
  const hosts = hostsOf(made);
  const queries: Record<string, [string, unknown[]]> = {
    ...Object.fromEntries(tables.map((table) => [table, [together(figures[table]), rowsOf(made, table)]])),
    container: [together(containerFigures), made.container.flatMap((row) => samples({ pod: row.pod }, row))],
    ...(hosts.length > 0 && {
      nodeLoad: [
        together(nodeFigures(hosts)),
        made.nodeLoad.flatMap((row) =>
          samples({ instance: row.instance, ...(row.device ? { device: row.device } : {}) }, row),
        ),
      ],
      machines: [
        together(machineFigures(hosts)),
        [...targetsOf(made), ...made.machines].flatMap(({ instance, answers }) => samples({ instance }, { answers })),
      ],
      writers: [
        together(writerFigures(hosts)),
        made.writers.flatMap(({ instance, namespace = '', pod = '', object: _, ...figures }) =>
          samples({ instance, ...(pod ? { namespace, pod } : {}) }, figures),
        ),
      ],
    }),
    apiServerView: [
      together(apiServerFigures),
      made.apiServerView.flatMap((row) => samples(row.operation ? { operation: row.operation } : {}, row)),
    ],
  };
  const ofPrometheus = Object.entries(queries).map(([id, [promql, body]]) => {
    const kind = made.failing.get(id) ?? made.failing.get('Prometheus');
    const answer = kind ? failure(kind, 'Prometheus') : { body: made.without.has(id) ? [] : body };
    return [requestKey({ verb: 'query', promql }), answer];
  });
  const kind = made.failing.get('Kubernetes');
  const ofKubernetes = Object.entries(clusterReads(made, now)).flatMap(([key, body]) => {
    const refused = made.refusesConnections;
    // No pod, so no node and no log.
    if (kind) return /^(get Node|logs) /.test(key) ? [] : [[key, failure(kind, 'the API server', refused)]];
    const [verb, which = ''] = key.split(' ');
    const unread = verb === 'logs' ? (made.failing.get('log') ?? made.failing.get(which)) : undefined;
    if (unread) return [[key, failure(unread, 'the log')]];
    return [[key, body === undefined ? failure('not-found', 'the object') : { body }]];
  });
  return { ...Object.fromEntries([...ofPrometheus, ...ofKubernetes]), ...targetsRead(made) };
}

/** The machines the runbook can know of: from the members that are scraped, and from the pods. */
function hostsOf({ members, without, failing, staticPods }: World): string[] {
  if (failing.has('Prometheus') || failing.has('members')) return [];
  const scraped = without.has('members')
    ? []
    : members.filter(({ host }) => !without.has(host)).map(({ host }) => host);
  const pods =
    staticPods && !failing.has('Kubernetes')
      ? members.flatMap(({ host, node, pod }) => [pod.address ?? host, node])
      : [];
  return [...new Set([...scraped, ...pods])].sort();
}

/** The members are scrape targets on those machines, too. */
function targetsOf({ members, without }: World): readonly Machine[] {
  const scraped = without.has('members') ? [] : members.filter(({ host }) => !without.has(host));
  return scraped.map((one) => ({ instance: instanceOf(one), answers: one.members.up ?? 0 }));
}

function rowsOf({ members, without, job }: World, table: (typeof tables)[number]): unknown[] {
  const scraped = members.filter(({ host }) => !without.has(host));
  return scraped.flatMap((one) => {
    const labels = { instance: instanceOf(one), job, ...(one.application ?? { pod: `etcd-${one.node}` }) };
    if (table === 'peers') {
      const others = members.filter((other) => other !== one && other.etcd === one.etcd);
      const strangers = Object.keys(one.peersTo).filter((id) => !members.some((member) => member.id === id));
      const ids = [...others.map(({ id }) => id), ...strangers];
      return ids.flatMap((id) => samples({ ...labels, To: id }, linkOf(one, id)));
    }
    const known = table === 'members' && one.id !== '' ? samples({ ...labels, server_id: one.id }, { id: 1 }) : [];
    return [...samples(labels, one[table]), ...known];
  });
}

/** What Prometheus tells of its targets. */
function targetsRead({ members, without, failing, job }: World): Case['reads'] {
  const kind = failing.get('scrapeErrors') ?? failing.get('Prometheus');
  const known = without.has('members') ? [] : members.filter(({ host }) => !without.has(host));
  const body = known.map((one) => {
    const lastError = one.lastError ?? errorOf(one);
    return { instance: instanceOf(one), health: lastError === '' ? 'up' : 'down', lastError };
  });
  const key = requestKey({ verb: 'targets', job });
  return Case.shape.reads.parse({ [key]: kind ? failure(kind, 'Prometheus') : { body } });
}

/** A member that does not answer has no present figures, but those over time live on. */
function linkOf(from: MemberWorld, to: string): Figures {
  const link = { ...from.peers, ...from.peersTo[to] };
  return from.members.up === 1 ? link : { ...link, active: undefined };
}

export function caseOf(made: World, expect: Case['expect'] = { causes: {} }, about = ''): Case {
  const target = { kind: 'Component', name: 'etcd', job: made.job };
  return Case.parse({ about, runbook: runbook.id, target, cluster: 'prod-eu', now, reads: readsOf(made), expect });
}

/** What the whole runbook, run by the real engine, says of this world. */
export async function look(made: World): Promise<Report> {
  const recorded = caseOf(made);
  return investigate(anyRunbook(runbook), recorded.target, {
    source: caseSource(recorded),
    clock: caseClock(recorded),
    cluster: recorded.cluster,
  });
}

export type CauseId = keyof typeof runbook.causes;

export async function verdict(made: World, id: CauseId | string): Promise<CauseReport> {
  const cause = (await look(made)).causes.find((candidate) => candidate.id === id);
  if (cause === undefined) throw new Error(`there is no cause ${id}`);
  return cause;
}
