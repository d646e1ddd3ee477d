import type { Workload } from './workloads.ts';

/** A HorizontalPodAutoscaler that looks after a Deployment. */
export interface Autoscaler {
  readonly namespace: string;
  /** Of itself and of the Deployment. */
  readonly name: string;
  readonly fewest: number;
  readonly most: number;
}

/** The load never changes here: what the autoscaler wants are as many pods as there were from the beginning. */
export const autoscalers: readonly Autoscaler[] = [{ namespace: 'search', name: 'query', fewest: 2, most: 20_000 }];

export function autoscalerOf({ kind, namespace, name }: Workload): Autoscaler | undefined {
  if (kind !== 'Deployment') return undefined;
  return autoscalers.find((each) => each.namespace === namespace && each.name === name);
}
