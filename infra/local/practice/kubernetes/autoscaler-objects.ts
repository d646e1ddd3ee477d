import { type Autoscaler, autoscalers } from '../autoscalers.ts';
import type { Facts } from '../facts.ts';
import { workloadNamed } from '../life/moved.ts';
import { replicaChanges } from '../life/replicas.ts';
import { tallyOf } from '../tally.ts';
import { managedBy } from './managed-fields.ts';
import { type KubeObject, meta, time } from './values.ts';

export function autoscalerObjects(facts: Facts, now: number): KubeObject[] {
  return autoscalers.map((autoscaler) => autoscalerObject(facts, autoscaler, now));
}

/** HorizontalPodAutoscaler, autoscaling/v2: 80 % of the requested CPU are wanted, and 78 % used. */
function autoscalerObject(facts: Facts, { namespace, name, fewest, most }: Autoscaler, now: number): KubeObject {
  const workload = workloadNamed(facts, { kind: 'Deployment', namespace, name });
  const { desired, current } = workload ? tallyOf(facts, workload, now) : { desired: 0, current: 0 };
  const scaled = workload
    ? replicaChanges(facts, workload).findLast(({ at, by }) => by === 'autoscaler' && at <= now)
    : undefined;
  const createdAt = facts.bornAt + 900;
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: fewest,
    maxReplicas: most,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  };
  const condition = (type: string, status: string, reason: string, message: string) => {
    return { type, status, lastTransitionTime: time(createdAt + 15), reason, message };
  };
  const used = { averageUtilization: 78, averageValue: '195m' };
  const status = {
    ...(scaled ? { lastScaleTime: time(scaled.at) } : {}),
    currentReplicas: current,
    desiredReplicas: desired,
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: used } }],
    conditions: [
      condition('AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size'),
      condition(
        'ScalingActive',
        'True',
        'ValidMetricFound',
        'the HPA was able to successfully calculate a replica count',
      ),
      condition('ScalingLimited', 'False', 'DesiredWithinRange', 'the desired count is within the acceptable range'),
    ],
  };
  const by = { apiVersion: 'autoscaling/v2', at: createdAt };
  return {
    metadata: meta(
      { kind: 'HorizontalPodAutoscaler', namespace, name, createdAt, changedAt: scaled?.at ?? createdAt + 15 },
      {
        managedFields: managedBy(
          { ...by, manager: 'helm', wrote: { spec } },
          { ...by, manager: 'kube-controller-manager', wrote: { status } },
        ),
      },
    ),
    spec,
    status,
  };
}
