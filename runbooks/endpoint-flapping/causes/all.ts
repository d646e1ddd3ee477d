import { clockJumped } from './clock-jumped.ts';
import { controlPlane } from './control-plane.ts';
import { controllerManager } from './controller-manager.ts';
import { graceTooSmall, stuckConnection } from './grace.ts';
import { kubeletStalled, tooDense } from './kubelet-stalled.ts';
import { kubeletReport, nodeHeartbeat } from './node.ts';
import { containerEnds, doesNotGo, notStarted, readinessGate, readinessProbe, rollout } from './pods.ts';

/** First why a node falls silent, then that it does, then what is the pods' own. */
export const causes = {
  controlPlane,
  controllerManager,
  clockJumped,
  kubeletStalled,
  tooDense,
  stuckConnection,
  graceTooSmall,
  kubeletReport,
  nodeHeartbeat,
  containerEnds,
  readinessProbe,
  readinessGate,
  notStarted,
  doesNotGo,
  rollout,
};
