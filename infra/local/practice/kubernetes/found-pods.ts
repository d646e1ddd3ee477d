import type { Facts } from '../facts.ts';
import { workloadsOf } from '../layout.ts';
import { movedWorkloads } from '../life/moved.ts';
import { nodeNamed } from '../lookup.ts';
import { nowhere, type PodPlace, podNamed, podsOf, podsOn } from '../placement.ts';
import { phaseOf } from './pod-status.ts';
import { podLabels, podObject } from './pods.ts';
import type { Found, Query } from './resource.ts';

export function* foundPods(facts: Facts, now: number, query: Query): Generator<Found> {
  for (const place of placesAsked(facts, now, query)) yield foundPod(facts, place, now);
}

/** By name or by node at once; else workload by workload, and only those the label selector can mean. */
function placesAsked(facts: Facts, now: number, { name, namespace, field, admits }: Query): PodPlace[] {
  const [only, on] = [name ?? field('metadata.name'), field('spec.nodeName')];
  if (on === '') {
    const moved = movedWorkloads(facts, now).flatMap((workload) => podsOf(facts, workload, now));
    return moved.filter(({ node }) => node === nowhere);
  }
  if (on !== undefined) {
    const node = nodeNamed(facts, on);
    return node ? podsOn(facts, node, now) : [];
  }
  const here = workloadsOf(facts).filter((workload) => namespace === undefined || workload.namespace === namespace);
  if (only !== undefined) {
    return [...new Set(here.map((workload) => workload.namespace))].flatMap(
      (space) => podNamed(facts, space, only, now) ?? [],
    );
  }
  return here.flatMap((workload) => {
    const places = podsOf(facts, workload, now);
    // Pods that are all still as they were made have the same labels, but for those of a StatefulSet.
    const alike = workload.kind !== 'StatefulSet' && !places[0]?.life && places[0];
    return alike && !admits(podLabels(alike)) ? [] : places;
  });
}

function foundPod(facts: Facts, place: PodPlace, now: number): Found {
  const { workload, name, node, address } = place;
  const quick: Readonly<Record<string, string>> = {
    'metadata.name': name,
    'metadata.namespace': workload.namespace,
    'spec.nodeName': node.name,
    'spec.restartPolicy': 'Always',
    'spec.schedulerName': 'default-scheduler',
    'spec.serviceAccountName': workload.kind === 'StaticPod' ? '' : 'default',
    'status.phase': phaseOf(place, now),
    'status.podIP': address,
  };
  return {
    namespace: workload.namespace,
    name,
    labels: podLabels(place),
    field: (path) => quick[path] ?? '',
    make: () => podObject(facts, place, now),
  };
}
