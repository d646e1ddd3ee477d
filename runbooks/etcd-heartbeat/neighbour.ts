import type { EtcdPod } from '../evidence/etcd-pods.ts';
import { type MovablePod, whyStay } from '../evidence/movable-pod.ts';
import { hostOf } from '../evidence/scrape-targets.ts';
import { limits } from './limits.ts';
import { type Member, placesOf } from './members.ts';
import type { Seen } from './seen.ts';
import { bytes } from './words.ts';
import type { Write } from './writers.ts';

export interface Neighbour {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
}
type Unavailable = { readonly unavailable: string };

const LOGS = 'what containers print is written by the container runtime and counted for none of them';

/** The pod that clearly writes most on the machine of this member and may be moved, or why none is named. */
export function neighbourOn(member: Member, etcd: EtcdPod, seen: Seen): Neighbour | Unavailable {
  const { node } = etcd;
  const places = placesOf(member, seen.pods);
  const writes = seen.writers.writes.filter(({ instance }) => places.has(hostOf(instance)));
  const top = writes.reduce<Write | undefined>(
    (most, row) => (row.pod !== '' && (row.written ?? 0) > (most?.written ?? 0) ? row : most),
    undefined,
  );
  if (top?.written === undefined) return { unavailable: `no container is seen to write on ${node}; ${LOGS}` };
  const { namespace, pod, written } = top;
  const all = Math.max(written, ...writes.map(({ together = 0, onDisk = 0 }) => Math.max(together, onDisk)));
  const name = `${namespace}/${pod}`;
  const figures = `${name} writes ${bytes(written)}/s of ${bytes(all)}/s on ${node}`;
  if (written < limits.writerBytesPerSecond || written < limits.writerShare * all) {
    return { unavailable: `no pod clearly writes most: ${figures} (wanted: 10 MB/s and half of all); ${LOGS}` };
  }
  if (pod === etcd.name) return { unavailable: `etcd itself writes most: ${figures}` };
  const object = seen.writers.pods.find((one) => one.namespace === namespace && one.name === pod);
  const why = whyHere(object, node);
  return why === undefined ? { node, namespace, pod } : { unavailable: `${figures}, but ${why}` };
}

/** Why ending this pod would not move its writes away from this node, or would lose it. */
function whyHere(pod: MovablePod | undefined, node: string): string | undefined {
  if (pod === undefined) return 'that pod is gone';
  if (!pod.isEnding && pod.node !== node) return `a pod of that name is on ${pod.node || 'no node'} now`;
  return whyStay(pod);
}
