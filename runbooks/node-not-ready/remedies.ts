import type { ManualRemedy } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { cordon } from '../evidence/cordon.ts';
import type { Seen } from './evidence.ts';
import * as cluster from './manual/cluster.ts';
import * as kubelet from './manual/kubelet.ts';
import * as machine from './manual/machine.ts';
import * as troubles from './manual/machine-troubles.ts';
import { keepKubelet, keepPods } from './manual/refusals.ts';
import * as systemd from './manual/systemd.ts';
import { uncordon } from './uncordon.ts';

export const remedies = { cordon, uncordon };

/**
 * No eviction and no drain among them: without kubelet or runtime nothing can end a container, under pressure the pods
 * that would be evicted are not its cause, and a drain that hangs is somebody's (README.md, Mitigation).
 */
export const manual = {
  ...kubelet,
  ...machine,
  ...troubles,
  ...systemd,
  ...cluster,
  keepPods,
  keepKubelet,
} satisfies Record<string, ManualRemedy<Seen, NodeTarget>>;

export type RemedyName = keyof typeof remedies | keyof typeof manual;
