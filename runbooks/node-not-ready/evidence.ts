import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { controllerManagerLease, readyz } from '../evidence/control-plane.ts';
import { nodeObject, nodeRegistered } from '../evidence/node.ts';
import { nodeEvents } from '../evidence/node-events.ts';
import { nodeLease } from '../evidence/node-lease.ts';
import { podsOnNode } from '../evidence/pods.ts';
import { starting } from '../evidence/starting-pods.ts';
import { kubeletAnswer } from './answer.ts';
import { clock } from './clock.ts';
import { schedulerLease } from './control-plane.ts';
import * as metrics from './metrics.ts';

/**
 * All that is looked at: seven Kubernetes calls (up to three more where pods wait to start, and one where the heartbeat is
 * late) and eight PromQL queries (nine where the alert is about the clock), the longest chain two of them. What Prometheus tells of its targets comes third, where every
 * scrape of the kubelet fails and the API server was not told why.
 */
export const evidence = {
  node: nodeObject,
  registered: nodeRegistered,
  lease: nodeLease,
  events: nodeEvents,
  pods: podsOnNode,
  starting,
  readyz,
  controllerManager: controllerManagerLease,
  scheduler: schedulerLease,
  kubeletAnswer,
  kubeletScrapes: metrics.kubeletScrapes,
  kubeletErrors: metrics.kubeletErrors,
  exporterScrapes: metrics.exporterScrapes,
  kubelet: metrics.kubelet,
  apiCalls: metrics.apiCalls,
  expiredCertificates: metrics.expiredCertificates,
  history: metrics.history,
  fleet: metrics.fleet,
  machine: metrics.machine,
  clock,
};

type ValueOf<E> = E extends Evidence<infer Value, NodeTarget> ? Value : never;
/** The evidence as the causes see it. */
export type Seen = { readonly [Name in keyof typeof evidence]: ValueOf<(typeof evidence)[Name]> };
export type Maybe = Partial<Seen>;
