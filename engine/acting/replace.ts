import { describeChange } from '../changes/describe.ts';
import type { Plan } from '../plan.ts';
import { redact } from '../redact.ts';
import { amendNoted, amendWithEntry } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { claimFix } from './incident-plans.ts';
import { aboutPlan } from './ledger.ts';
import { remediateMessage } from './messages.ts';
import { planAgain } from './planner.ts';
import { ruleFor } from './policy.ts';
import { askedNow, expireMessage } from './standing.ts';
import { amendPlan, changed, planById } from './stored.ts';

/**
 * The cluster has changed since the plan was shown: it is put aside with the difference in words, and the plan that
 * fits now will be asked for in its place (`askAnew`). In this order, so that whoever dies in between leaves one request
 * or none, never two; the message that asks anew is stored with the plan that it takes the place of.
 */
export async function replace(acting: Acting, old: Plan): Promise<void> {
  const again = await planAgain(acting, old);
  const because = 'problem' in again ? again.problem : differenceOf(old, again.plan);
  const fits = 'plan' in again && again.plan.blocked.length === 0 && again.plan.clusterUid === old.clusterUid;
  const next = fits && old.request ? { supersededBy: again.plan.id } : {};
  await amendNoted(acting, old.id, async (current, { now, note }) => {
    if (current.state !== old.state) return { result: undefined };
    await note({ kind: 'outdated', ...aboutPlan(old), details: { because, ...next } });
    const value = changed(current, { state: 'outdated', because, ...next }, now);
    const ask = next.supersededBy ? [remediateMessage({ type: 'ask-anew', plan: old.id }, old.cluster)] : [];
    return { result: undefined, value, send: [...announcePlan(acting, value), ...ask] };
  });
}

/** Asks for the plan that fits now, for the same person. Approvals do not carry over. Doing it twice changes nothing. */
export async function askAnew(acting: Acting, id: string): Promise<void> {
  const old = await planById(acting.store, id);
  if (old?.state !== 'outdated' || !old.supersededBy || !old.request) return;
  const { supersededBy, request } = old;
  if (await planById(acting.store, supersededBy)) return;
  const again = await planAgain(acting, old, { id: supersededBy, at: acting.clock.now().toISOString() });
  const rule = ruleFor((await acting.rules()).policy, old);
  if ('problem' in again) return notAsked(acting, old, again.problem);
  if (!rule) return notAsked(acting, old, 'no rule of the policy names this fix any more');
  if (again.plan.blocked.length > 0) return notAsked(acting, old, again.plan.blocked.join('; '));
  if (!(await claimFix(acting, again.plan))) return notAsked(acting, old, 'somebody has asked for it meanwhile');
  const now = acting.clock.now();
  const asked = askedNow(rule, request, now);
  const fresh = changed(again.plan, { state: 'requested', shownTo: old.shownTo, request: asked }, now);
  const details = { described: fresh.described, insteadOf: old.id };
  const asking = { kind: 'requested', ...aboutPlan(fresh), by: request.by, details } as const;
  const send = [expireMessage(fresh, rule), ...announcePlan(acting, fresh)];
  await amendWithEntry<Plan, void>(acting, 'plans', fresh.id, async (there, { note }) => {
    if (there) return { result: undefined };
    await note(asking);
    return { result: undefined, value: fresh, send };
  });
}

/** The plan that was put aside promises no other one. */
async function notAsked(acting: Acting, old: Plan, why: string): Promise<void> {
  await amendPlan<void>(
    acting.store,
    old.id,
    ({ supersededBy: _nobody, ...current }) => {
      const because = `${old.because ?? ''}; no other plan takes its place: ${why}`;
      const value = changed(current, { because }, acting.clock.now());
      return { result: undefined, value, send: announcePlan(acting, value) };
    },
    undefined,
  );
}

/** What changed between two plans of one remedy, for a person. */
export function differenceOf(old: Plan, now: Plan): string {
  if (old.clusterUid !== now.clusterUid) return `${old.cluster} is another cluster now than the one it was made for`;
  const linesOf = ({ diff }: Plan) =>
    diff.map(({ object, path, before, after }) => `${object} ${path}: ${before ?? 'absent'} → ${after ?? 'absent'}`);
  const [was, is] = [linesOf(old), linesOf(now)];
  const parts = [
    ...(old.cause.id === now.cause.id ? [] : [`it rests on another cause now: ${now.cause.title}`]),
    ...is.filter((line) => !was.includes(line)).map((line) => `now ${line}`),
    ...was.filter((line) => !is.includes(line)).map((line) => `no longer ${line}`),
    ...now.effects.filter((line) => !old.effects.includes(line)).map((line) => `now: ${line}`),
    ...(wayBack(old) === wayBack(now) ? [] : [`now taken back by: ${wayBack(now)}`]),
    ...now.blocked,
  ];
  if (parts.length === 0) return UNSHOWN;
  const more = parts.length > MOST_TOLD ? [`and ${parts.length - MOST_TOLD} more differences`] : [];
  return [...parts.slice(0, MOST_TOLD), ...more].join('; ');
}

const MOST_TOLD = 6;

/** What the digest knows and no line of a plan shows. */
const UNSHOWN =
  'an object was replaced by another one of the same name, or what the change sets going is not the same any more (a pod template, the owner of a pod)';

function wayBack({ inverse }: Plan): string {
  return 'none' in inverse ? `nothing, since ${inverse.none}` : redact(inverse.map(describeChange).join('; '));
}
