import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../engine/plan.ts';
import type { PlanCard } from '../../../engine/plan-card.ts';
import { render } from '../../../infra/slack/render.ts';
import { cordon, requested } from './plans.ts';
import { expectSendable, wordsOfBlocks } from './words.ts';

const words = (card: PlanCard) => wordsOfBlocks(render({ kind: 'plan', card }).blocks);
const withPlan = (card: PlanCard, plan: Partial<Plan>): PlanCard => ({ ...card, plan: { ...card.plan, ...plan } });

describe('a plan of which somebody broke the glass', () => {
  const interlocks = cordon.interlocks.map((each) => ({ ...each, holds: !each.breakable }));
  const breakGlass = {
    ...{ by: 'U0LEAD', at: '2026-11-21T02:47:00Z', reason: 'the shop is down' },
    although: interlocks.filter(({ holds }) => !holds),
  };
  const broken = withPlan(requested, { interlocks, breakGlass });

  it('says so first, with the rule that was passed over and the reason', () => {
    expect(words(broken)).toContain(
      '⚠ Break-glass by @U0LEAD at 2026-11-21 02:47:00 UTC, in spite of: Nothing was done to it a moment ago (no change of node/worker-3 in the last 15 minutes)\nReason: the shop is down',
    );
    expect(words(broken)).toContain('in the last 15 minutes); somebody broke the glass');
    expect(words(broken)).not.toContain('To break the glass');
  });

  it('goes on saying what was passed over then, whatever stands in the way since', () => {
    const since = interlocks.map((each) => ({
      ...each,
      value: 'another change, a minute ago',
      occasions: ['other'],
    }));
    const named = { ...broken, glassBreakers: { users: ['U0LEAD'], userGroups: [] } };
    const text = words(withPlan(named, { interlocks: since }));
    expect(text).toContain('in spite of: Nothing was done to it a moment ago (no change of node/worker-3');
    expect(text).toContain('(another change, a minute ago); those whom the policy names may break the glass');
    const loud = render({ kind: 'break-glass', card: withPlan(broken, { interlocks: cordon.interlocks }) });
    expect(wordsOfBlocks(loud.blocks)).toContain('• Nothing was done to it a moment ago: no change of node/worker-3');
  });

  it('has a message of its own in the channel, which names those who may approve', () => {
    const { text, blocks } = render({ kind: 'break-glass', card: broken });
    expect(text).toBe('Break-glass: Cordon the node: the shop is down');
    const told = wordsOfBlocks(blocks);
    expect(told).toContain('@U0LEAD goes on at 2026-11-21 02:47:00 UTC in spite of:');
    expect(told).toContain('• Nothing was done to it a moment ago: no change of node/worker-3');
    expect(told).toContain('It is done once it is approved by @S0ONCALL, @U0APPROVER');
    expectSendable({ text, blocks });
  });
});
