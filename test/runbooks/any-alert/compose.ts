import type { Case } from '../../../engine/replay.ts';
import type { Target } from '../../../engine/target.ts';
import {
  alert,
  around,
  at,
  before,
  events,
  now,
  type PodIs,
  pod,
  type Reads,
  since,
  version,
  workload,
} from './world.ts';

export const web: Target = { kind: 'Pod', namespace: 'shop', name: 'web-1', node: 'worker-3' };

export function one(
  about: string,
  reads: Reads,
  causes: Case['expect']['causes'],
  more: Partial<Case> & { recovered?: Case['expect']['recovered'] } = {},
): Case {
  const { recovered, ...rest } = more;
  return {
    ...{ about, runbook: 'any-alert', target: web, cluster: 'prod', now, since, alert, reads },
    expect: { causes, ...(recovered ? { recovered } : {}) },
    ...rest,
  };
}

export const none = {
  newVersion: 'ruled-out',
  memoryLimit: 'ruled-out',
  nodeMemory: 'ruled-out',
  cannotStart: 'ruled-out',
  unscheduled: 'ruled-out',
  nodeTrouble: 'ruled-out',
  probeEnds: 'ruled-out',
  containerEnds: 'ruled-out',
} as const;
export const open = {
  newVersion: 'inconclusive',
  memoryLimit: 'inconclusive',
  nodeMemory: 'inconclusive',
  cannotStart: 'inconclusive',
  unscheduled: 'inconclusive',
  nodeTrouble: 'inconclusive',
  probeEnds: 'inconclusive',
  containerEnds: 'inconclusive',
} as const;

/** The pod's container ended so many seconds before the alert began. */
export function ended(seconds: number, restarts: number, reason = 'Error', exitCode = 1, more: PodIs = {}) {
  const container = {
    restarts,
    waiting: { reason: 'CrashLoopBackOff' },
    ended: { reason, exitCode, finishedAt: before(seconds) },
  };
  return { [at.pod]: pod({ ...more, ready: false, container }), [at.log]: 'starting\npanic: no such table: orders\n' };
}

/** The newest version came so many seconds before the alert began, and the one before it still serves. */
export function rolledOut(seconds: number, ready = 0) {
  const fresh = version('web-7d9', 13, before(seconds), ready, 1);
  const old = version('web-5c4', 12, before(8_000_000), 3, 3);
  return { [at.set]: fresh, [at.deployment]: workload('web', 3, 4), [at.versions]: { items: [old, fresh] } };
}

export const selected = (kind: string) => ({
  [`get ${kind} shop/web`]: kind === 'Service' ? { spec: { selector: { app: 'web' } } } : workload(),
  [at.pods]: { items: [pod(), pod({ name: 'web-2' })] },
  [events('shop', kind, 'web')]: { items: [] },
  [at.expression]: [],
  [at.scraped]: around[at.scraped],
  [at.incidents]: [],
});
export const object = (resource: string): Partial<Case> => ({
  target: { kind: 'Object', resource, namespace: 'shop', name: 'web' },
});
export const notOne = { ...none, newVersion: 'inconclusive', nodeTrouble: 'inconclusive' } as const;
export const failing = (kind: 'not-configured' | 'unreachable' | 'forbidden', ...keys: readonly string[]): Reads =>
  Object.fromEntries(keys.map((key) => [key, { failure: { kind, message: `${kind} in this case` } }]));

export function without(all: Readonly<Record<string, unknown>>, ...keys: readonly string[]) {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)));
}
