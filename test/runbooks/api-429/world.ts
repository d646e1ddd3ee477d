import { investigate } from '../../../engine/investigate.ts';
import { Case, caseClock, caseSource } from '../../../engine/replay.ts';
import type { Report } from '../../../engine/report.ts';
import { requestKey } from '../../../engine/request.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { clients as clientsEvidence, dumpPaths } from '../../../runbooks/api-429/dumps.ts';
import { accountOf, loudest } from '../../../runbooks/api-429/holders.ts';
import { runbook } from '../../../runbooks/api-429/index.ts';
import * as queries from '../../../runbooks/api-429/queries.ts';
import { controlPlaneSelection } from '../../../runbooks/api-429/server-pods.ts';

import { levelsText, podsOf, requestsText, serverPodsOf } from './api-server.ts';

type ReadFailureKind = NonNullable<Case['reads'][string]['failure']>['kind'];

export const now = '2026-11-21T07:48:30Z';
const api = queries.apiJob('apiserver');
export const servers = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];

/** A line of a table: what names it, and the figures Prometheus has; an undefined one it has not. */
export type Line = Readonly<Record<string, string | number | undefined>>;
export interface Waiting {
  readonly level: string;
  readonly flow: string;
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly count: number;
}

/** Each table of the runbook, and what the API server answers. */
export interface World {
  answers: Line[];
  flows: Line[];
  etcd: Line[];
  members: Line[];
  servers: Line[];
  containers: Line[];
  webhooks: Line[];
  machines: Line[];
  rollouts: Line[];
  /** Of each sign: seconds ago that it began. */
  began: Record<string, number>;
  /** Status and text of `dump_priority_levels`, instead of a healthy table. */
  own: { status: number; text: string } | undefined;
  waiting: Waiting[];
  deployments: { name: string; serviceAccountName: string; replicas: number; pod?: object }[];
  readyz: { status: number; text: string };
  /** Memory limit and flags of etcd's static pods; undefined: there are none. */
  pods: { limit?: string; quota?: string; lastExit?: string; restarts?: number } | undefined;
  /** Whether each API server's own probe is answered; undefined: they are no static pods. */
  serversReady: readonly boolean[] | undefined;
  /** Figures that Prometheus has not. */
  uncounted: readonly string[];
  failing: Map<string, ReadFailureKind>;
}

const READY = ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', 'shutdown'];
export const readyWith = (...failing: readonly string[]) => ({
  status: failing.length === 0 ? 200 : 500,
  text: `${READY.map((name) => (failing.includes(name) ? `[-]${name} failed: reason withheld` : `[+]${name} ok`)).join('\n')}\nreadyz check ${failing.length === 0 ? 'passed' : 'failed'}\n`,
});

const GI = 2 ** 30;
export const MI = 2 ** 20;

/** A kubeadm cluster with three of each, all well and seen; `change` makes the trouble. */
export function world(change: (made: World) => void = () => {}): World {
  const nodes = ['cp-1', 'cp-2', 'cp-3'];
  const made: World = {
    answers: [
      { all: 420, broken: 0 },
      { job: 'x', clients: undefined },
    ],
    flows: [
      { priority_level: 'workload-low', flow_schema: 'service-accounts', dispatched: 60, usual: 55, took: 0.02 },
      {
        priority_level: 'workload-high',
        flow_schema: 'kube-controller-manager',
        dispatched: 20,
        usual: 19,
        took: 0.01,
      },
      { priority_level: 'workload-low', seats: 0.04 },
      { priority_level: 'workload-high', seats: 0.02 },
    ],
    etcd: [
      { operation: 'get', mean: 0.004, meanNow: 0.004, usual: 0.004, requests: 9000, errors: 0.01 },
      { operation: 'update', mean: 0.02, meanNow: 0.02, usual: 0.02, requests: 4000, errors: 0 },
    ],
    members: servers.map((host) => ({
      instance: `${host}:2381`,
      ...{ up: 1, scrapeSeconds: 0.012, restarts: 0, fsyncP99: 0.004 },
      ...{ memoryBytes: 300 * MI, highestBytes: 310 * MI, lowestBytes: 280 * MI },
    })),
    servers: servers.map((host) => ({
      instance: `${host}:6443`,
      ...{ up: 1, scrapeSeconds: 0.2, ageSeconds: 800_000, restarts: 0, lists: 2, usualLists: 2 },
    })),
    containers: nodes.flatMap((node) => [
      {
        pod: `etcd-${node}`,
        container: 'etcd',
        memoryBytes: 400 * MI,
        limitBytes: 0,
        memoryStalled: 0,
        cpuWaiting: 0.01,
      },
      {
        pod: `kube-apiserver-${node}`,
        container: 'kube-apiserver',
        memoryBytes: GI,
        limitBytes: 0,
        cpuWaiting: 0.02,
        throttled: 0.05,
      },
    ]),
    webhooks: [{ name: 'policy.example.com', p99: 0.2, calls: 900, holds: 0.05 }, { writes: 0.02 }],
    machines: servers.map((host) => ({
      instance: `${host}:9100`,
      busy: 0.2,
      memoryFree: 0.6,
      overflows: 0,
      load: 0.9,
    })),
    rollouts: [{ known: 140 }],
    began: {},
    own: undefined,
    waiting: [],
    deployments: [],
    readyz: readyWith(),
    pods: {},
    serversReady: [true, true, true],
    uncounted: [],
    failing: new Map(),
  };
  change(made);
  return made;
}

const figuresOf: Record<string, readonly [string, readonly string[]]> = {
  answers: [queries.queryOf.answers(api), ['verb', 'resource', 'subresource', 'job']],
  flows: [queries.queryOf.flows(api), ['priority_level', 'flow_schema', 'reason']],
  etcd: [queries.queryOf.etcd(api), ['operation']],
  members: [queries.queryOf.members(), ['instance', 'pod', 'namespace']],
  servers: [queries.queryOf.servers(api), ['instance']],
  containers: [queries.queryOf.containers(), ['pod', 'container']],
  webhooks: [queries.queryOf.webhooks(api), ['name']],
  rollouts: [queries.queryOf.rollouts(), ['namespace', 'deployment']],
};

/** Every answer of this world, keyed by the question, as a recorded case holds them. */
export function readsOf(made: World): Case['reads'] {
  const fail = (id: string, system: string) => made.failing.get(id) ?? made.failing.get(system);
  const reads: Case['reads'] = {};
  const put = (key: string, id: string, system: string, body: unknown) => {
    const kind = fail(id, system);
    reads[key] = kind ? { failure: { kind, message: `${system}: ${kind}` } } : { body };
  };
  const query = (promql: string) => requestKey({ verb: 'query', promql });
  for (const [id, [promql, labels]] of Object.entries(figuresOf)) {
    const lines = [...made[id as 'answers'], ...totalsOf(id, made)];
    const all = samples(lines, labels).filter(({ labels: { figure = '' } }) => !made.uncounted.includes(figure));
    put(query(promql), id, 'Prometheus', all);
  }
  const scraped = [...made.servers, ...made.members].map(({ instance }) => String(instance));
  const hosts = [...new Set(scraped.map((instance) => instance.replace(/:\d+$/, '')))].sort();
  put(
    query(queries.machineTargets(api)),
    'targets',
    'Prometheus',
    scraped.map((instance) => ({ labels: { instance }, value: 1, at: now })),
  );
  if (hosts.length > 0 && !fail('targets', 'Prometheus')) {
    put(query(queries.nodesAt(hosts)), 'nodes', 'Prometheus', []);
    put(query(queries.queryOf.machines(hosts)), 'machines', 'Prometheus', samples(made.machines, ['instance']));
    const range = {
      verb: 'range',
      windowSeconds: queries.onsetWindowSeconds,
      stepSeconds: queries.onsetStepSeconds,
    } as const;
    put(requestKey({ ...range, promql: queries.queryOf.onset(api, hosts) }), 'onset', 'Prometheus', seriesOf(made));
  }
  const probe = (path: string) => requestKey({ verb: 'probe', path });
  put(probe('/readyz?verbose'), 'readyz', 'Kubernetes', { ...made.readyz, date: new Date(now).toUTCString() });
  put(probe(dumpPaths.levels), 'ownAnswer', 'Kubernetes', made.own ?? { status: 200, text: levelsText(made) });
  const refused = made.own && made.own.status !== 200;
  const requests = refused ? made.own : { status: 200, text: requestsText(made) };
  put(probe(dumpPaths.requests), 'clients', 'Kubernetes', requests);
  const loud = fail('clients', 'Kubernetes') ? undefined : loudest(clientsEvidence.schema.parse(requests));
  const account = accountOf(loud?.user ?? '');
  if (account) {
    put(requestKey({ verb: 'list', kind: 'Deployment', namespace: account.namespace }), 'holder', 'Kubernetes', {
      items: made.deployments.map(({ name, replicas, serviceAccountName, pod }) => ({
        metadata: { name, namespace: account.namespace },
        spec: { replicas, template: { spec: { serviceAccountName, ...pod } } },
      })),
    });
  }
  put(requestKey({ verb: 'list', kind: 'Pod', ...controlPlaneSelection }), 'pods', 'Kubernetes', {
    items: [...podsOf(made), ...serverPodsOf(made)],
  });
  return reads;
}

/** What the queries count of all together, beside the lines that tell it apart. */
function totalsOf(id: string, { answers, flows, webhooks }: World): Line[] {
  const sum = (lines: readonly Line[], name: string) => lines.reduce((all, line) => all + Number(line[name] ?? 0), 0);
  if (id === 'answers')
    return [
      {
        allRefused: sum(answers, 'refused'),
        allEnded: sum(answers, 'ended'),
        allEvictions: sum(
          answers.filter(({ subresource }) => subresource === 'eviction'),
          'refused',
        ),
      },
      ...answers
        .filter(({ all, allNow }) => all !== undefined && allNow === undefined)
        .map(({ all, broken }) => ({ allNow: all, brokenNow: broken })),
      ...['refusedNow', 'endedNow']
        .filter((name) => !answers.some((line) => name in line))
        .map((name) => ({ [name]: 0 })),
    ];
  if (id === 'webhooks')
    return webhooks
      .filter(({ p99, withinSecond }) => p99 !== undefined && withinSecond === undefined)
      .map(({ name, p99 }) => ({ name, withinSecond: Number(p99) > 1 ? 0.9 : 1 }));
  if (id === 'flows' && flows.length > 0)
    return [{ allRejected: sum(flows, 'rejected'), allRejectedNow: sum(flows, 'rejectedNow') }];
  return [];
}

function samples(lines: readonly Line[], labels: readonly string[]) {
  return lines.flatMap((line) =>
    Object.entries(line).flatMap(([figure, value]) => {
      if (labels.includes(figure) || value === undefined) return [];
      const named = Object.fromEntries(
        labels.flatMap((label) => (line[label] === undefined ? [] : [[label, line[label]]])),
      );
      return [{ labels: { ...named, figure }, value, at: now }];
    }),
  );
}

const CALM: Record<string, number> = { etcdMean: 0.02, rejected: 0, seats: 0.3, overflows: 0 };
const HIGH: Record<string, number> = { etcdMean: 14, etcdSilent: 3, rejected: 30, seats: 1, overflows: 4 };

/** Few points are enough: before it began, at that moment, now. */
function seriesOf(made: World) {
  const point = (secondsAgo: number, value: number | undefined) => {
    return { at: new Date(Date.parse(now) - secondsAgo * 1000).toISOString(), value };
  };
  const all = [...new Set([...Object.keys(CALM), ...Object.keys(made.began)])];
  return all.map((figure) => {
    const began = made.began[figure];
    const before = CALM[figure] === undefined ? [] : [point(1800, CALM[figure])];
    if (began === undefined) return { labels: { figure }, points: [...before, point(0, CALM[figure])] };
    return {
      labels: { figure },
      points: [...(began < 1800 ? before : []), point(began, HIGH[figure]), point(0, HIGH[figure])],
    };
  });
}

export function caseOf(made: World, expect: Case['expect'] = { causes: {} }, about = ''): Case {
  const target = { kind: 'Component', name: 'kube-apiserver', job: 'apiserver' };
  return Case.parse({
    about,
    runbook: runbook.id,
    target,
    cluster: 'prod-eu',
    now: new Date(now).toISOString(),
    reads: readsOf(made),
    expect,
  });
}

/** What the whole runbook, run by the real engine, says of this world. */
export async function look(made: World): Promise<Report> {
  return replayOf(caseOf(made));
}

export function replayOf(recorded: Case): Promise<Report> {
  const options = { source: caseSource(recorded), clock: caseClock(recorded), cluster: recorded.cluster };
  return investigate(anyRunbook(runbook), recorded.target, options);
}

export type CauseId = keyof typeof runbook.causes;
