import * as z from 'zod';
import type { Change } from '../change.ts';
import { parsed } from '../changes/look.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Clock } from '../ports.ts';
import type { Readers, Source } from '../readers.ts';
import type { Cluster } from '../triage.ts';

/** The controller manager renews its lease every 2 s and loses it after this time, unless it is told another (client-go, `leaderelection`). */
const LEASE_SECONDS = 15;
/** Our clock may be another than the cluster's: what looks old is looked at again after its next renewal. */
const NEXT_RENEWAL_MS = 3_000;

const NAME = 'kube-controller-manager';
const Lease = z.object({
  spec: z
    .object({
      renewTime: z.string().nullish(),
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
    })
    .prefault({}),
});

/** What earlier looks at the lease showed, by our own clock, which may be another than the cluster's. */
export interface Renewals {
  last?: {
    readonly holder: string;
    readonly renewedAt: string;
    readonly lookedAtMs: number;
    /** It was renewed after this moment; `undefined`: nobody has seen it renewed yet. */
    readonly afterMs: number | undefined;
  };
}

const known = new WeakMap<Source, Renewals>();

/** What all looks of this process at a cluster have shown: each spares the next one the wait. */
export function renewalsOf({ source }: Pick<Cluster, 'source'>): Renewals {
  const renewals = known.get(source) ?? {};
  known.set(source, renewals);
  return renewals;
}

/**
 * Whether somebody is there who starts again what a plan ends: while the controller manager is away no ReplicaSet and no
 * DaemonSet replaces a pod, and what they count in their status is old. Where it keeps no lease nothing is said against it.
 * Whether the API server would let a new pod in is another matter, which shows only once one has ended.
 * `undefined`: no pod goes. Throws `ReadFailure`.
 */
export async function startsAgain(
  kube: Readers['kube'],
  clock: Clock,
  changes: readonly Change[],
  renewals: Renewals = {},
  pauseMs = NEXT_RENEWAL_MS,
): Promise<InterlockReport | undefined> {
  if (!changes.some(endsPods)) return undefined;
  // Equal reads are made once; that from the watch cache and that from etcd are two.
  const read = async (fresh: boolean) => {
    const found = await kube.find('Lease', NAME, { namespace: 'kube-system', ...(fresh ? { fresh } : {}) });
    return found === null ? null : parsed(Lease, found, `Lease ${NAME}`);
  };
  const lease = await read(false);
  const { renewTime: renewedAt, holderIdentity: holder } = lease?.spec ?? {};
  const report = { id: 'starts-again', title: 'The controller manager is there', breakable: true } as const;
  if (!lease || !renewedAt)
    return { ...report, holds: true, value: 'not known: the controller manager keeps no lease here' };
  const seconds = (clock.now().getTime() - Date.parse(renewedAt)) / 1000;
  const renewed = `the controller manager renewed its lease ${agoOf(seconds)}`;
  // By then another one would have taken it, twice over. As far ahead of our clock it tells as little.
  const staleSeconds = 2 * (lease.spec.leaseDurationSeconds ?? LEASE_SECONDS);
  if (Math.abs(seconds) <= staleSeconds) return { ...report, holds: true, value: renewed };
  const byOurs = {
    ...report,
    holds: true,
    value: 'the controller manager renews its lease, by another clock than ours',
  };
  const isAlive = ({ renewTime, holderIdentity }: z.infer<typeof Lease>['spec']) =>
    isRenewed(renewals, renewTime ?? '', holderIdentity ?? '', clock.now().getTime(), staleSeconds);
  if (isAlive(lease.spec)) return byOurs;
  await new Promise((go) => setTimeout(go, pauseMs));
  const next = await read(true);
  if (next && isAlive(next.spec)) return byOurs;
  const value = `${renewed}: while it is away nothing that ends is started again, and what is ready is not counted`;
  // Of this absence only: when it comes back and goes again somebody has to think again.
  return { ...report, holds: false, value, occasions: [`${holder ?? ''} ${renewedAt}`] };
}

/**
 * Whether this look, with those before, shows that it was renewed within this time. One of several API servers may answer
 * with what was before the last look: that is no renewal. Of another holder, whose clock may be another, all begins anew.
 */
function isRenewed(
  renewals: Renewals,
  renewedAt: string,
  holder: string,
  nowMs: number,
  staleSeconds: number,
): boolean {
  const last = renewals.last?.holder === holder ? renewals.last : undefined;
  const laterMs = last ? Date.parse(renewedAt) - Date.parse(last.renewedAt) : 0;
  const afterMs = last && laterMs > 0 ? last.lookedAtMs : last?.afterMs;
  renewals.last = last && laterMs < 0 ? last : { holder, renewedAt, lookedAtMs: nowMs, afterMs };
  return afterMs !== undefined && nowMs - afterMs <= staleSeconds * 1000;
}

function agoOf(seconds: number): string {
  return seconds <= -1 ? `${lasting(-seconds)} ahead of our clock` : `${lasting(Math.max(0, seconds))} ago`;
}

function lasting(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function endsPods(change: Change): boolean {
  switch (change.verb) {
    case 'evict':
    case 'delete-pod':
    case 'drain':
    case 'restart':
    case 'undo':
    case 'set-resources':
      return true;
    case 'taint':
      return change.taint.effect === 'NoExecute';
    default:
      return false;
  }
}
