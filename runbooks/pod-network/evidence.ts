import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { readyz } from '../evidence/control-plane.ts';
import { nodeObject, nodeRegistered } from '../evidence/node.ts';
import { nodeEvents } from '../evidence/node-events.ts';
import { nodeLease } from '../evidence/node-lease.ts';
import { agents } from './agents.ts';
import { apiService } from './api-service.ts';
import { daemonSets, placing } from './daemon-sets.ts';
import { proxy, sandboxes, use } from './figures.ts';
import { logs } from './logs.ts';
import { said } from './said.ts';

/** All that is looked at: at most 21 Kubernetes calls and four PromQL queries, the longest chain two reads. */
export const evidence = {
  node: nodeObject,
  registered: nodeRegistered,
  placing,
  lease: nodeLease,
  events: nodeEvents,
  readyz,
  apiService,
  agents,
  daemonSets,
  said,
  logs,
  use,
  sandboxes,
  proxy,
};

type ValueOf<E> = E extends Evidence<infer Value, NodeTarget> ? Value : never;
/** The evidence as the causes see it. */
export type Seen = { readonly [Name in keyof typeof evidence]: ValueOf<(typeof evidence)[Name]> };
export type Maybe = Partial<Seen>;
