import { describe, expect, test } from 'vitest';
import type { InterlockReport } from '../../../engine/interlocks.ts';
import type { Plan } from '../../../engine/plan.ts';
import { planPage } from '../../../infra/local/plan-page.ts';
import { render } from '../../../infra/slack/render.ts';
import { cordon, requested } from './plans.ts';
import { expectSendable, wordsOfBlocks } from './words.ts';

const names = (count: number) => Array.from({ length: count }, (_, n) => `payments-${String(n).padStart(2, '0')}`);
const pods = (count: number) => names(count).map((name) => `shop/${name}-7d9f8b6c5-x2xlz`);

/** A drain that takes as many workloads of one replica, each with data of its own. */
function drainOf(count: number): Plan {
  const occasions = names(count).map((name) => `ReplicaSet shop/${name}-7d9f8b6c5`);
  const last: InterlockReport = {
    id: 'last-replica',
    title: 'Not the last replica',
    holds: false,
    breakable: true,
    value: `none would be ready of ${count} workloads until others have started: ${occasions.join(', ')}`,
    occasions,
  };
  return {
    ...requested.plan,
    title: 'Drain the node',
    changes: [{ verb: 'drain', node: 'worker-3', allow: ['bare-pods', 'local-storage'] }],
    described: ['drain node worker-3'],
    diff: pods(count).map((pod) => ({ object: `Pod ${pod}`, path: 'spec.nodeName', before: 'worker-3', after: null })),
    effects: pods(count).map((pod) => `evict ${pod}; nothing starts it again; what is in its emptyDir volumes is lost`),
    interlocks: [...cordon.interlocks, last],
  };
}

const breakGlass = (plan: Plan): Plan => ({
  ...plan,
  breakGlass: {
    ...{ by: 'U0LEAD', at: '2026-11-21T02:47:00Z', reason: 'the shop is down' },
    although: plan.interlocks.filter(({ holds }) => !holds),
  },
});

const ID = requested.plan.id;
const losses = (text: string) => text.match(/emptyDir volumes is lost/g)?.length ?? 0;
const message = (plan: Plan) => render({ kind: 'plan', card: { ...requested, plan } });

describe('what a drain takes and what stands in its way', () => {
  test.each([15, 30, 60, 110])('of %i pods is shown whole, or it is said that it is not', (count) => {
    const sent = message(drainOf(count));
    const text = wordsOfBlocks(sent.blocks);
    const whole = losses(text) === count && names(count).every((name) => text.includes(`ReplicaSet shop/${name}-`));
    const confirm = JSON.stringify(sent.blocks.at(-1));
    expect(text.includes(`⚠ Not all is shown here: nightshift plan ${ID} lists all`)).toBe(!whole);
    expect(confirm.includes(`Not all is shown: nightshift plan ${ID}`)).toBe(!whole);
    expect(text).toContain(`none would be ready of ${count} workloads`);
    expectSendable(sent);
  });

  test('of few is shown whole, without a warning', () => {
    const text = wordsOfBlocks(message(drainOf(3)).blocks);
    expect(losses(text)).toBe(3);
    expect(text).not.toContain('Not all is shown');
  });

  test('names the first of very many workloads, and says how many more', () => {
    expect(wordsOfBlocks(message(drainOf(30)).blocks)).toMatch(
      /of 30 workloads until others have started: ReplicaSet shop\/payments-00-7d9f8b6c5, .* and 28 more\)/,
    );
  });

  test('is listed whole by nightshift plan', () => {
    const plan = breakGlass({ ...drainOf(110), interlocks: cordon.interlocks });
    const broken = { ...plan.breakGlass, although: drainOf(110).interlocks.slice(-1) } as NonNullable<
      Plan['breakGlass']
    >;
    const page = planPage({ ...requested, plan: { ...plan, breakGlass: broken } }, { columns: 100, colour: false });
    const joined = page.replaceAll(/\s+/g, ' ');
    for (const name of names(110)) expect(joined).toContain(`ReplicaSet shop/${name}-7d9f8b6c5`);
    for (const pod of pods(110)) expect(joined).toContain(`evict ${pod};`);
  });
});

describe('the message of a broken glass', () => {
  test('says for how many workloads somebody answers, and where all are listed', () => {
    const card = { ...requested, plan: breakGlass(drainOf(30)) };
    const { text, blocks } = render({ kind: 'break-glass', card });
    const told = wordsOfBlocks(blocks);
    expect(told).toContain(
      'none would be ready of 30 workloads until others have started: ReplicaSet shop/payments-00-',
    );
    expect(told).toContain('and 25 more');
    expect(told).toContain(`Not all of it is named here: nightshift plan ${ID} lists all`);
    expectSendable({ text, blocks });
  });

  test('names few of them all', () => {
    const card = { ...requested, plan: breakGlass(drainOf(3)) };
    const told = wordsOfBlocks(render({ kind: 'break-glass', card }).blocks);
    expect(told).toContain('ReplicaSet shop/payments-02-7d9f8b6c5');
    expect(told).not.toContain('Not all');
  });
});
