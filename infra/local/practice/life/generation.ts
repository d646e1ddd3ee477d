import { writesToWorkload } from '../deeds.ts';
import type { Facts } from '../facts.ts';
import type { Workload } from '../workloads.ts';
import { replicaChanges } from './replicas.ts';
import { firstRevision } from './revisions.ts';

/** A controller has seen a change so long after it was made. */
const OBSERVED_AFTER_SECONDS = 0.3;

/** `metadata.generation`: the API server counts how often `spec` was changed. */
export function generationAt(facts: Facts, workload: Workload, at: number): number {
  const written = writesToWorkload(facts, workload).filter(
    ({ replicas, paused, template }) => (replicas ?? paused ?? template) !== undefined,
  );
  const scaled = replicaChanges(facts, workload).filter(({ by }) => by === 'autoscaler');
  const changes = [...written, ...scaled].filter((change) => change.at <= at);
  return firstRevision(facts, workload).number + changes.length;
}

export function observedGenerationAt(facts: Facts, workload: Workload, at: number): number {
  return generationAt(facts, workload, at - OBSERVED_AFTER_SECONDS);
}
