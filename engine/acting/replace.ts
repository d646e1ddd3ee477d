import type { Plan } from '../plan.ts';
import { announcePlan } from './announce.ts';
import type { Acting } from './desk.ts';
import { withPlan } from './incident-plans.ts';
import { append } from './ledger.ts';
import { remediateMessage } from './messages.ts';
import { planAgain } from './planner.ts';
import { ruleFor } from './policy.ts';
import { amendPlan, changed } from './stored.ts';

/**
 * The cluster has changed since the plan was shown: it is put aside with the difference in words, and the plan that
 * fits now is asked for in its place, by the same person. Approvals do not carry over.
 */
export async function replace(acting: Acting, old: Plan): Promise<void> {
  const again = await planAgain(acting, old);
  const because = 'problem' in again ? again.problem : differenceOf(old, again.plan);
  const rule = ruleFor((await acting.rules()).policy, old);
  const now = acting.clock.now();
  const fresh =
    'problem' in again || !rule || !old.request || again.plan.blocked.length > 0
      ? undefined
      : changed(
          again.plan,
          {
            state: 'requested',
            shownTo: old.shownTo,
            request: {
              by: old.request.by,
              at: now.toISOString(),
              expiresAt: new Date(now.getTime() + rule.expiresAfterMinutes * 60_000).toISOString(),
              approvalsNeeded: rule.approvals,
            },
          },
          now,
        );
  if (fresh) {
    const { cluster, incident, digest, described } = fresh;
    const send = [
      remediateMessage({ type: 'expire', plan: fresh.id }, cluster, (rule?.expiresAfterMinutes ?? 0) * 60_000),
    ];
    await append(acting.store, acting.clock, {
      kind: 'requested',
      cluster,
      incident,
      plan: fresh.id,
      digest,
      by: fresh.request?.by ?? '',
      details: { described, insteadOf: old.id },
    });
    await acting.store.put({
      collection: 'plans',
      id: fresh.id,
      value: fresh,
      expect: 'absent',
      send: [...send, ...announcePlan(acting, fresh)],
    });
    await withPlan(acting, fresh);
  }
  await amendPlan<void>(
    acting.store,
    old.id,
    (current) => {
      if (current.state !== old.state) return { result: undefined };
      const fields = { state: 'outdated' as const, because, ...(fresh ? { supersededBy: fresh.id } : {}) };
      const value = changed(current, fields, now);
      return { result: undefined, value, send: announcePlan(acting, value) };
    },
    undefined,
  );
}

/** What changed between two plans of one remedy, for a person. */
export function differenceOf(old: Plan, now: Plan): string {
  const linesOf = ({ diff }: Plan) =>
    diff.map(({ object, path, before, after }) => `${object} ${path}: ${before ?? 'absent'} → ${after ?? 'absent'}`);
  const [was, is] = [linesOf(old), linesOf(now)];
  const parts = [
    ...(old.cause.id === now.cause.id ? [] : [`it rests on another cause now: ${now.cause.title}`]),
    ...is.filter((line) => !was.includes(line)).map((line) => `now ${line}`),
    ...was.filter((line) => !is.includes(line)).map((line) => `no longer ${line}`),
    ...now.effects.filter((line) => !old.effects.includes(line)).map((line) => `now: ${line}`),
    ...now.blocked,
  ];
  return parts.length > 0 ? parts.slice(0, 6).join('; ') : 'an object was replaced by another one of the same name';
}
