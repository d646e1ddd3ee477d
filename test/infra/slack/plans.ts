import type { Plan } from '../../../engine/plan.ts';
import type { PlanCard } from '../../../engine/plan-card.ts';

/** Plans as the engine makes them, for the tests of their rendering. */
export const cordon: Plan = {
  id: 'q7Jx0TzQ2mVb-1KcR9dWnA',
  incident: '0a1b2c3d4e5f-1',
  cluster: 'prod-eu',
  runbook: 'node-not-ready',
  target: 'node/worker-3',
  remedy: 'cordonNode',
  title: 'Cordon the node',
  risk: 'low',
  cause: {
    id: 'kubeletDown',
    title: 'The kubelet stopped or hangs',
    reason: 'The lease was renewed 247 s ago (limit 40 s)',
  },
  before: { confirmed: { kubeletDown: null }, recovered: 'ruled-out' },
  changes: [{ verb: 'cordon', node: 'worker-3' }],
  described: ['cordon node worker-3 (spec.unschedulable: true)'],
  diff: [{ object: 'Node worker-3', path: 'spec.unschedulable', before: null, after: 'true' }],
  effects: ['No new pods are placed on worker-3; its 14 pods stay where they are', '11 of 12 nodes remain schedulable'],
  blocked: [],
  inverse: [{ verb: 'uncordon', node: 'worker-3' }],
  interlocks: [
    {
      id: 'healthy-nodes',
      title: 'Enough healthy nodes in the pool',
      holds: true,
      value: '11 of 12 nodes are ready; at least 8 must stay',
      breakable: false,
    },
    {
      id: 'cool-down',
      title: 'Nothing was done to it a moment ago',
      holds: true,
      value: 'no change of node/worker-3 in the last 15 minutes',
      breakable: true,
    },
  ],
  digest: '9f2b5c0d7e41'.padEnd(64, '0'),
  at: '2026-11-21T02:46:00Z',
  state: 'shown',
  shownTo: ['U0REQUESTER'],
  approvals: [],
  steps: [],
  updatedAt: '2026-11-21T02:46:00Z',
};

export const shown: PlanCard = {
  plan: cordon,
  headline: 'Cordon the node: a plan that nobody has asked for yet',
  approvers: { users: ['U0APPROVER'], userGroups: ['S0ONCALL'] },
  approvalsNeeded: 1,
  approvalsCounting: 0,
  waitsFor: [],
  requesterMayApprove: false,
  expiresAfterMinutes: 30,
  mayRequest: true,
  buttons: [],
};

export const requested: PlanCard = {
  ...shown,
  plan: {
    ...cordon,
    state: 'requested',
    request: {
      by: 'U0REQUESTER',
      at: '2026-11-21T02:46:30Z',
      expiresAt: '2026-11-21T03:16:30Z',
      approvalsNeeded: 1,
    },
    updatedAt: '2026-11-21T02:46:30Z',
  },
  expiresAt: '2026-11-21T03:16:30Z',
  headline: 'Cordon the node: waits for approval, 0 of 1, until 03:16 UTC',
  mayRequest: false,
  buttons: ['approve', 'refuse'],
};

export const applied: PlanCard = {
  ...requested,
  plan: {
    ...requested.plan,
    state: 'applied',
    approvals: [{ by: 'U0APPROVER', at: '2026-11-21T02:47:00Z' }],
    steps: [
      { action: 'patch Node worker-3', state: 'done', at: '2026-11-21T02:47:02Z', said: '200, unschedulable: true' },
    ],
    rehearsedAt: '2026-11-21T02:47:01Z',
    executedAt: '2026-11-21T02:47:02Z',
    verification: {
      looks: 2,
      untilAt: '2026-11-21T02:57:02Z',
      verdict: 'fixed',
      reason: 'no pod was placed on it since',
      at: '2026-11-21T02:49:00Z',
    },
    updatedAt: '2026-11-21T02:49:00Z',
  },
  approvalsCounting: 1,
  headline: 'Cordon the node: applied; verified: fixed',
  buttons: ['undo'],
};
