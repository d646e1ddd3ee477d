import type { Deed } from '../deeds.ts';
import { podUid } from '../kubernetes/pods.ts';
import type { Settler } from '../layout.ts';

/** What somebody did with kubectl before the alert came. */
export function cordoned(node: string, at: number): Deed {
  const wrote = { spec: { unschedulable: true } };
  return { did: 'write', about: { kind: 'Node', name: node }, at, by: 'kubectl', unschedulable: true, wrote };
}

export function evicted(place: Settler, at: number): Deed {
  const { workload, name } = place;
  const pod = { kind: 'Pod', namespace: workload.namespace, name, uid: podUid(place) };
  return { did: 'end', pod, forced: false, at, by: 'kubectl' };
}
