import type { Readyz } from '../evidence/control-plane.ts';
import type { EventView } from '../evidence/event.ts';
import type { KubeletStats } from '../evidence/kubelet-stats.ts';
import type { NodeView } from '../evidence/node.ts';
import type { Course } from '../evidence/over-time.ts';
import type { NetworkLogs } from './network-logs.ts';
import type { PodsView } from './pods.ts';
import type { Deployed, PodRefusals } from './suspects.ts';

/** All evidence of this runbook, as its causes see it. */
export interface Seen {
  readonly node: NodeView;
  readonly registered: boolean;
  readonly events: readonly EventView[];
  readonly pods: PodsView;
  readonly readyz: Readyz;
  readonly machine: readonly Course[];
  readonly threads: readonly Course[];
  readonly refusals: PodRefusals;
  readonly deployed: readonly Deployed[];
  readonly networkLogs: NetworkLogs;
  readonly kubelet: KubeletStats;
}
export type Maybe = Partial<Seen>;
