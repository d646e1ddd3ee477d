import { TryLater } from '../errors.ts';
import type { People } from '../people.ts';
import type { Plan, Said } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import { remediateMessage } from './messages.ts';
import { type Judged, mayApprove, mayRequest, type PolicyRule } from './policy.ts';

const MINUTE_MS = 60_000;

/** Somebody whose word does not count, and why. `later`: it may count, but nobody can tell while the directory is silent. */
export interface Lapsed {
  readonly by: string;
  readonly why: string;
  readonly later?: TryLater;
}

/** How a request stands by the policy and the workspace as they are now, whatever they were when it was made. */
export interface Standing {
  readonly needed: number;
  /** The approvals that count. */
  readonly counting: readonly Said[];
  /** And those that do not. */
  readonly lapsed: readonly Lapsed[];
  /** The one who asked, if they might not ask now. */
  readonly asker?: Lapsed;
}

export async function standingOf(people: People, rule: PolicyRule, plan: Plan): Promise<Standing> {
  const asker = plan.request && { said: plan.request, judged: await mayRequest(people, rule, callerOf(plan.request)) };
  const approvals: { said: Said; judged: Judged }[] = [];
  for (const said of plan.approvals) {
    approvals.push({ said, judged: await mayApprove(people, rule, plan, callerOf(said)) });
  }
  const [gone] = asker ? lapsedOf([asker]) : [];
  return {
    needed: rule.approvals,
    counting: approvals.filter(({ judged }) => judged.allowed).map(({ said }) => said),
    lapsed: lapsedOf(approvals),
    ...(gone ? { asker: gone } : {}),
  };
}

/**
 * Why a request may not be carried out as it stands; `undefined`: it may. Throws `TryLater` where nothing but the silence
 * of the directory stands in the way: that is no fault of whoever asked or approved.
 */
export function objectionIn({ needed, counting, lapsed, asker }: Standing): string | undefined {
  if (asker && !asker.later) return `whoever asked for it might not ask now: ${asker.why}`;
  const silent = silentOf(lapsed);
  if (counting.length + silent.length < needed) {
    const gone = lapsed.filter(({ later }) => !later).map(({ why }) => why);
    const why = gone.length > 0 ? ` (${gone.join('; ')})` : '';
    return `only ${counting.length} of ${needed} approvals count by the policy as it is now${why}`;
  }
  const { by, later } = asker ?? (counting.length < needed ? silent[0] : undefined) ?? {};
  if (later) throw new TryLater(`who may have it done ${unknownNow(later)}`, later.retryAfterMs, later, by);
  return undefined;
}

/** Those who cannot be looked up now. */
export function silentOf(lapsed: readonly Lapsed[]): readonly (Lapsed & { readonly later: TryLater })[] {
  return lapsed.flatMap(({ later, ...one }) => (later ? [{ ...one, later }] : []));
}

export function unknownNow({ message }: TryLater): string {
  return `could not be looked up (${message})`;
}

/** A request of this moment, under the policy as it is. */
export function askedNow(
  { approvals, expiresAfterMinutes }: PolicyRule,
  { by, channel }: Pick<Said, 'by' | 'channel'>,
  now: Date,
): NonNullable<Plan['request']> {
  const expiresAt = new Date(now.getTime() + expiresAfterMinutes * MINUTE_MS).toISOString();
  return {
    by,
    at: now.toISOString(),
    ...(channel === undefined ? {} : { channel }),
    expiresAt,
    approvalsNeeded: approvals,
  };
}

/** Comes when a request made now is over. */
export function expireMessage({ id, cluster }: Pick<Plan, 'id' | 'cluster'>, rule: PolicyRule): Outgoing {
  return remediateMessage({ type: 'expire', plan: id }, cluster, rule.expiresAfterMinutes * MINUTE_MS);
}

/**
 * Until when a request can be approved: counted from when it was made, by the policy as it is now. Without a rule, when
 * nobody may approve anyway, until when it was told.
 */
export function expiryOf({ request }: Pick<Plan, 'request'>, rule: PolicyRule | undefined): string | undefined {
  if (!request || !rule) return request?.expiresAt;
  return new Date(Date.parse(request.at) + rule.expiresAfterMinutes * MINUTE_MS).toISOString();
}

export function isOver(plan: Pick<Plan, 'request'>, rule: PolicyRule | undefined, now: Date): boolean {
  const expiresAt = expiryOf(plan, rule);
  return expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime();
}

function callerOf({ by, channel = '' }: Said) {
  return { user: by, channel };
}

function lapsedOf(all: readonly { readonly said: Said; readonly judged: Judged }[]): Lapsed[] {
  return all.flatMap(({ said: { by }, judged }) => {
    if (judged.allowed) return [];
    const { ofThem: why, later } = judged;
    return [{ by, why, ...(later ? { later } : {}) }];
  });
}
