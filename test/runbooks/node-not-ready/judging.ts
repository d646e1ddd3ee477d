import type { ReadFailureKind } from '../../../engine/errors.ts';
import { judged } from '../../../engine/judge.ts';
import type { EventView } from '../../../runbooks/evidence/event.ts';
import type { NodeView } from '../../../runbooks/evidence/node.ts';
import type { NodeLeaseView } from '../../../runbooks/evidence/node-lease.ts';
import type { Maybe } from '../../../runbooks/node-not-ready/evidence.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';

/** The causes of a node that fell silent: without another witness nothing tells them apart. */
export const silence = ['machineDown', 'unauthorized', 'kubeletStopped', 'kubeletStuck', 'cutOff'];

export const now = new Date('2026-11-21T08:10:00Z');

/** An RFC 3339 time that many seconds before `now`. */
export function ago(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString();
}

type Given = { readonly [Name in keyof Maybe]: Maybe[Name] | undefined };

/** Where a test says nothing else: an API server that has its etcd, a node without events, an alert that is about no clock, and no figure but that its PLEG is quick. */
const around: Maybe = {
  readyz: { status: 200, etcd: true, failing: [] },
  events: [],
  expiredCertificates: {},
  kubelet: { slowRelists: 0 },
  clock: { asked: false },
};

/** A cause's verdict on exactly this evidence; what is not given, or given as `undefined`, could not be collected. */
export function verdictOf(cause: string, seen: Given, since?: Date, failures?: ReadonlyMap<string, ReadFailureKind>) {
  const judge = cause === 'recovered' ? runbook.recovered : runbook.causes[cause]?.judge;
  if (judge === undefined) throw new Error(`no such cause: ${cause}`);
  const context = { target: { kind: 'Node', name: 'worker-3' }, now, since, ...(failures && { failures }) } as const;
  return judged(
    (all, some) => judge(all as never, some, context),
    new Map(Object.entries({ ...around, ...endedAs(seen), ...seen }).filter(([, value]) => value !== undefined)),
    (id) => id,
  );
}

/** Where a test says nothing else, a scrape that failed within milliseconds met a port where nothing listens. */
function endedAs({ kubeletScrapes = [] }: Given): Maybe {
  const [first] = kubeletScrapes;
  const isRefused = kubeletScrapes.every(({ up, seconds = 1 }) => !up && seconds < 0.5);
  return first && isRefused ? { kubeletErrors: [{ instance: first.instance, lastError: refusalOf(first) }] } : {};
}

export function refusalOf({ instance }: { readonly instance: string }): string {
  return `Get "https://${instance}/metrics": dial tcp ${instance}: connect: connection refused`;
}

/** The word alone, for sentences. */
export function verdict(cause: string, seen: Given, since?: Date): string {
  return verdictOf(cause, seen, since).verdict;
}

type Status = 'True' | 'False' | 'Unknown';

/** A Node with this Ready condition; its pressure conditions False, or Unknown like Ready. */
export function node(ready: Status, message = '', more: Partial<NodeView> = {}): NodeView {
  const condition = (type: string, status: Status, words: string) => ({
    type,
    status,
    reason: '',
    message: words,
    lastHeartbeatTime: ago(130),
    lastTransitionTime: ago(300),
  });
  const other = ready === 'Unknown' ? 'Unknown' : 'False';
  return {
    name: 'worker-3',
    createdAt: ago(86_400),
    cordoned: false,
    taints: [],
    conditions: [
      ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => condition(type, other, '')),
      condition('Ready', ready, message),
    ],
    addresses: [{ type: 'InternalIP', address: '10.0.0.3' }],
    bootId: 'boot-1',
    kubelet: 'v1.32.1',
    runtime: 'containerd://1.7.22',
    os: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0-28-amd64',
    ...more,
  };
}

export function lease(ageSeconds: number): NodeLeaseView {
  const readAt = now.toISOString();
  return { holder: 'worker-3', durationSeconds: 40, renewedAt: ago(ageSeconds), resourceVersion: '1', readAt };
}

export function event(reason: string, from: string, secondsAgo: number, more: Partial<EventView> = {}): EventView {
  const at = ago(secondsAgo);
  return { isWarning: true, reason, from, message: '', count: 1, createdAt: at, firstSeen: at, lastSeen: at, ...more };
}

export function scrapes(metrics: readonly [up: boolean, seconds: number], cadvisor = metrics) {
  const target = { job: 'kubelet', instance: '10.0.0.3:10250' };
  return [
    { ...target, path: '/metrics', up: metrics[0], seconds: metrics[1] },
    { ...target, path: '/metrics/cadvisor', up: cadvisor[0], seconds: cadvisor[1] },
  ];
}

export const refused = scrapes([false, 0.0006]);
export const silent = scrapes([false, 10]);
export const answering = scrapes([true, 0.028]);

export function exporter(up: boolean, seconds: number) {
  return [{ job: 'node-exporter', instance: '10.0.0.3:9100', path: '/metrics', up, seconds }];
}
