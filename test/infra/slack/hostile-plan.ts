import * as fc from 'fast-check';
import type { PlanCard } from '../../../engine/plan-card.ts';
import { change, few, hostileInstant, hostilePerson, hostileText, risk, someId } from './hostile.ts';

const said = fc.record({ by: hostilePerson, at: hostileInstant });
const value = fc.option(hostileText);
const diff = fc.record({ object: hostileText, path: hostileText, before: value, after: value });
const interlock = fc.record({
  id: fc.constantFrom('healthy-nodes', 'freeze-window'),
  title: hostileText,
  holds: fc.boolean(),
  value: hostileText,
  breakable: fc.boolean(),
});
const step = fc.record(
  {
    action: hostileText,
    state: fc.constantFrom('waiting', 'rehearsed', 'started', 'done', 'failed', 'unknown'),
    at: hostileInstant,
    said: hostileText,
  },
  { requiredKeys: ['action', 'state'] },
);

const required = {
  id: someId,
  incident: someId,
  cluster: hostileText,
  runbook: hostileText,
  target: hostileText,
  remedy: hostileText,
  title: hostileText,
  risk,
  cause: fc.record({ id: hostileText, title: hostileText, reason: hostileText }),
  before: fc.constant({ confirmed: {}, recovered: 'ruled-out' as const }),
  changes: few(change, 5),
  described: few(hostileText, 40),
  diff: few(diff, 120),
  effects: few(hostileText, 40),
  blocked: few(hostileText, 10),
  inverse: fc.oneof(few(change, 40), fc.record({ none: hostileText })),
  interlocks: few(interlock, 12),
  digest: hostileText,
  at: hostileInstant,
  state: fc.constantFrom(
    'shown',
    'requested',
    'approved',
    'executing',
    'applied',
    'failed',
    'unknown',
    'refused',
    'expired',
    'outdated',
    'moot',
  ),
  shownTo: few(hostilePerson, 5),
  approvals: few(said, 30),
  steps: few(step, 60),
  updatedAt: hostileInstant,
} as const;
const optional = {
  request: fc.record({ by: hostilePerson, at: hostileInstant, expiresAt: hostileInstant, approvalsNeeded: fc.nat() }),
  refusal: said,
  breakGlass: fc.record({
    by: hostilePerson,
    at: hostileInstant,
    reason: hostileText,
    although: few(interlock, 2),
  }),
  unseen: fc.record({ since: hostileInstant, because: hostileText }),
  paused: fc.record({ since: hostileInstant, because: hostileText }),
  doubt: fc.record({ what: hostileText, seen: hostileText, since: hostileInstant }),
  decision: fc.record({ by: hostilePerson, at: hostileInstant, wasApplied: fc.boolean() }),
  because: hostileText,
  executedAt: hostileInstant,
  verification: fc.record({
    looks: fc.nat(),
    untilAt: hostileInstant,
    verdict: fc.constantFrom('waiting', 'fixed', 'not-fixed', 'worse', 'cannot-tell'),
    reason: hostileText,
    at: hostileInstant,
  }),
  undoes: hostileText,
  supersededBy: hostileText,
} as const;
const requiredKeys = Object.keys(required) as (keyof typeof required)[];

/** Any plan there could be, with hostile text in every field. */
export const hostilePlan: fc.Arbitrary<PlanCard> = fc.record(
  {
    plan: fc.record({ ...required, ...optional }, { requiredKeys }),
    headline: hostileText,
    approvers: fc.record({ users: few(hostilePerson, 30), userGroups: few(hostilePerson, 30) }),
    nobodyBecause: hostileText,
    glassBreakers: fc.record({ users: few(hostilePerson, 3), userGroups: few(hostilePerson, 3) }),
    approvalsNeeded: fc.nat(),
    approvalsCounting: fc.nat(),
    expiresAt: hostileInstant,
    waitsFor: few(fc.record({ by: hostilePerson, why: hostileText }, { requiredKeys: ['why'] }), 12),
    requesterMayApprove: fc.boolean(),
    expiresAfterMinutes: fc.nat(),
    mayRequest: fc.boolean(),
    buttons: few(fc.constantFrom('approve', 'refuse', 'undo', 'it-was-applied', 'it-was-not-applied', 'plan-again'), 8),
  },
  {
    requiredKeys: [
      'plan',
      'headline',
      'approvers',
      'approvalsNeeded',
      'approvalsCounting',
      'waitsFor',
      'requesterMayApprove',
      'expiresAfterMinutes',
      'mayRequest',
      'buttons',
    ],
  },
);
