import type { Facts } from '../facts.ts';
import { rolledOutAt, templateHash } from '../naming.ts';
import { type Tally, tallyOf } from '../tally.ts';
import type { Workload } from '../workloads.ts';
import { managedBy } from './managed-fields.ts';
import { templateSpec } from './pod-spec.ts';
import { type KubeObject, meta, ownedBy, time } from './values.ts';

/** The Deployment, StatefulSet or DaemonSet itself. */
export function controllerObject(facts: Facts, workload: Workload, now: number): KubeObject {
  const { kind, namespace, name, labels } = workload;
  const tally = tallyOf(facts, workload, now);
  const createdAt = facts.bornAt + 600;
  const rolledOut = rolledOutAt(facts, workload);
  const revision = kind === 'Deployment' ? { annotations: { 'deployment.kubernetes.io/revision': '1' } } : {};
  const spec = specOf(workload, tally);
  const status = statusOf(workload, tally, rolledOut);
  return {
    metadata: meta(
      { kind, namespace, name, createdAt, changedAt: rolledOut },
      {
        generation: 1,
        labels,
        ...revision,
        managedFields: managedBy(
          { manager: 'helm', apiVersion: 'apps/v1', at: createdAt, wrote: { metadata: { labels }, spec } },
          { manager: 'kube-controller-manager', apiVersion: 'apps/v1', at: rolledOut, wrote: { status } },
        ),
      },
    ),
    spec,
    status,
  };
}

/** The one ReplicaSet of a Deployment. */
export function replicaSetObject(facts: Facts, workload: Workload, now: number): KubeObject {
  const { namespace, name, labels: selector } = workload;
  const labels = { ...selector, 'pod-template-hash': templateHash(workload) };
  const { desired, current, ready } = tallyOf(facts, workload, now);
  const rolledOut = rolledOutAt(facts, workload);
  const owners = { ownerReferences: [ownedBy('Deployment', namespace, name)] };
  const spec = { replicas: desired, selector: { matchLabels: labels }, template: templateOf(workload, labels) };
  const status = {
    replicas: current,
    fullyLabeledReplicas: current,
    ...someReady(ready),
    observedGeneration: 1,
  };
  return {
    metadata: meta(
      { kind: 'ReplicaSet', namespace, name: `${name}-${templateHash(workload)}`, createdAt: rolledOut },
      {
        generation: 1,
        labels,
        annotations: {
          'deployment.kubernetes.io/desired-replicas': String(desired),
          'deployment.kubernetes.io/max-replicas': String(desired + Math.ceil(desired / 4)),
          'deployment.kubernetes.io/revision': '1',
        },
        ...owners,
        managedFields: managedBy({
          manager: 'kube-controller-manager',
          apiVersion: 'apps/v1',
          at: rolledOut,
          wrote: { metadata: { labels, ...owners }, spec, status },
        }),
      },
    ),
    spec,
    status,
  };
}

function specOf(workload: Workload, { desired }: Tally): object {
  const { kind, name, labels } = workload;
  const common = { selector: { matchLabels: labels }, template: templateOf(workload, labels) };
  switch (kind) {
    case 'DaemonSet':
      return {
        ...common,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
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
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      };
  }
}

function templateOf(workload: Workload, labels: Workload['labels']): object {
  return { metadata: { creationTimestamp: null, labels }, spec: templateSpec(workload) };
}

/** Counts of nothing are left out, as the API server does. */
function someReady(ready: number): object {
  return ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {};
}

function statusOf(workload: Workload, { desired, ready, current }: Tally, rolledOut: number): object {
  const missing = desired - ready;
  switch (workload.kind) {
    case 'DaemonSet':
      return {
        currentNumberScheduled: desired,
        numberMisscheduled: 0,
        desiredNumberScheduled: desired,
        numberReady: ready,
        observedGeneration: 1,
        updatedNumberScheduled: desired,
        numberAvailable: ready,
        ...(missing > 0 ? { numberUnavailable: missing } : {}),
      };
    case 'StatefulSet': {
      const revision = `${workload.name}-${templateHash(workload)}`;
      return {
        observedGeneration: 1,
        replicas: current,
        ...someReady(ready),
        currentReplicas: current,
        updatedReplicas: current,
        currentRevision: revision,
        updateRevision: revision,
        collisionCount: 0,
      };
    }
    default:
      return {
        observedGeneration: 1,
        replicas: current,
        updatedReplicas: current,
        ...someReady(ready),
        ...(missing > 0 ? { unavailableReplicas: missing } : {}),
        conditions: conditionsOf(workload, ready >= Math.ceil(desired * 0.75), rolledOut),
      };
  }
}

function conditionsOf(workload: Workload, available: boolean, rolledOut: number): unknown[] {
  const set = `${workload.name}-${templateHash(workload)}`;
  const [reason, message] = available
    ? ['MinimumReplicasAvailable', 'Deployment has minimum availability.']
    : ['MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'];
  const at = { lastUpdateTime: time(rolledOut), lastTransitionTime: time(rolledOut) };
  return [
    {
      type: 'Progressing',
      status: 'True',
      ...at,
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${set}" has successfully progressed.`,
    },
    { type: 'Available', status: available ? 'True' : 'False', ...at, reason, message },
  ];
}

/** What a budget lets the eviction API do now. */
export function budgetObject(facts: Facts, workload: Workload, now: number): KubeObject {
  const { namespace, name, labels, disruptionBudget = {} } = workload;
  const { desired, ready } = tallyOf(facts, workload, now);
  const { minAvailable, maxUnavailable } = disruptionBudget;
  const desiredHealthy = minAvailable ?? Math.max(0, desired - (maxUnavailable ?? 0));
  const createdAt = facts.bornAt + 600;
  const spec = { ...disruptionBudget, selector: { matchLabels: labels } };
  const status = {
    conditions: [
      {
        type: 'DisruptionAllowed',
        status: ready > desiredHealthy ? 'True' : 'False',
        observedGeneration: 1,
        lastTransitionTime: time(createdAt),
        reason: ready > desiredHealthy ? 'SufficientPods' : 'InsufficientPods',
        message: '',
      },
    ],
    observedGeneration: 1,
    disruptionsAllowed: Math.max(0, ready - desiredHealthy),
    currentHealthy: ready,
    desiredHealthy,
    expectedPods: desired,
  };
  return {
    metadata: meta(
      { kind: 'PodDisruptionBudget', namespace, name, createdAt },
      {
        generation: 1,
        managedFields: managedBy(
          { manager: 'helm', apiVersion: 'policy/v1', at: createdAt, wrote: { spec } },
          { manager: 'kube-controller-manager', apiVersion: 'policy/v1', at: createdAt, wrote: { status } },
        ),
      },
    ),
    spec,
    status,
  };
}
