import type { KnownBlock } from '@slack/types';
import { escapeMrkdwn, visible } from './escape.ts';
import { MESSAGE_BUDGET } from './render-card.ts';
import { bullets, line, newPen, richText, sizeOf, words } from './rich.ts';

/** What a command or a click is answered, without Slack's words for it. All text is raw: it is made safe here. */
export interface Reply {
  /** May have several lines. */
  readonly text: string;
  /** Further lines with something to type or a name in front. */
  readonly items?: readonly { readonly name: string; readonly text: string }[];
  /** Who sees it. Default: only the person who asked. */
  readonly audience?: 'caller' | 'channel';
}

/** As a command's acknowledgement or a `response_url` takes it; within the size budget whatever the input. */
export function renderReply({ text, items = [], audience = 'caller' }: Reply) {
  return {
    response_type: audience === 'channel' ? ('in_channel' as const) : ('ephemeral' as const),
    text: escapeMrkdwn(text, 400),
    blocks: replyBlocks({ text, items }),
  };
}

export function replyBlocks({ text, items = [] }: Reply): KnownBlock[] {
  const pen = newPen(300);
  const head = line(words(visible(text, { max: 3_000, lines: true })));
  const shown = [];
  let used = sizeOf([richText(head)]) + 500;
  for (const item of items) {
    const next = line(pen.mono(item.name, 150), words(' '), pen.plain(item.text));
    used += sizeOf([richText(next)]);
    if (used > MESSAGE_BUDGET) break;
    shown.push(next);
  }
  const left = items.length - shown.length;
  if (left > 0) shown.push(line(words(`+${left} more`)));
  const list = shown.length > 0 ? [bullets(shown)] : [];
  return [richText(head, ...list)];
}
