import type { JsonObject } from '../../../../engine/action.ts';
import type { Workload } from '../workloads.ts';
import { templateSpec } from './pod-spec.ts';

/** `spec.template` as the workload began. */
export function firstTemplate(workload: Workload): JsonObject {
  return templateOf(workload, workload.labels);
}

/** What ran before the latest rollout of a Deployment that had one: the version before. Nobody keeps those of others. */
export function formerTemplate(workload: Workload): JsonObject | undefined {
  const version = /:v(\d+)$/.exec(workload.image)?.[1];
  if (workload.kind !== 'Deployment' || workload.rolledOutSecondsAgo === undefined || !version) return undefined;
  return firstTemplate({ ...workload, image: workload.image.replace(/\d+$/, String(Number(version) - 1)) });
}

export function templateOf(workload: Workload, labels: Workload['labels']): JsonObject {
  // Plain JSON, whatever the types of its parts are called.
  return {
    metadata: { creationTimestamp: null, labels },
    spec: templateSpec(workload, workload.memory),
  } as unknown as JsonObject;
}
