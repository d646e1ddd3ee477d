import type { Revision } from '../life/revisions.ts';
import type { Tally } from '../tally.ts';
import type { Workload } from '../workloads.ts';
import { time } from './values.ts';

/** What a workload's controller has made of it by now. */
export interface Standing extends Tally {
  readonly revision: Revision;
  /** Of the revision it began with. */
  readonly firstHash: string;
  /** Pods of the present revision, and those of them that are ready. */
  readonly updated: number;
  readonly updatedReady: number;
  readonly observedGeneration: number;
  readonly paused: boolean;
  readonly changedAt: number;
}

export function controllerStatus(workload: Workload, standing: Standing): object {
  switch (workload.kind) {
    case 'DaemonSet':
      return daemonSetStatus(standing);
    case 'StatefulSet':
      return statefulSetStatus(workload, standing);
    default:
      return deploymentStatus(workload, standing);
  }
}

/** Counts of nothing are left out, as the API server does. */
function someReady(ready: number): object {
  return ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {};
}

function daemonSetStatus({ desired, ready, updated, observedGeneration }: Standing): object {
  return {
    currentNumberScheduled: desired,
    numberMisscheduled: 0,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration,
    updatedNumberScheduled: updated,
    numberAvailable: ready,
    ...(desired > ready ? { numberUnavailable: desired - ready } : {}),
  };
}

function statefulSetStatus({ name }: Workload, standing: Standing): object {
  const { current, ready, desired, updated, updatedReady, revision, firstHash, observedGeneration } = standing;
  const done = updated === current && updatedReady === desired;
  return {
    observedGeneration,
    replicas: current,
    ...someReady(ready),
    currentReplicas: done ? current : current - updated,
    updatedReplicas: updated,
    currentRevision: `${name}-${done ? revision.hash : firstHash}`,
    updateRevision: `${name}-${revision.hash}`,
    collisionCount: 0,
  };
}

function deploymentStatus(workload: Workload, standing: Standing): object {
  const { desired, ready, current, updated, observedGeneration } = standing;
  const missing = Math.max(desired, current) - ready;
  return {
    observedGeneration,
    replicas: current,
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    ...someReady(ready),
    ...(missing > 0 ? { unavailableReplicas: missing } : {}),
    conditions: [progressing(workload, standing), available(standing)],
  };
}

function progressing({ name }: Workload, standing: Standing): object {
  const { paused, updated, current, revision, changedAt } = standing;
  const set = `ReplicaSet "${name}-${revision.hash}"`;
  const [status, reason, message] = paused
    ? ['Unknown', 'DeploymentPaused', 'Deployment is paused']
    : updated < current
      ? ['True', 'ReplicaSetUpdated', `${set} is progressing.`]
      : ['True', 'NewReplicaSetAvailable', `${set} has successfully progressed.`];
  return { type: 'Progressing', status, ...times(changedAt, revision.wantedAt), reason, message };
}

/** A quarter may be missing (`maxUnavailable: 25%`). */
function available({ desired, ready, changedAt, revision }: Standing): object {
  const enough = ready >= desired - Math.floor(desired * 0.25);
  const [reason, message] = enough
    ? ['MinimumReplicasAvailable', 'Deployment has minimum availability.']
    : ['MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'];
  const at = enough ? revision.firstAt : changedAt;
  return { type: 'Available', status: enough ? 'True' : 'False', ...times(at, at), reason, message };
}

function times(updatedAt: number, turnedAt: number): object {
  return { lastUpdateTime: time(updatedAt), lastTransitionTime: time(turnedAt) };
}
