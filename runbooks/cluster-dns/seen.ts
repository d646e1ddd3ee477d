import type { Readyz } from '../evidence/control-plane.ts';
import type { Corefile } from './corefile.ts';
import type { PodEvents } from './events.ts';
import type { PodLog } from './logs.ts';
import type { Answers, ApiCalls, Machine, Process, Upstream } from './metrics.ts';
import type { Pods } from './pods.ts';
import type { Policy } from './policies.ts';
import type { DnsService, Endpoints } from './service.ts';
import type { Workload } from './workload.ts';

/** All evidence of this runbook, as its causes see it. */
export interface Seen {
  readonly pods: Pods;
  readonly logs: readonly PodLog[];
  readonly events: PodEvents;
  readonly corefile: Corefile;
  readonly workload: Workload;
  readonly service: DnsService;
  readonly endpoints: Endpoints;
  readonly policies: readonly Policy[];
  readonly readyz: Readyz;
  readonly answers: Answers;
  readonly upstreams: readonly Upstream[];
  readonly apiCalls: ApiCalls;
  readonly processes: readonly Process[];
  readonly conntrack: readonly Machine[];
}
export type Maybe = Partial<Seen>;
