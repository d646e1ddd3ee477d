import type { KnownBlock } from '@slack/types';
import type { Card } from '../../engine/card.ts';
import type { ManualReport } from '../../engine/report.ts';
import { changesSomething } from '../../engine/runbook.ts';
import { visible } from './escape.ts';
import { headed, stepCheck, stepHead } from './render-items.ts';
import { codeBlocks, line, newPen, richText, words } from './rich.ts';
import { pairValue } from './values.ts';

/** Somebody followed the steps: it starts the verification and nothing else. Its value is `<incident>/<manual fix>`. */
export const DONE_BY_HAND = 'done-by-hand';

const TEXT = 2_500;
const COMMAND = 2_000;

/** A fix no API can make, step by step; the button stands below the last of them. */
export function manualBlocks(card: Card, manual: ManualReport): readonly KnownBlock[] {
  const pen = newPen(TEXT);
  const head = richText(...headed('Fix by hand', [line(pen.strong(manual.title), words(` (risk: ${manual.risk})`))]));
  return [head, ...manual.steps.flatMap(stepBlocks), ...doneButton(card, manual)];
}

/** One block per step. A command is never cut: a long one fills several code blocks. */
function stepBlocks(step: ManualReport['steps'][number], index: number): readonly KnownBlock[] {
  const pen = newPen(TEXT);
  const start = line(...stepHead(pen, step, index + 1));
  const pieces = step.kind === 'advice' || step.command === undefined ? [] : codeBlocks(step.command, COMMAND);
  if (pieces.length <= 1) return [richText(start, ...pieces, ...stepCheck(pen, step))];
  const said = (number: number) => line(words(`Command, piece ${number} of ${pieces.length}:`));
  return [
    richText(start),
    ...pieces.map((piece, number) => richText(said(number + 1), piece)),
    ...stepCheck(pen, step).map((check) => richText(check)),
  ];
}

/**
 * Only where there is something to do. Without a `block_id`: Slack makes one up, so that several of them may stand in
 * one message.
 */
function doneButton({ incident, state }: Card, manual: ManualReport): readonly KnownBlock[] {
  const { id, title } = manual;
  const value = pairValue(incident, id);
  if (value === undefined || !changesSomething(manual) || state === 'closed' || state === 'folded') return [];
  return [
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: DONE_BY_HAND,
          text: { type: 'plain_text', text: 'Done by Hand', emoji: false },
          value,
          accessibility_label: `Done by hand: ${visible(title, { max: 50 })}`,
        },
      ],
    },
  ];
}
