import type { ActionsBlock, KnownBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import type { Card } from '../../../engine/card.ts';
import type { PlanLine } from '../../../engine/plan-card.ts';
import type { ManualStep } from '../../../engine/runbook.ts';
import { renderCard } from '../../../infra/slack/render-card.ts';
import { renderThread } from '../../../infra/slack/render-thread.ts';
import { readPair } from '../../../infra/slack/values.ts';
import { diagnosed } from './cards.ts';
import { expectSendable, wordsOfBlocks } from './words.ts';

const shown = (card: Card) => wordsOfBlocks(renderCard(card).message.blocks);
const actionsIn = (blocks: readonly KnownBlock[]) =>
  blocks.filter((block): block is ActionsBlock => block.type === 'actions');
const elementsOf = (card: Card) => actionsIn(renderCard(card).message.blocks).flatMap(({ elements }) => elements);

const fixes = (...titles: string[]): Card => ({
  ...diagnosed,
  remedies: titles.map((title, number) => ({
    id: `fix${number}`,
    title,
    cause: 'kubeletDown',
    risk: 'low',
    digest: 'f'.repeat(64),
    changes: [{ verb: 'cordon', node: 'worker-3' }],
    rehearsal: null,
  })),
  offered: titles.map((_, number) => `fix${number}`),
});

describe('a fix that somebody may approve', () => {
  const card = { ...diagnosed, offered: ['cordonNode'] };

  it('has a button that stands first and holds nothing but references', () => {
    expect(shown(card)).toContain('[Cordon the node] [Run Again] [Runbook] [⋯ Prometheus, Silence]');
    expect(elementsOf(card)[0]).toMatchObject({
      action_id: 'fix',
      value: '0a1b2c3d4e5f-1/cordonNode',
      style: 'primary',
      accessibility_label: 'Cordon the node: show the plan',
    });
    expect(readPair('0a1b2c3d4e5f-1/cordonNode')).toEqual({ incident: '0a1b2c3d4e5f-1', id: 'cordonNode' });
  });

  it('has none when it does not fit, is not known, or its ids could not be read back', () => {
    for (const offered of [['evictPod'], ['nothing'], []])
      expect(shown({ ...card, offered })).toContain('\n[Run Again]');
    expect(shown({ ...card, incident: 'a/b c' })).not.toContain('[Cordon the node]');
  });

  it('leaves at most three buttons to be seen: further fixes, one more look and links wait in the menu', () => {
    const crowded = fixes('Cordon', 'Drain', 'Taint', 'Restart');
    expect(shown(crowded)).toContain('[Cordon] [Drain] [Taint] [⋯ Restart, Run Again, Runbook, Prometheus, Silence]');
    expect(elementsOf(crowded).at(-1)).toMatchObject({
      type: 'overflow',
      action_id: 'more',
      options: [
        { value: 'fix/0a1b2c3d4e5f-1/fix3' },
        { value: 'run-again/0a1b2c3d4e5f-1' },
        { value: 'link/0' },
        { value: 'link/1' },
        { value: 'link/2' },
      ],
    });
    expectSendable(renderCard(crowded).message);
  });

  it('leaves out of the menu what would not fit into an option, rather than cut its reference', () => {
    const many = fixes('A', 'B', 'C', 'D', 'E');
    const long = 'x'.repeat(60);
    const remedies = many.remedies.map((one) => (one.id === 'fix3' ? { ...one, id: long } : one));
    const card = { ...many, remedies, offered: ['fix0', 'fix1', 'fix2', long, 'fix4'] };
    expect(shown(card)).toContain('[A] [B] [C] [⋯ E, Run Again, Runbook, Prometheus, Silence]');
    expectSendable(renderCard(card).message);
  });

  it('says in the thread which links found no room', () => {
    const crowded = fixes('A', 'B', 'C', 'D', 'E', 'F', 'G');
    const thread = renderThread(crowded)
      .map(({ blocks }) => wordsOfBlocks(blocks))
      .join('\n');
    expect(shown(crowded)).not.toContain('Silence');
    expect(thread).toContain('Silence: http://alertmanager:9093/');
  });
});

describe('what became of the fixes', () => {
  const line: PlanLine = {
    plan: 'q7Jx',
    title: 'Cordon the node',
    steps: [
      { word: 'requested', at: '2026-11-21T02:46:30Z', by: 'U0REQUESTER' },
      { word: 'approved', at: '2026-11-21T02:47:00Z', by: 'U0APPROVER' },
      { word: 'rehearsed', at: '2026-11-21T02:47:01Z' },
      { word: 'applied', at: '2026-11-21T02:47:02Z' },
      { word: 'verified', at: '2026-11-21T02:49:00Z', note: 'verified: fixed: no pod was placed on it since' },
    ],
  };

  it('stands in one line each, with times and names', () => {
    expect(shown({ ...diagnosed, plans: [line] })).toContain(
      'Fixes asked for\n• Cordon the node: requested by @U0REQUESTER 2026-11-21 02:46:30 UTC → approved by @U0APPROVER 2026-11-21 02:47:00 UTC → rehearsed 2026-11-21 02:47:01 UTC → applied 2026-11-21 02:47:02 UTC → verified 2026-11-21 02:49:00 UTC (fixed: no pod was placed on it since)',
    );
  });

  it('has a date wherever a time alone would be read wrongly', () => {
    const at = (word: 'requested' | 'approved' | 'applied' | 'failed', time: string) => ({ word, at: time });
    const steps = [
      at('requested', '2026-11-21T03:00:00Z'),
      at('approved', '2026-11-21T03:05:00Z'),
      at('applied', '2026-11-22T02:10:00Z'),
      at('failed', '2026-11-22T14:10:00Z'),
    ];
    const { message } = renderCard({ ...diagnosed, plans: [{ ...line, steps }] });
    const dated = '{date_short_pretty} {time}';
    const formats: unknown[] = [];
    JSON.stringify(message.blocks, (key, value) => {
      if (key === 'format') formats.push(value);
      return value;
    });
    expect(formats.slice(0, 4)).toEqual([dated, '{time}', dated, dated]);
  });

  it('stands above everything that is only known', () => {
    const text = shown({ ...diagnosed, plans: [line] });
    expect(text.indexOf('Fixes asked for')).toBeLessThan(text.indexOf('Ruled out'));
  });

  it('calls only people who have an id, whatever else stands there', () => {
    const steps = [{ word: 'refused', at: '2026-11-21T02:47:00Z', by: '<!channel>' }] as const;
    expect(shown({ ...diagnosed, plans: [{ ...line, steps }] })).toContain('refused by <!channel> 2026');
  });

  it('keeps the newest when there are many', () => {
    const plans = Array.from({ length: 40 }, (_, n) => ({ ...line, plan: `${n}`, title: `Fix ${n}.` }));
    const { message } = renderCard({ ...diagnosed, plans });
    const text = wordsOfBlocks(message.blocks);
    expect(text).toMatch(/\d+ before, each with its message in the thread/);
    expect(text).toContain('Fix 39.');
    expect(text).not.toContain('Fix 0.');
    expectSendable(message);
  });
});

describe('what somebody says they did by hand', () => {
  it('stands on the card, with them as a person', () => {
    const byHand = [{ title: 'Start the kubelet', by: 'U0ASKER', at: '2026-11-21T02:47:00Z' }];
    expect(shown({ ...diagnosed, byHand })).toContain(
      'Done by hand, says @U0ASKER at 2026-11-21 02:47:00 UTC: Start the kubelet',
    );
    const outcome = 'verified: fixed: the node is ready';
    expect(shown({ ...diagnosed, byHand: byHand.map((one) => ({ ...one, outcome })) })).toContain(
      'Start the kubelet → verified: fixed: the node is ready',
    );
  });
});

describe('a fix for hands', () => {
  const blocksOf = (card: Card) => renderThread(card).flatMap(({ blocks }) => blocks);

  it('ends with a button that says it was done', () => {
    const text = wordsOfBlocks(blocksOf(diagnosed));
    expect(text).toMatch(/kubectl get node worker-3: Ready within 60 s\n\n\[Done by Hand\]/);
    expect(actionsIn(blocksOf(diagnosed))[0]?.elements[0]).toMatchObject({
      action_id: 'done-by-hand',
      value: '0a1b2c3d4e5f-1/restartKubelet',
      accessibility_label: 'Done by hand: Restart the kubelet on the machine',
    });
  });

  it('has none when there is nothing to do or nothing to look at any more', () => {
    const only = (steps: ManualStep[]) => ({
      ...diagnosed,
      manual: diagnosed.manual.map((each) => ({ ...each, steps })),
    });
    const advice: ManualStep = { kind: 'advice', title: 'Do not reboot', warning: 'It takes the evidence with it' };
    const look: ManualStep = { kind: 'look', title: 'See why', command: 'journalctl -u kubelet', shows: 'why' };
    for (const steps of [[], [advice], [look, advice]]) expect(actionsIn(blocksOf(only(steps)))).toEqual([]);
    expect(wordsOfBlocks(blocksOf(only([look])))).toContain('```journalctl -u kubelet```\nLook for: why');
    expect(actionsIn(blocksOf({ ...diagnosed, state: 'closed' }))).toEqual([]);
  });
});
