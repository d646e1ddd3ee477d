import type { Plan } from '../plan.ts';
import { announcePlan } from './announce.ts';
import type { Answer } from './decide.ts';
import type { Acting } from './desk.ts';
import { append } from './ledger.ts';
import { type Caller, mayApprove, ruleFor } from './policy.ts';
import { amendPlan, changed, planById } from './stored.ts';
import { firstLook } from './verify.ts';

/**
 * Nobody knew whether a change was made; a person has looked and says it. Nothing is repeated: applied goes on to
 * verification, not applied ends the plan, and whoever wants it done asks for a new one.
 */
export async function settleUnknown(acting: Acting, id: string, caller: Caller, wasApplied: boolean): Promise<Answer> {
  const plan = await planById(acting.store, id);
  if (!plan) return 'This plan is no longer known.';
  const rule = ruleFor((await acting.rules()).policy, plan);
  const judged = await mayApprove(acting.people, rule && { ...rule, requesterMayApprove: true }, plan, caller);
  const { cluster, incident, digest } = plan;
  const about = { cluster, incident, plan: id, digest, by: caller.user };
  if (!judged.allowed) {
    const details = { what: 'say whether it was applied', why: judged.why };
    await append(acting.store, acting.clock, { kind: 'denied', ...about, details });
    return `You may not decide this: ${judged.why}.`;
  }
  return amendPlan<Answer>(
    acting.store,
    id,
    async (current) => {
      if (current.state !== 'unknown') return { result: 'Somebody has decided this already.' };
      await append(acting.store, acting.clock, { kind: 'decided', ...about, details: { wasApplied } });
      const value = settled(current, wasApplied, caller.user, acting.clock.now());
      const send = value.state === 'applied' ? firstLook(acting, value) : [];
      return { result: undefined, value, send: [...announcePlan(acting, value), ...send] };
    },
    'This plan is no longer known.',
  );
}

function settled(plan: Plan, wasApplied: boolean, by: string, now: Date): Plan {
  const steps = plan.steps.map((step) =>
    step.state === 'unknown' ? { ...step, state: wasApplied ? ('done' as const) : ('failed' as const) } : step,
  );
  const left = steps.filter(({ state }) => state === 'waiting').length;
  const said = `<@${by}> looked and says that it was ${wasApplied ? '' : 'not '}applied`;
  if (wasApplied && left === 0) return changed(plan, { state: 'applied', steps, because: said }, now);
  const because = wasApplied ? `${said}; ${left} of ${steps.length} steps were not begun` : said;
  return changed(plan, { state: 'failed', steps, because }, now);
}
