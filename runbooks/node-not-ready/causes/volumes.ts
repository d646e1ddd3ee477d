import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import type { Start } from '../../evidence/starting-pods.ts';
import type { Maybe } from '../evidence.ts';
import { portOf } from '../ports.ts';
import { lifeOf, type NodeCause, trusting } from '../signs.ts';
import { IO_STALLED_SHARE } from './kubelet-stuck.ts';

/** Not the storage: what is to be mounted does not exist. */
const NO_SUCH_OBJECT =
  /\b(configmap|secret|persistentvolumeclaim)s? ".*" not found|references non-existent|object ".*" not registered/i;
/** A volume that the kubelet makes in memory: if that fails it is the node that stalls (seen with a throttled disk). */
const OF_THE_KUBELET = /kube-api-access-|-token-|projected/;

/** Pods that wait for their storage. Whoever cannot be reached is named by the attach controller, or by the kubelet. */
export const volumesUnavailable: NodeCause = {
  title: 'Volumes cannot be attached or mounted',
  present: true,
  judge: trusting((seen, maybe, { now }) => {
    const { waiting, starts } = seen.starting;
    const lacking = starts.filter(({ lacks }) => lacks !== undefined && !NO_SUCH_OBJECT.test(lacks.message));
    const unattached = lacking.find(({ lacks }) => lacks?.reason === 'FailedAttachVolume');
    if (unattached) return confirmed(wordsOf(unattached, lacking.length));
    const [unmounted] = lacking;
    if (unmounted) {
      const words = wordsOf(unmounted, lacking.length);
      const doubt = stalled(maybe, now) ?? ofKubelet(unmounted);
      return doubt === undefined ? confirmed(words) : inconclusive(`${words}; but ${doubt}`);
    }
    if (waiting === 0) return ruledOut('no pod on it waits to start');
    if (starts.length < waiting) return inconclusive(`${starts.length} of ${waiting} waiting pods were looked at`);
    return ruledOut(`${plural(waiting, 'pod')} waiting, none of them for a volume`);
  }),
  remedies: ['cordon', 'checkVolumes'],
};

function wordsOf({ pod, lacks }: Start, count: number): string {
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  return `${pod}${more} waits: ${lacks?.reason}: ${lacks?.message}`;
}

function ofKubelet({ lacks }: Start): string | undefined {
  const [, unmounted] = /unmounted volumes=\[([^\]]*)\]|$/.exec(lacks?.message ?? '') ?? [];
  const [, single] = /for volume "([^"]+)"|$/.exec(lacks?.message ?? '') ?? [];
  const names = (unmounted ?? single ?? '').split(/[ ,]+/).filter(Boolean);
  return names.length > 0 && names.every((name) => OF_THE_KUBELET.test(name))
    ? 'that volume is made by the kubelet itself, so the node stalls rather than the storage'
    : undefined;
}

/** A kubelet that stalls mounts nothing, not even a token in memory (seen while its disk was throttled). */
function stalled(maybe: Maybe, now: Date): string | undefined {
  const life = lifeOf(maybe, now);
  if (life.state !== 'renewing') return `${life.words}: a node that stalls shows the same`;
  const port = portOf(maybe, now);
  if (port && port.kind !== 'answers') return `${port.words}: a node that stalls shows the same`;
  const share = maybe.machine?.ioStalledShare;
  if (share === undefined) return 'whether its disk stalls, of which FailedMount is a sign, could not be seen';
  if (share >= IO_STALLED_SHARE)
    return `its tasks wait for I/O ${Math.round(share * 100)} % of the time: look at the disk first`;
  return undefined;
}
