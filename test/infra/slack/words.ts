import type { KnownBlock } from '@slack/types';
import { expect } from 'vitest';
import { ID_SIZE, type SlackMessage, sizeOf } from '../../../infra/slack/rich.ts';
import { validateMessage } from '../../../infra/slack/validate.ts';
import { MAX_BLOCKS_JSON } from '../../../infra/slack/validation/whole.ts';

/** What a reader sees of blocks, block by block: enough to make sentences about a message. */
export function wordsOfBlocks(blocks: readonly KnownBlock[]): string {
  return blocks.map(wordsOfBlock).join('\n\n');
}

function wordsOfBlock(block: KnownBlock): string {
  switch (block.type) {
    case 'header':
      return `# ${block.text.text}`;
    case 'context':
      return block.elements.map((element) => ('text' in element ? element.text : '')).join(' ');
    case 'actions':
      return block.elements
        .map((element) => {
          if (element.type === 'button') return `[${element.text.text}]`;
          return element.type === 'overflow' ? `[⋯ ${element.options.map(({ text }) => text.text).join(', ')}]` : '';
        })
        .join(' ');
    case 'rich_text':
      return block.elements.map(wordsOfElement).join('\n');
    default:
      throw new Error(`no message of ours has a ${block.type} block`);
  }
}

type Element = Extract<KnownBlock, { type: 'rich_text' }>['elements'][number];

function wordsOfElement(element: Element): string {
  if (element.type === 'rich_text_list') return element.elements.map((item) => `• ${wordsOfElement(item)}`).join('\n');
  const words = element.elements.map((leaf) => {
    if (leaf.type === 'text') return leaf.text;
    if (leaf.type === 'date') return leaf.fallback ?? '';
    if (leaf.type === 'user') return `@${leaf.user_id}`;
    if (leaf.type === 'usergroup') return `@${leaf.usergroup_id}`;
    throw new Error(`no message of ours has a ${leaf.type}`);
  });
  return element.type === 'rich_text_preformatted' ? `\`\`\`${words.join('')}\`\`\`` : words.join('');
}

/** Every piece of a message that Slack parses: the fallback and each `mrkdwn`. */
export function parsedTexts({ text, blocks }: SlackMessage): readonly string[] {
  const inBlocks = blocks.flatMap((block) =>
    block.type === 'context' ? block.elements.flatMap((each) => (each.type === 'mrkdwn' ? [each.text] : [])) : [],
  );
  return [text, ...inBlocks];
}

/** Slack would take the message, new or as an edit, and nothing in it calls anybody but the people it names by id. */
export function expectSendable(message: SlackMessage): void {
  expect(validateMessage(message, 'post')).toEqual([]);
  expect(validateMessage(message, 'update')).toEqual([]);
  // As Slack counts it, with the ids it adds.
  expect(sizeOf(message.blocks) + ID_SIZE * message.blocks.length).toBeLessThanOrEqual(MAX_BLOCKS_JSON);
  expect(message.text.trim()).not.toBe('');
  // Throws for whatever is not text, a date, a button or a person named by id: nothing in it can broadcast.
  wordsOfBlocks(message.blocks);
  for (const text of parsedTexts(message))
    expect(text.replace(/<!date\^\d+\^[{}a-z_ ]+\|[^<>]+>/g, '')).not.toMatch(/[<>]/);
}
