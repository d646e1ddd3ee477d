import { Refused } from '../../engine/errors.ts';
import type { Message } from '../../engine/ports.ts';
import { escapeMrkdwn, visible } from './escape.ts';
import { renderBreakGlass } from './render-break-glass.ts';
import { MESSAGE_BUDGET, renderCard } from './render-card.ts';
import { renderPlan } from './render-plan.ts';
import { evidenceParts, renderThread } from './render-thread.ts';
import { line, richText, type SlackMessage, words } from './rich.ts';

/** What the bot says, as Slack takes it. Every result is valid and within the size budget, whatever the input. */
export function render(message: Message): SlackMessage {
  switch (message.kind) {
    case 'card':
      return renderCard(message.card).message;
    case 'evidence': {
      const part = renderThread(message.card)[message.part];
      if (part) return part;
      const parts = evidenceParts(message.card);
      throw new Refused('no_such_part', `the evidence has ${parts} parts, counted from 0: there is no ${message.part}`);
    }
    case 'plan':
      return renderPlan(message.card, MESSAGE_BUDGET);
    case 'break-glass':
      return renderBreakGlass(message.card);
    case 'note':
      return note(message.text);
  }
}

function note(text: string): SlackMessage {
  const shown = visible(text, { max: 3_000, lines: true });
  return { text: escapeMrkdwn(text, 400), blocks: [richText(line(words(shown)))] };
}
