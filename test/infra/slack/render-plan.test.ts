import type { ActionsBlock, Button } from '@slack/types';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../engine/plan.ts';
import type { PlanCard } from '../../../engine/plan-card.ts';
import { render } from '../../../infra/slack/render.ts';
import { planModal, replyModal, sayingModal } from '../../../infra/slack/render-modal.ts';
import { validateView } from '../../../infra/slack/validate.ts';
import { readModal } from '../../../infra/slack/values.ts';
import { hostileText } from './hostile.ts';
import { hostilePlan } from './hostile-plan.ts';
import { applied, cordon, requested, shown } from './plans.ts';
import { expectSendable, wordsOfBlocks } from './words.ts';

const message = (card: PlanCard) => render({ kind: 'plan', card });
const words = (card: PlanCard) => wordsOfBlocks(message(card).blocks);
const withPlan = (card: PlanCard, plan: Partial<Plan>): PlanCard => ({ ...card, plan: { ...card.plan, ...plan } });
const buttons = (card: PlanCard): Button[] =>
  message(card)
    .blocks.filter((block): block is ActionsBlock => block.type === 'actions')
    .flatMap(({ elements }) => elements.filter((element) => element.type === 'button'));

describe('a plan in the thread', () => {
  it('says where it stands, what it rests on, and where it would be applied', () => {
    const [first, , grounds, , facts] = words(requested).split('\n');
    expect(first).toBe('# Cordon the node: waits for approval, 0 of 1, until 03:16 UTC');
    expect(grounds).toBe('Because: The kubelet stopped or hangs: The lease was renewed 247 s ago (limit 40 s)');
    expect(facts).toBe('cluster `prod-eu` · `node/worker-3` · risk low');
    expect(message(requested).text).toBe('Cordon the node: waits for approval, 0 of 1, until 03:16 UTC');
  });

  it('shows the exact changes, each object once, as code', () => {
    const diff = [
      { object: 'Node worker-3', path: 'spec.unschedulable', before: null, after: 'true' },
      { object: 'Node worker-3', path: 'spec.taints', before: '[]', after: '[{"key":"a"}]' },
      { object: 'Deployment shop/web', path: 'spec.replicas', before: '2', after: '4' },
    ];
    expect(words(withPlan(requested, { diff }))).toContain(
      [
        'What will be changed',
        '• cordon node worker-3 (spec.unschedulable: true)',
        '```Node worker-3',
        '  spec.unschedulable: (absent) → true',
        '  spec.taints: [] → [{"key":"a"}]',
        'Deployment shop/web',
        '  spec.replicas: 2 → 4```',
      ].join('\n'),
    );
  });

  it('quotes a value that could be taken for something else', () => {
    const values = ['', '(absent)', 'a → b', 'two\nNode prod-1', ' x', '"', 'a  b', '"quoted"'];
    const diff = values.map((after) => ({ object: 'Node n', path: 'p', before: 'x', after }));
    const code = /```([^`]*)```/.exec(words(withPlan(requested, { diff })))?.[1]?.split('\n');
    expect(code).toEqual([
      'Node n',
      '  p: x → ""',
      '  p: x → "(absent)"',
      '  p: x → "a → b"',
      '  p: x → "two\\nNode prod-1"',
      '  p: x → " x"',
      '  p: x → "\\""',
      '  p: x → a  b',
      '  p: x → "\\"quoted\\""',
    ]);
  });

  it('says what it affects, what takes it back, and the interlocks with their values, in words', () => {
    const text = words(requested);
    expect(text).toContain('What it affects\n• No new pods are placed on worker-3; its 14 pods stay where they are');
    expect(text).toContain(
      'Undo: uncordon node worker-3 (spec.unschedulable: false); it needs approval like any plan, but waits for no freeze',
    );
    expect(text).toContain(
      '• ✓ holds: Enough healthy nodes in the pool (11 of 12 nodes are ready; at least 8 must stay)',
    );
    const interlocks = cordon.interlocks.map((each) => ({ ...each, holds: false }));
    const named = { ...requested, glassBreakers: { users: ['U0LEAD'], userGroups: [] } };
    const without = words(withPlan(named, { interlocks, inverse: { none: 'a deleted pod does not come back' } }));
    expect(without).toContain('Cannot be undone: a deleted pod does not come back');
    expect(without).toContain('• ✗ does not hold: Enough healthy nodes in the pool (11 of 12 nodes are ready');
    expect(without).toContain('in the last 15 minutes); those whom the policy names may break the glass');
    const way = `To break the glass: /nightshift break-glass ${cordon.id} <why, in a sentence>`;
    expect(without).toContain(way);
    expect(text).not.toContain('break-glass');
    const nobody = words(withPlan(requested, { interlocks }));
    expect(nobody).toContain('in the last 15 minutes); the policy names nobody who may break the glass');
    expect(nobody).not.toContain('break-glass');
    expect(words(withPlan(applied, { interlocks }))).not.toContain('break-glass');
  });

  it('says who may approve, how many must, and until when', () => {
    expect(words(shown)).toContain(
      'May approve: @S0ONCALL, @U0APPROVER\n1 approval is needed; the one who asks cannot give one; a request is valid for 30 minutes',
    );
    expect(words(requested)).toContain(
      'Requested by @U0REQUESTER at 2026-11-21 02:46:30 UTC, valid until 2026-11-21 03:16:30 UTC\n0 of 1 given',
    );
    const nobody = { ...requested, approvers: { users: [], userGroups: [] }, nobodyBecause: 'no rule names this fix' };
    expect(words(nobody)).toContain('May approve: nobody: no rule names this fix');
  });

  it('says who spoke, what the API server answered, and what the verification saw', () => {
    const text = words(applied);
    expect(text).toContain('1 of 1 given\n✓ approved by @U0APPROVER at 2026-11-21 02:47:00 UTC');
    expect(text).toContain(
      '• ✓ done: patch Node worker-3 · 2026-11-21 02:47:02 UTC\nThe API server said: 200, unschedulable: true',
    );
    expect(text).toContain(
      'Verification: ✓ fixed: no pod was placed on it since\nlooked 2 times, last at 2026-11-21 02:49:00 UTC',
    );
    const refusal = { by: 'U0APPROVER', at: '2026-11-21T02:47:00Z' };
    expect(words(withPlan(requested, { refusal }))).toContain('✗ refused by @U0APPROVER at 2026-11-21 02:47:00 UTC');
  });

  it('says why it still waits, and who that is about', () => {
    const waitsFor = [
      { why: 'the policy asks for 2 approvals now; it was 1 when it was asked for' },
      { by: 'U0APPROVER', why: 'has approved it, which does not count any more: this account is deactivated' },
    ];
    const text = words({ ...requested, approvalsNeeded: 2, waitsFor });
    expect(text).toContain('0 of 2 given');
    expect(text).toContain('… the policy asks for 2 approvals now; it was 1 when it was asked for');
    expect(text).toContain('… @U0APPROVER has approved it, which does not count any more: this account is deactivated');
  });

  it('says since when it waits for the directory, and since when nobody could look at its interlocks', () => {
    const since = '2026-11-21T02:49:00Z';
    const paused = { since, because: 'who may have it done could not be looked up' };
    expect(words(withPlan(requested, { state: 'approved', paused }))).toContain(
      '… waits since 2026-11-21 02:49:00 UTC: who may have it done could not be looked up. It goes on by itself',
    );
    const unseen = { since, because: 'connection refused' };
    const warning = '⚠ The interlocks could not be looked at since 2026-11-21 02:49:00 UTC: connection refused';
    expect(words(withPlan(requested, { unseen }))).toContain(warning);
    expect(words(withPlan(applied, { unseen }))).not.toContain(warning);
  });

  it('names the person who said what became of a change in doubt, as a person', () => {
    const decision = { by: 'U0LEAD', at: '2026-11-21T02:50:00Z', wasApplied: true };
    expect(words(withPlan(applied, { decision }))).toContain(
      '@U0LEAD at 2026-11-21 02:50:00 UTC: looked, and says that it was applied',
    );
  });

  it('of an undo says what it takes back', () => {
    expect(words(withPlan(requested, { undoes: 'another' }))).toContain(
      'Takes back what was done because of: The kubelet stopped or hangs: The lease was renewed 247 s ago (limit 40 s)',
    );
  });

  it('has the buttons of its state, which hold its opaque id and nothing else', () => {
    expect(buttons(requested).map(({ action_id, value }) => [action_id, value])).toEqual([
      ['approve', cordon.id],
      ['refuse', cordon.id],
    ]);
    expect(buttons(applied).map(({ text }) => text.text)).toEqual(['Undo']);
    expect(buttons(shown)).toEqual([]);
    expect(buttons(withPlan(requested, { id: 'not an id' }))).toEqual([]);
    expect(message(requested).blocks.at(-1)).toMatchObject({
      block_id: `plan-${Date.parse(requested.plan.updatedAt)}`,
    });
  });

  it('asks once more before a yes, naming change and cluster, and before somebody says what is true', () => {
    const [approve, refuse] = buttons(requested);
    expect(approve?.confirm?.text).toMatchObject({
      text: 'cordon node worker-3 (spec.unschedulable: true) on cluster prod-eu. Risk: low. It runs once, and only if the cluster still fits it.',
    });
    expect(approve?.style).toBe('primary');
    expect(refuse?.confirm).toBeUndefined();
    // Whoever stops something is in a hurry.
    const [stop] = buttons({ ...requested, buttons: ['stop'] });
    expect(stop).toMatchObject({ text: { text: 'Stop' }, style: 'danger' });
    expect(stop?.confirm).toBeUndefined();
    const unknown = buttons({ ...requested, buttons: ['it-was-applied', 'it-was-not-applied'] });
    expect(unknown.map(({ confirm }) => confirm?.title?.text)).toEqual(Array(2).fill('Did you look for yourself?'));
    expect(buttons(withPlan(requested, { risk: 'high' }))[0]).toMatchObject({ style: 'danger' });
  });

  it('never passes off a part for the whole: it says so, in the question before a yes too', () => {
    const diff = Array.from({ length: 400 }, (_, n) => ({
      object: `Pod shop/web-${n}`,
      path: 'metadata.deletionTimestamp',
      before: null,
      after: '2026-11-21T02:47:00Z',
    }));
    const cut = withPlan(requested, { diff, described: diff.map(({ object }) => `evict ${object}`) });
    expect(words(cut)).toContain('⚠ Not all is shown here: nightshift plan q7Jx0TzQ2mVb-1KcR9dWnA lists all');
    expect(buttons(cut)[0]?.confirm?.text).toMatchObject({
      text: expect.stringMatching(/prod-eu.*Not all is shown: nightshift plan q7Jx0TzQ2mVb-1KcR9dWnA/),
    });
    expectSendable(message(cut));
  });
});

describe('a plan in its window', () => {
  it('can be submitted when it may be requested, and remembers its plan and the channel', () => {
    const view = planModal(shown, 'C0INCIDENTS');
    expect(view).toMatchObject({
      type: 'modal',
      title: { text: 'Plan: Cordon the node' },
      submit: { text: 'Request Approval' },
      callback_id: 'request-plan',
    });
    expect(readModal(view.private_metadata)).toEqual({ plan: cordon.id, channel: 'C0INCIDENTS' });
    expect(validateView(view)).toEqual([]);
  });

  it('shows more than a message holds', () => {
    const diff = Array.from({ length: 150 }, (_, n) => ({
      object: `Pod shop/web-${n}`,
      path: 'metadata.deletionTimestamp',
      before: null,
      after: '2026-11-21T02:47:00Z',
    }));
    const view = planModal(withPlan(shown, { diff }), 'C1');
    expect(JSON.stringify(view.blocks)).toContain('Pod shop/web-149');
    expect(JSON.stringify(view.blocks)).not.toContain('Not all is shown');
    expect(validateView(view)).toEqual([]);
  });

  it('says why when it may not be requested, and has nothing to press', () => {
    const interlocks = cordon.interlocks.map((each) => ({ ...each, holds: false }));
    const card = withPlan(
      { ...shown, mayRequest: false, nobodyBecause: 'no rule of the policy names this fix' },
      { blocked: ['budget shop/web allows no disruption now'], interlocks },
    );
    const view = planModal(card, 'C1');
    expect(wordsOfBlocks(view.blocks as Parameters<typeof wordsOfBlocks>[0])).toContain(
      [
        'Approval cannot be requested as things stand',
        '• budget shop/web allows no disruption now',
        '• Enough healthy nodes in the pool: 11 of 12 nodes are ready; at least 8 must stay',
        '• no rule of the policy names this fix',
      ].join('\n'),
    );
    expect(view.submit).toBeUndefined();
    expect(view.private_metadata).toBeUndefined();
  });
});

describe('whatever a plan holds', () => {
  it('its message can be posted and edited, calls nobody it does not name by id, and stays within its budget', () => {
    fc.assert(
      fc.property(hostilePlan, (card) => {
        expectSendable(message(card));
        expectSendable(render({ kind: 'break-glass', card }));
      }),
      { numRuns: 80, endOnFailure: true },
    );
  });

  it('and its window can be opened, as can one with a reply', () => {
    fc.assert(
      fc.property(hostilePlan, hostileText, (card, text) => {
        for (const view of [
          planModal(card, 'C1'),
          sayingModal(text),
          replyModal({ text, items: [{ name: text, text }] }),
        ])
          expect(validateView(view)).toEqual([]);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});
