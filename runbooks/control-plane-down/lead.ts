import { duration, secondsSince } from '../evidence/node-words.ts';
import type { Maybe, Seen } from './evidence.ts';
import { limits } from './limits.ts';
import type { Machine } from './machines.ts';
import type { Context } from './seen.ts';
import { unseenIn } from './waiting.ts';

/** Whether anybody leads. `none`: there is no lease to tell by. */
export interface Lead {
  readonly state: 'held' | 'stale' | 'none' | 'unclear';
  readonly words: string;
  /** Of the holder, as far as it is known. */
  readonly machine?: string;
}

/** `changes(…[5m])` of a lease older than this cannot stem from before it went stale (plus a scrape interval). */
const MOVING_BEYOND_SECONDS = 360;

/**
 * By the lease, which the holder dates by its own clock: so the clock of its machine must be vouched for, by the lease of
 * the kubelet there, before an old one counts as stale.
 */
export function leadOf(seen: Pick<Seen, 'elections'>, maybe: Maybe, { now, target }: Context): Lead {
  const { own } = seen.elections;
  if (own === undefined) return { state: 'none', words: 'it elects no leader' };
  if (own === null) return { state: 'none', words: `there is no lease kube-system/${target.name}` };
  const age = secondsSince(own.renewedAt, now);
  const { machine } = own;
  const of = { machine };
  const holder = maybe.machines?.find(({ name, hostname }) => name === machine || hostname === machine);
  // A leader that ends in peace gives its lease back, and leaves no name.
  const clock = machine === '' ? clockOfAll(maybe.machines ?? [], now) : clockOf(holder, now);
  const moves = maybe.work?.leaseMoves;
  const isMoving = (moves ?? 0) > 0 && Math.abs(age) > MOVING_BEYOND_SECONDS;
  const far = age < 0 ? 'in the future' : 'old';
  if (isMoving)
    return { ...of, state: 'held', words: `its lease is renewed all the time, with times ${duration(age)} ${far}` };
  if (age < -limits.skewSeconds) {
    return { ...of, state: 'unclear', words: `its lease was renewed ${duration(age)} in the future: a clock is off` };
  }
  const renewed = `its lease was renewed ${age <= 0 ? 'just now' : `${duration(age)} ago`} by ${machine || 'nobody'}`;
  const unclear = (why: string): Lead => ({ ...of, state: 'unclear', words: `${renewed}, ${why}` });
  if (age <= limits.kubeletFreshSeconds) return { ...of, state: 'held', words: renewed };
  if (age <= limits.runOutSeconds) {
    if (clock === 'ahead') return unclear('whose clock is ahead');
    return maybe.machines ? { ...of, state: 'held', words: renewed } : unclear('whose clock could not be seen');
  }
  const without = worksWithout(maybe, own.renewedAt, target.name);
  if (without)
    return { ...of, state: 'none', words: `${renewed}, but ${without}: it works without renewing this lease` };
  if (maybe.readyz?.clockAheadSeconds === undefined && !isVouched(maybe, now)) {
    return unclear('and no lease of anybody else is fresh: our own clock may be ahead');
  }
  if (clock === 'behind') return unclear('and the lease of the kubelet there is as late: its clock may be behind');
  const stands = moves === 0 && age > MOVING_BEYOND_SECONDS;
  if (clock === 'unseen' && !stands) return unclear('and whether the clock there is right could not be seen');
  if (maybe.pods === undefined || (target.name === 'kube-scheduler' && maybe.waiting === undefined)) {
    return unclear('and whether it works without this lease could not be seen');
  }
  if (age > limits.leftOverSeconds && nothingWaits(maybe, now, target.name)) {
    const own = maybe.pods.filter((pod) => pod.component === target.name);
    if (own.length === 0)
      return unclear('no pod of it is seen here, and nothing waits for it: the lease may be left over');
    if (own.some((pod) => pod.ready && pod.isConfigured))
      return unclear('nothing waits for it, and its --config file may say that it elects nobody, or by another lease');
  }
  return { ...of, state: 'stale', words: `${renewed}: it has run out, after 15 s` };
}

/** What the kubelet's lease says of its machine's clock. One that is silent says nothing, and no leader is there either. */
function clockOf(machine: Machine | undefined, now: Date): 'right' | 'ahead' | 'behind' | 'unseen' {
  if (machine?.renewedAt === undefined) return 'unseen';
  const age = secondsSince(machine.renewedAt, now);
  if (age < -limits.skewSeconds) return 'ahead';
  if (age <= limits.kubeletFreshSeconds || machine.ready !== 'True') return 'right';
  return 'behind';
}

function clockOfAll(machines: readonly Machine[], now: Date): ReturnType<typeof clockOf> {
  const clocks = machines.map((one) => clockOf(one, now));
  return clocks.find((one) => one !== 'right') ?? (clocks.length > 0 ? 'right' : 'unseen');
}

function isVouched({ elections, machines = [] }: Maybe, now: Date): boolean {
  const times = [...Object.values(elections?.others ?? {}), ...machines].flatMap((one) => one?.renewedAt ?? []);
  return times.some((at) => Math.abs(secondsSince(at, now)) <= limits.kubeletFreshSeconds);
}

/** K3s and others run it in one process, which may have elected a leader once and not any more. */
function nothingWaits({ waiting, work }: Maybe, now: Date, component: string): boolean {
  if (component !== 'kube-scheduler') return (work?.behind ?? 0) === 0;
  const { pods: unbound, tooMany } = waiting ?? { pods: [], tooMany: false };
  return (
    !tooMany &&
    !unseenIn({ pods: unbound }).some(({ createdAt }) => secondsSince(createdAt, now) > limits.runOutSeconds)
  );
}

/** An old Lease may be left over: with --leader-elect=false nobody renews it, and the work is done all the same. */
function worksWithout({ pods = [], waiting }: Maybe, renewedAt: string, component: string): string | undefined {
  if (pods.some((pod) => pod.component === component && pod.electsNobody && pod.ready)) {
    return 'its flags say that it elects nobody, or by another lease';
  }
  if (component !== 'kube-scheduler') return undefined;
  const later = (at: string) => secondsSince(renewedAt, new Date(at)) > limits.runOutSeconds;
  const looked = waiting?.pods.find(({ lookedAt }) => lookedAt !== undefined && later(lookedAt));
  return looked && `a scheduler looked at ${looked.namespace}/${looked.name} after that`;
}
