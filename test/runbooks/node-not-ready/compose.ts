import { readFileSync } from 'node:fs';
import type { ReadRequest } from '../../../engine/readers.ts';
import type { Case } from '../../../engine/replay.ts';
import { requestKey } from '../../../engine/request.ts';
import { isWaiting, PodsHere, podName } from '../../../runbooks/evidence/pods-here.ts';
import * as queries from '../../../runbooks/node-not-ready/queries.ts';
import { nodeEventsKey } from '../happening.ts';
import { type LogAnswer, logReads, settles, withAgent } from './log-answers.ts';
import { type Json, Recording } from './recording.ts';

type Figures = Readonly<Record<string, number>>;
export type Reads = Case['reads'];

/** A moment as the runbook meets it: a recording, and what the recorded cluster did not have (each says so). */
export interface World {
  readonly recording: Recording;
  /** Its node_exporter, its figures, and kube-state-metrics: the recorded cluster had none of them. */
  readonly exporter?: { readonly up: number; readonly seconds: number };
  readonly machine?: Figures;
  /** What its kernel tells of its clock; asked where the alert is about that. */
  readonly clock?: Figures;
  readonly history?: Figures;
  readonly fleet?: Figures;
  /** Instead of the recorded ones. */
  readonly scrapes?: Recording['scrapes'];
  readonly kubelet?: Figures;
  readonly apiCalls?: Figures;
  readonly expiredPerSecond?: number;
  /** Seconds since each lease of the control plane was renewed; default 1.2. `null`: not visible. */
  readonly controllerManagerAge?: number | null;
  readonly schedulerAge?: number | null;
  /** Seconds since the kubelet's lease was renewed, instead of when it was. */
  readonly leaseAge?: number;
  /** What the failed scrapes ended with, where their time does not prove it. `null`: Prometheus does not tell its targets. */
  readonly ended?: string | null;
  /** How long ago each scrape was made, which was not recorded; default 5 s. */
  readonly scrapedAgo?: number;
  readonly since?: string;
  /** What the API server meets at the kubelet's port; absent: no container's state was recorded, so that none is asked for. */
  readonly log?: LogAnswer;
  /** Events of pods that wait to start, by `namespace/name`: none were recorded. */
  readonly podEvents?: Readonly<Record<string, readonly Json[]>>;
}

export function recording(name: string): Recording {
  const file = new URL(`../../recorded/node-troubles/${name}.json`, import.meta.url);
  return Recording.parse(JSON.parse(readFileSync(file, 'utf8')));
}

const healthy = recording('healthy');
const kubelet = { job: 'kubelet', instance: '10.123.0.1:10250' };
const exporter = { job: 'node-exporter', instance: '10.123.0.1:9100' };

/** What every read of the runbook is answered in this world, keyed as the engine asks. */
export function readsOf(world: World): Reads {
  const { recording: recorded, controllerManagerAge = 1.2, schedulerAge = 1.2 } = world;
  const node = recorded.node.metadata.name;
  const lease = (age: number | null) => (age === null ? absent : { body: renewed(recorded.now, age) });
  const scrapes = world.scrapes ?? recorded.scrapes;
  const expired = world.expiredPerSecond ?? recorded.expiredPerSecond;
  const fleet =
    world.fleet ?? (recorded.unhealthyNodes === undefined ? {} : { unhealthyByController: recorded.unhealthyNodes });
  const query = (promql: string) => requestKey({ verb: 'query', promql });
  const at = recorded.now;
  return {
    [get('Node', node)]: { body: recorded.node },
    [get('Lease', node, 'kube-node-lease')]:
      world.leaseAge === undefined ? { body: recorded.lease } : lease(world.leaseAge),
    [get('Lease', 'kube-controller-manager', 'kube-system')]: lease(controllerManagerAge),
    [get('Lease', 'kube-scheduler', 'kube-system')]: lease(schedulerAge),
    [nodeEventsKey(node)]: { body: { items: recorded.events } },
    [requestKey({ verb: 'list', kind: 'Pod', fieldSelector: `spec.nodeName=${node}` })]: {
      body: { items: world.log === undefined ? recorded.pods : withAgent(recorded.pods) },
    },
    ...(world.log === undefined ? {} : logReads(recorded.pods, world.log)),
    ...eventsOfWaiting(world),
    [requestKey({ verb: 'probe', path: '/readyz?verbose' })]: { body: recorded.readyz ?? healthy.readyz },
    [query(queries.kubeletScrapes(node))]: { body: scrapeSamples(kubelet.instance, scrapes, world) },
    ...targetsOf(scrapes, world),
    [query(queries.exporterScrapes(node))]: {
      body: scrapeSamples(exporter.instance, world.exporter ? { [exporter.job]: world.exporter } : {}, world),
    },
    ...(scrapes.kubelet === undefined
      ? {}
      : {
          [query(queries.kubeletFigures(kubelet))]: { body: figureSamples(world.kubelet ?? recorded.kubelet, at) },
          [query(queries.apiCalls(kubelet))]: { body: figureSamples(world.apiCalls ?? recorded.apiCalls, at) },
        }),
    [query(queries.expiredCertificates())]: {
      body: expired === undefined ? [] : figureSamples({ perSecond: expired }, at),
    },
    [query(queries.nodeHistory(node))]: { body: figureSamples(world.history ?? {}, at) },
    [query(queries.fleet())]: { body: figureSamples(fleet, at) },
    ...(world.clock ? { [query(queries.clockFigures(exporter))]: { body: figureSamples(world.clock, at) } } : {}),
    ...(world.exporter
      ? { [query(queries.machineFigures(exporter))]: { body: figureSamples(world.machine ?? {}, at) } }
      : {}),
  };
}

function waitingIn({ recording: { pods } }: World) {
  return PodsHere.parse({ items: pods }).filter(isWaiting).slice(0, 3);
}

/** Some pod waits to start, and why was not recorded. */
export function isWaitingUnseen(world: World): boolean {
  return world.podEvents === undefined && waitingIn(world).length > 0;
}

/** Its kubelet hears nothing of its runtime: of its network neither. */
export function isNetworkUnasked({ recording: { node } }: World): boolean {
  const { conditions = [] } = (node.status ?? {}) as { readonly conditions?: readonly Json[] };
  const message = String(conditions.find(({ type }) => type === 'Ready')?.message ?? '');
  return ['container runtime is down', 'status check may not have completed', 'RuntimeReady=false'].some((words) =>
    message.includes(words),
  );
}

function eventsOfWaiting(world: World): Reads {
  const { podEvents } = world;
  const waiting = waitingIn(world);
  return Object.fromEntries(
    waiting.map((pod) => [
      requestKey({
        ...{ verb: 'list', kind: 'Event', namespace: pod.namespace, limit: 100, fresh: true },
        fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${pod.name}`,
      }),
      podEvents ? { body: { items: podEvents[podName(pod)] ?? [] } } : { failure: notRecorded },
    ]),
  );
}

const notRecorded = { kind: 'timed-out', message: 'no answer within 3000 ms: it was not recorded' } as const;

/** The same reads, some of them answered differently: by what their key starts with. */
export function answering(reads: Reads, starts: readonly string[], answer: Reads[string]): Reads {
  const wanted = (key: string) => starts.some((start) => key.startsWith(start));
  return Object.fromEntries(Object.entries(reads).map(([key, old]) => [key, wanted(key) ? answer : old]));
}

export const prometheusDown = (reads: Reads): Reads =>
  withoutPrometheus(reads, { kind: 'unreachable', message: 'Prometheus refuses the connection' });

export const noPrometheus = (reads: Reads): Reads =>
  withoutPrometheus(reads, { kind: 'not-configured', message: 'no Prometheus is configured for this cluster' });

function withoutPrometheus(reads: Reads, failure: NonNullable<Reads[string]['failure']>): Reads {
  // The reads that build on these are then never made.
  return answering(
    without(reads, ['job="kubelet",instance=', 'job="node-exporter",instance=', 'targets ']),
    ['query '],
    {
      failure,
    },
  );
}

function without(reads: Reads, parts: readonly string[]): Reads {
  return Object.fromEntries(Object.entries(reads).filter(([key]) => !parts.some((part) => key.includes(part))));
}

export const objectsForbidden = (reads: Reads): Reads =>
  answering(reads, ['get ', 'list '], {
    failure: { kind: 'forbidden', message: 'nightshift may not read this: an RBAC rule is missing' },
  });

export const absent = { failure: { kind: 'not-found', message: 'not found' } } as const;

function get(kind: Extract<ReadRequest, { verb: 'get' }>['kind'], name: string, namespace?: string): string {
  return requestKey({ verb: 'get', kind, name, ...(namespace ? { namespace } : {}) });
}

function renewed(now: string, ageSeconds: number) {
  const renewTime = new Date(Date.parse(now) - ageSeconds * 1000).toISOString().replace('Z', '000Z');
  return { metadata: { resourceVersion: '1' }, spec: { holderIdentity: 'control-plane-1', renewTime } };
}

function scrapeSamples(instance: string, scrapes: Recording['scrapes'], { recording, scrapedAgo = 5 }: World) {
  const at = recording.now;
  return Object.entries(scrapes).flatMap(([job, { up, seconds }]) => [
    { labels: { __name__: 'up', job, instance }, value: up, at },
    { labels: { figure: 'ageSeconds', job, instance }, value: scrapedAgo, at },
    ...(seconds === undefined
      ? []
      : [{ labels: { __name__: 'scrape_duration_seconds', job, instance }, value: seconds, at }]),
  ]);
}

/**
 * As Prometheus tells of the targets of the kubelet's job; asked only where none of its scrapes is answered, and the API
 * server has not met the port.
 */
function targetsOf(scrapes: Recording['scrapes'], { recording, ended, log }: World): Reads {
  const { kubelet: own, ...others } = scrapes;
  if (!own || settles(log) || [own, ...Object.values(others)].some(({ up }) => up === 1)) return {};
  const key = requestKey({ verb: 'targets', job: kubelet.job });
  if (ended === null) return { [key]: { failure: notServed } };
  const recorded = scrapes === recording.scrapes ? recording.ended : undefined;
  const lastError = ended ?? recorded ?? endOf(own);
  if (lastError === undefined) return {};
  return { [key]: { body: [{ instance: kubelet.instance, health: 'down', lastError }] } };
}

/**
 * Nobody but the kernel of that machine fails a TLS request within a millisecond (a 401 took 2 to 22 ms): it refused. Of a
 * time between the two nothing is made up.
 */
function endOf({ seconds = 0 }: Recording['scrapes'][string]): string | undefined {
  if (seconds < 0.001) return refusal;
  return seconds > 1 ? `Get "https://${kubelet.instance}/metrics": context deadline exceeded` : undefined;
}

export const denied = 'server returned HTTP status 401 Unauthorized';
export const refusal = `Get "https://${kubelet.instance}/metrics": dial tcp ${kubelet.instance}: connect: connection refused`;

const notServed = {
  kind: 'not-served',
  message: 'Prometheus at http://prometheus:9090: it does not tell what it scrapes (404 for /api/v1/targets)',
} as const;

function figureSamples(figures: Figures, at: string) {
  return Object.entries(figures).map(([figure, value]) => ({ labels: { figure }, value, at }));
}
