import { autoscalerOf } from '../autoscalers.ts';
import { writesToWorkload } from '../deeds.ts';
import type { Facts } from '../facts.ts';
import { settlersCount } from '../layout.ts';
import type { Workload } from '../workloads.ts';

/** An autoscaler looks every 15 s; it adds at once, and takes away only what was too much for five minutes. */
const ADDS_AFTER_SECONDS = 15;
const TAKES_AFTER_SECONDS = 300;

export interface ReplicaChange {
  readonly at: number;
  readonly replicas: number;
  readonly by: 'request' | 'autoscaler';
}

/** How `spec.replicas` changed: by people, and by an autoscaler that takes their word back. */
export function replicaChanges(facts: Facts, workload: Workload): readonly ReplicaChange[] {
  const usual = settlersCount(facts, workload);
  const asked = writesToWorkload(facts, workload).flatMap(({ at, replicas }): ReplicaChange[] =>
    replicas === undefined ? [] : [{ at, replicas, by: 'request' }],
  );
  if (!autoscalerOf(workload)) return asked;
  return asked.flatMap((change, index) => {
    // At zero replicas an autoscaler is switched off.
    if (change.replicas === usual || change.replicas === 0) return [change];
    const at = change.at + (change.replicas < usual ? ADDS_AFTER_SECONDS : TAKES_AFTER_SECONDS);
    const overtaken = (asked[index + 1]?.at ?? Number.POSITIVE_INFINITY) <= at;
    return overtaken ? [change] : [change, { at, replicas: usual, by: 'autoscaler' }];
  });
}

export function replicasAt(facts: Facts, workload: Workload, at: number): number {
  return (
    replicaChanges(facts, workload).findLast((change) => change.at <= at)?.replicas ?? settlersCount(facts, workload)
  );
}
