import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { inShort, type Start } from '../../evidence/starting-pods.ts';
import type { Maybe } from '../evidence.ts';
import { portOf } from '../ports.ts';
import { lifeOf, type NodeCause, trusting } from '../signs.ts';
import { IO_STALLED_SHARE } from './kubelet-stuck.ts';

/** Not the storage: what is to be mounted does not exist. */
const NO_SUCH_OBJECT =
  /\b(configmap|secret|persistentvolumeclaim)s? ".*" not found|references non-existent|object ".*" not registered/i;
/** A volume that the kubelet makes in memory: if that fails it is the node that stalls (seen with a throttled disk). */
const OF_THE_KUBELET = /kube-api-access-|-token-|projected/;

/**
 * What is to be in the volume comes from the API server, or from a vault, and does not come (kubernetes, pkg/kubelet/util/manager;
 * the node authorizer; secrets-store-csi-driver): no storage is in it, and several owners may well lack it at once.
 */
const OF_THE_API =
  /failed to sync (?:configmap|secret) cache|couldn't propagate object cache|failed to fetch token|(?:configmaps|secrets|serviceaccounts)\b.*(?:forbidden|dial tcp|timeout|deadline)|SecretProviderClass/i;

/** The node's own: it holds as many volumes as it may. */
const OF_THE_NODE = /exceed max volume count|volume limit|maximum number of volumes/i;
/** Never the node's: another one holds the volume, or the pod wants a path or a share that it may not have or that is not there. */
const OF_OTHERS =
  /Multi-Attach|already exclusively attached|already used by pod|hostPath|(access|permission) ?denied|reason given by server|does not exist/i;
/** The node's only where other nodes have that driver, which no evidence here tells: perhaps nobody installed it. */
const NO_DRIVER = /not found in the list of registered CSI drivers/i;
/** The pods of one owner mount the same, and may lack what is their own matter; that several owners do is not. */
const SEVERAL = 2;

/** Pods that wait for their storage: what those of several owners lack, or what the node itself cannot do. */
export const volumesUnavailable: NodeCause = {
  title: 'Volumes cannot be attached or mounted',
  judge: trusting((seen, maybe, { now }) => {
    const { waiting, starts } = seen.starting;
    const lacking = eachOnce(starts).filter(({ lacks }) => lacks !== undefined && !NO_SUCH_OBJECT.test(lacks.message));
    const [first] = lacking.toSorted((a, b) => rankOf(a) - rankOf(b));
    if (first) {
      const words = wordsOf(first, lacking.length);
      const doubt = stalled(maybe, now) ?? ofKubelet(first);
      if (doubt !== undefined) return inconclusive(`${words}; but ${doubt}`);
      if (isOfNode(first) || ownersOf(lacking.filter(isPerhapsOfNode)) >= SEVERAL) return confirmed(words);
      return inconclusive(`${words}; ${whyOpen(first)}`);
    }
    if (waiting === 0) return ruledOut('no pod on it waits to start');
    if (starts.length < waiting) return inconclusive(`${starts.length} of ${waiting} waiting pods were looked at`);
    return ruledOut(`${plural(waiting, 'pod')} waiting, none of them for a volume`);
  }),
  remedies: ['cordon', 'checkVolumes'],
};

function eachOnce(starts: readonly Start[]): readonly Start[] {
  return [...new Map(starts.map((start) => [start.pod, start])).values()];
}

function isOfNode({ lacks }: Start): boolean {
  return lacks !== undefined && OF_THE_NODE.test(lacks.message);
}

function isPerhapsOfNode({ lacks }: Start): boolean {
  const { message } = lacks ?? {};
  return message !== undefined && ![OF_OTHERS, NO_DRIVER, OF_THE_API].some((pattern) => pattern.test(message));
}

function ownersOf(starts: readonly Start[]): number {
  return new Set(starts.map(({ pod, owner }) => owner ?? pod)).size;
}

function whyOpen({ lacks, owner }: Start): string {
  if (NO_DRIVER.test(lacks?.message ?? '')) {
    return 'the driver is missing on this node, or everywhere: kubectl get csinodes -o custom-columns=NODE:.metadata.name,DRIVERS:.spec.drivers[*].name';
  }
  if (OF_OTHERS.test(lacks?.message ?? '')) return 'the matter of who holds that volume, or of what the pod asks for';
  return `of ${owner === undefined ? 'one pod' : 'the pods of one owner'} alone: its own matter, or that of its storage`;
}

/** What is the node's own first, then what may be, then what the attach controller says. */
function rankOf(start: Start): number {
  if (isOfNode(start)) return 0;
  const rank = start.lacks?.reason === 'FailedAttachVolume' ? 1 : 2;
  return isPerhapsOfNode(start) ? rank : rank + 2;
}

function wordsOf({ pod, lacks }: Start, count: number): string {
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  return `${pod}${more} waits: ${lacks?.reason}: ${inShort(lacks?.message ?? '')}`;
}

function ofKubelet({ lacks }: Start): string | undefined {
  if (OF_THE_API.test(lacks?.message ?? ''))
    return 'what that volume holds comes from the API server or a vault: that way, or the right to it, is what fails';
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
