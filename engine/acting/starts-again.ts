import * as z from 'zod';
import type { Change } from '../change.ts';
import { parsed } from '../changes/look.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Clock } from '../ports.ts';
import type { GetOptions, Readers, Source } from '../readers.ts';
import type { Cluster } from '../triage.ts';

/** The controller manager renews its lease every 2 s and loses it after this time, unless it is told another (client-go, `leaderelection`). */
const LEASE_SECONDS = 15;
/** Our clock may be another than the cluster's: what looks old is looked at again after its next renewal. */
const NEXT_RENEWAL_MS = 3_000;

/** Whoever is away so long is missed by everybody: more likely it runs without a lease, and left one behind. */
const LEFT_BEHIND_SECONDS = 3_600;
const AWAY = 'while it is away nothing that ends is started again, and what is ready is not counted';
const LEFT_BEHIND =
  'if it is away nothing that ends is started again; if it runs with --leader-elect=false the lease was left behind, and stands in the way until it is deleted: kubectl --namespace kube-system delete lease kube-controller-manager';

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

/**
 * What earlier looks at the lease showed, by our own clock, which may be another than the cluster's. Only an answer from
 * etcd says what was at a moment: a watch cache may have stood still for minutes.
 */
export interface Renewals {
  last?: {
    readonly holder: string;
    /** As etcd had it at `lookedAtMs`. */
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
  const read = async (how: Pick<GetOptions, 'fresh' | 'again'>) => {
    const atMs = clock.now().getTime();
    const found = await kube.find('Lease', NAME, { namespace: 'kube-system', ...how });
    return found === null
      ? undefined
      : { ...parsed(Lease, found, `Lease ${NAME}`).spec, atMs, fresh: how.fresh === true };
  };
  const report = { id: 'starts-again', title: 'The controller manager is there', breakable: true } as const;
  let renewed = '';
  let awaySeconds = 0;
  let occasion = '';
  // First what costs least, from the watch cache; then as etcd has it now, and after its next renewal.
  for (const how of [{}, { fresh: true }, { fresh: true, again: true }] as const) {
    if ('again' in how) await new Promise((go) => setTimeout(go, pauseMs));
    const lease = await read(how);
    if (!lease?.renewTime)
      return { ...report, holds: true, value: 'not known: the controller manager keeps no lease here' };
    const { renewTime, holderIdentity: holder, leaseDurationSeconds } = lease;
    const seconds = (clock.now().getTime() - Date.parse(renewTime)) / 1000;
    awaySeconds = seconds;
    renewed = `the controller manager renewed its lease ${agoOf(seconds)}`;
    occasion = `${holder ?? ''} ${renewTime}`;
    // By then another one would have taken it, twice over. As far ahead of our clock it tells as little.
    const staleSeconds = 2 * (leaseDurationSeconds ?? LEASE_SECONDS);
    if (Math.abs(seconds) <= staleSeconds) return { ...report, holds: true, value: renewed };
    if (isRenewed(renewals, { ...lease, renewedAt: renewTime, holder: holder ?? '' }, staleSeconds)) {
      const value = 'the controller manager renews its lease, by another clock than ours';
      return { ...report, holds: true, value };
    }
  }
  const value = `${renewed}: ${awaySeconds > LEFT_BEHIND_SECONDS ? LEFT_BEHIND : AWAY}`;
  // Of this absence only: when it comes back and goes again somebody has to think again.
  return { ...report, holds: false, value, occasions: [occasion] };
}

interface Answer {
  readonly holder: string;
  readonly renewedAt: string;
  /** When it was asked for. */
  readonly atMs: number;
  /** By etcd, and not by a watch cache. */
  readonly fresh: boolean;
}

/**
 * Whether this answer, with those before, shows that it was renewed within this time: after a moment at which etcd had an
 * earlier renewal. Of another holder, whose clock may be another, all begins anew.
 */
function isRenewed(renewals: Renewals, { holder, renewedAt, atMs, fresh }: Answer, staleSeconds: number): boolean {
  const last = renewals.last?.holder === holder ? renewals.last : undefined;
  const isLater = last !== undefined && Date.parse(renewedAt) > Date.parse(last.renewedAt);
  const afterMs = isLater ? last.lookedAtMs : last?.afterMs;
  if (fresh) renewals.last = { holder, renewedAt, lookedAtMs: atMs, afterMs };
  else if (last) renewals.last = { ...last, afterMs };
  return afterMs !== undefined && atMs - afterMs <= staleSeconds * 1000;
}

function agoOf(seconds: number): string {
  return seconds <= -1 ? `${lasting(-seconds)} ahead of our clock` : `${lasting(Math.max(0, seconds))} ago`;
}

function lasting(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
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
