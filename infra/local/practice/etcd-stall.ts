import type { Facts } from './facts.ts';
import { type Reading, since } from './promql/series.ts';
import type { Workload } from './workloads.ts';

const MIB = 2 ** 20;

/** etcd's containers are full to their memory limit: all members hang, and none is killed. Moments are Unix seconds. */
export interface EtcdStall {
  readonly from: number;
  /** Its limit was raised on the machines. */
  readonly raisedAt?: number;
}

/** What etcd may take by its manifests before and since they were mended; its database may take 2 GiB (its default quota). */
const [LOW_LIMIT, HIGH_LIMIT] = ['512Mi', '2Gi'];
/** Of its process: before its database grew, when nothing more was to be had, and after it was started anew. */
const [CALM_BYTES, FULL_BYTES, ANEW_BYTES] = [180 * MIB, 487 * MIB, 320 * MIB];
/** The container's working set has some cached files besides: 97 % of the limit. */
const CACHED_BYTES = 10 * MIB;
/** Its database, before somebody rewrote large objects for so long, and since. */
const [CALM_STORE_BYTES, GROWN_STORE_BYTES, GROWS_SECONDS] = [212 * MIB, 437 * MIB, 3_000];
/** So long it is slow first: the kernel takes pages of the database away that it reads again at once. */
const THRASHES_SECONDS = 60;
/** Until those who wait have filled the seats of the API servers (measured: with 900 requests at once, in seconds). */
const FILLS_SECONDS = 60;
/** Measured: given memory each member ends at once, for an allocation had failed long ago; its kubelet starts it again. */
const [AGAIN_SECONDS, SERVES_SECONDS] = [10, 12];
/** Leaders that cannot renew their lease end themselves within so long (measured). */
const LEADERS_END_SECONDS = 15;

/** How it goes on: etcd is slow, then it hangs, then the seats of the API servers are full of those who wait. */
export type Phase = 'calm' | 'slow' | 'hanging' | 'full';

/** Each phase and when it began; none where etcd is well all the time. */
export function phasesOf({ etcdStall }: Facts): readonly { readonly at: number; readonly phase: Phase }[] {
  if (etcdStall === undefined) return [];
  const { from } = etcdStall;
  const begun = [
    { at: from - THRASHES_SECONDS, phase: 'slow' },
    { at: from, phase: 'hanging' },
    { at: from + FILLS_SECONDS, phase: 'full' },
  ] as const;
  const end = servesAgainAt(etcdStall);
  return [...begun, ...(end === undefined ? [] : [{ at: end, phase: 'calm' } as const])];
}

export function phaseAt(facts: Facts, at: number): Phase {
  return phasesOf(facts).findLast((phase) => phase.at <= at)?.phase ?? 'calm';
}

function servesAgainAt({ raisedAt }: EtcdStall): number | undefined {
  return raisedAt === undefined ? undefined : raisedAt + SERVES_SECONDS;
}

/** Whether a request that etcd has to answer is not answered. */
export function isStalledAt(facts: Facts, at: number): boolean {
  return /hanging|full/.test(phaseAt(facts, at));
}

/** How old what the API servers still know is: nothing is written while etcd hangs. */
export function storeMoment(facts: Facts, now: number): number {
  return isStalledAt(facts, now) ? (facts.etcdStall?.from ?? now) : now;
}

/** What they know, without what was mended since. */
export function storedFacts(facts: Facts, now: number): Facts {
  const { etcdStall } = facts;
  return etcdStall && isStalledAt(facts, now) ? { ...facts, etcdStall: { from: etcdStall.from } } : facts;
}

/** No scheduler and no controller manager has its lease. */
export function isLeaderlessAt(facts: Facts, at: number): boolean {
  return isStalledAt(facts, at) && isStalledAt(facts, at - LEADERS_END_SECONDS);
}

/** When those who lead ended themselves and were started again. */
export function leadersEndedAt({ etcdStall }: Facts): number | undefined {
  return etcdStall && etcdStall.from + LEADERS_END_SECONDS;
}

/** Whether a member gives no answer: it hangs, or it is just started. */
export function isMemberSilent(stall: EtcdStall | undefined, at: number): boolean {
  return stall !== undefined && at >= stall.from && at < (memberStartedAt(stall) ?? Number.POSITIVE_INFINITY);
}

/** When it was started anew with its new limit. */
export function memberStartedAt(stall: EtcdStall | undefined): number | undefined {
  return stall?.raisedAt === undefined ? undefined : stall.raisedAt + AGAIN_SECONDS;
}

/** A mended manifest makes another pod of the same name. */
export function remadeAt({ etcdStall }: Facts, { kind, name }: Workload): number | undefined {
  return kind === 'StaticPod' && name === 'etcd' ? etcdStall?.raisedAt : undefined;
}

/** The memory limit of a static pod as its manifest has it at that moment. kubeadm gives none. */
export function staticLimitOf({ etcdStall }: Facts, { name }: Workload, at = Number.POSITIVE_INFINITY) {
  if (etcdStall === undefined || name !== 'etcd') return undefined;
  return etcdStall.raisedAt !== undefined && at >= etcdStall.raisedAt ? HIGH_LIMIT : LOW_LIMIT;
}

/** `process_resident_memory_bytes` of a member. */
export function residentBytes(stall: EtcdStall | undefined): Reading {
  return grown(stall, { calm: CALM_BYTES, full: FULL_BYTES, anew: ANEW_BYTES });
}

/** `container_memory_working_set_bytes` of its container. */
export function workingSetBytes({ etcdStall }: Facts): Reading {
  const resident = residentBytes(etcdStall);
  return (at) => (resident(at) ?? 0) + CACHED_BYTES;
}

/** How large its database is. */
export function storeBytes(stall: EtcdStall | undefined): Reading {
  return grown(stall, { calm: CALM_STORE_BYTES, full: GROWN_STORE_BYTES, anew: GROWN_STORE_BYTES });
}

/** When somebody rewrote large objects, until nothing could be written any more. */
export function growthOf({ from }: EtcdStall): { readonly from: number; readonly until: number } {
  return { from: from - GROWS_SECONDS, until: from };
}

function grown(stall: EtcdStall | undefined, bytes: Record<'calm' | 'full' | 'anew', number>): Reading {
  const { calm, full, anew } = bytes;
  if (stall === undefined) return () => calm;
  const growth = growthOf(stall);
  const share = (at: number) => Math.min(1, Math.max(0, (at - growth.from) / (growth.until - growth.from)));
  return since(memberStartedAt(stall) ?? Number.POSITIVE_INFINITY, (at) => calm + share(at) * (full - calm), anew);
}
