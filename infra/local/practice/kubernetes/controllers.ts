import type { Facts } from '../facts.ts';
import { daemonsAway } from '../life/controllers.ts';
import { generationAt, observedGenerationAt } from '../life/generation.ts';
import { firstRevision, isPaused, revisionAt } from '../life/revisions.ts';
import { countedAt, tallyOf, tallyOfRevision } from '../tally.ts';
import type { Workload } from '../workloads.ts';
import { controllerStatus, type Standing } from './controller-status.ts';
import { managedBy } from './managed-fields.ts';
import { type KubeObject, meta } from './values.ts';

function standingOf(facts: Facts, workload: Workload, now: number): Standing {
  const revision = revisionAt(facts, workload, now);
  const updated = tallyOfRevision(facts, workload, revision, now);
  return {
    ...tallyOf(facts, workload, now),
    revision,
    firstHash: firstRevision(facts, workload).hash,
    updated: updated.current,
    updatedReady: updated.ready,
    observedGeneration: observedGenerationAt(facts, workload, now),
    paused: isPaused(facts, workload, now),
    changedAt: Math.max(countedAt(facts, workload, now), revision.wantedAt),
  };
}

/** The Deployment, StatefulSet or DaemonSet itself. */
export function controllerObject(facts: Facts, workload: Workload, now: number): KubeObject {
  const { kind, namespace, name, labels } = workload;
  const standing = standingOf(facts, workload, now);
  const createdAt = facts.bornAt + 600;
  const { changedAt } = standing;
  const spec = specOf(workload, standing);
  const status = controllerStatus(workload, standing);
  return {
    metadata: meta(
      { kind, namespace, name, createdAt, changedAt },
      {
        generation: generationAt(facts, workload, now),
        labels,
        ...annotationsOf(workload, standing),
        managedFields: managedBy(
          { manager: 'helm', apiVersion: 'apps/v1', at: createdAt, wrote: { metadata: { labels }, spec } },
          { manager: 'kube-controller-manager', apiVersion: 'apps/v1', at: changedAt, wrote: { status } },
        ),
      },
    ),
    spec,
    status,
  };
}

function annotationsOf({ kind }: Workload, { revision }: Standing): object {
  if (kind !== 'Deployment') return {};
  return { annotations: { 'deployment.kubernetes.io/revision': String(revision.number) } };
}

function specOf(workload: Workload, { desired, revision, paused }: Standing): object {
  const { kind, name, labels } = workload;
  const common = { selector: { matchLabels: labels }, template: revision.template };
  switch (kind) {
    case 'DaemonSet':
      return {
        ...common,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: daemonsAway(desired), maxSurge: 0 } },
        revisionHistoryLimit: 10,
      };
    case 'StatefulSet':
      return {
        replicas: desired,
        ...common,
        serviceName: name,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        revisionHistoryLimit: 10,
      };
    default:
      return {
        replicas: desired,
        ...common,
        ...(paused ? { paused } : {}),
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      };
  }
}
