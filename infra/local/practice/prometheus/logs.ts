import { startedAt } from '../crash-loop.ts';
import type { Facts } from '../facts.ts';
import { podUid } from '../kubernetes/pods.ts';
import { type PodHistory, podsEverOn } from '../placement.ts';
import { metric } from './families.ts';
import { kubeletJob } from './kubelets.ts';

/** A kubelet on a saturated disk comes to rotate so seldom; what is compressed is a tenth (measured: one file of 399 MB). */
const [ROTATED_EVERY_SECONDS, COMPRESSED_BYTES] = [120, 60_000_000];
const QUIET_BYTES = 90_112;

/** Since when and until when a pod floods its log, while its image is the one that does. Moments are Unix seconds. */
export function floodOf(place: PodHistory, { mendedAt = Number.POSITIVE_INFINITY }: Facts) {
  const { workload, life } = place;
  const perSecond = workload.logsBytesPerSecond;
  if (perSecond === undefined || (life?.revision.image ?? workload.image) !== workload.image) return undefined;
  const until = Math.min(life?.goneAt ?? Number.POSITIVE_INFINITY, mendedAt);
  const from = startedAt(place);
  return from < until ? { from, until, perSecond } : undefined;
}

/** Bytes of each container's log on disk, rotated files included, as the kubelet tells beside its own figures. */
export const logs = metric(
  kubeletJob(['/metrics']),
  'kubelet_container_log_filesystem_used_bytes',
  ({ node }, facts, wanted) =>
    podsEverOn(facts, node)
      .filter(({ workload, name }) => wanted.admits('namespace', workload.namespace) && wanted.admits('pod', name))
      .map((place) => ({
        labels: {
          namespace: place.workload.namespace,
          pod: place.name,
          container: place.workload.container,
          uid: podUid(place),
        },
        at: (at: number) => (place.wasThere(at) ? sizeAt(place, facts, at) : undefined),
      })),
);

function sizeAt(place: PodHistory, facts: Facts, at: number): number {
  const flood = floodOf(place, facts);
  if (!flood || at < flood.from) return QUIET_BYTES;
  const since = Math.min(at, flood.until) - flood.from;
  const kept = since < ROTATED_EVERY_SECONDS ? 0 : COMPRESSED_BYTES;
  return kept + (since % ROTATED_EVERY_SECONDS) * flood.perSecond;
}
