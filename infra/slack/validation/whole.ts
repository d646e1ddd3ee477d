import type { MessageDraft, Problem } from '../validate.ts';
import { unescapedIn } from './text.ts';

/** https://docs.slack.dev/reference/methods/chat.update: `msg_too_long`. A post is cut at 40,000, without an error. */
export const MAX_UPDATE_TEXT = 4_000;
/** Seen at about 13,200 characters of blocks JSON with every documented limit met (slackapi/bolt-js#2509). */
export const MAX_BLOCKS_JSON = 13_000;
/** https://docs.slack.dev/reference/block-kit/blocks/markdown-block: over all markdown blocks of a message. */
const MAX_MARKDOWN = 12_000;
/** https://docs.slack.dev/reference/block-kit/blocks/table-block: over all cells. */
const MAX_TABLE_TEXT = 10_000;

/** Rules over the message as a whole, which hold also where single blocks are wrong. */
export function wholeMessage(draft: MessageDraft, method: 'post' | 'update'): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (pointer: string, code: string, words: string) => problems.push({ pointer, code, message: words });
  const all = blocksOf(draft);

  const words = typeof draft.text === 'string' ? draft.text : '';
  if (words.trim() === '' && all.length === 0 && !hasItems(draft.attachments)) say('/text', 'no_text', 'no text');
  if (method === 'update' && words.length > MAX_UPDATE_TEXT)
    say('/text', 'msg_too_long', `must be less than ${MAX_UPDATE_TEXT + 1} characters`);
  const unescaped = unescapedIn(words);
  if (unescaped !== undefined) say('/text', 'unescaped', `not escaped: ${unescaped}`);

  const size = JSON.stringify(all.map(({ value }) => value)).length;
  if (size > MAX_BLOCKS_JSON) say('/blocks', 'msg_blocks_too_long', `${size} characters, at most ${MAX_BLOCKS_JSON}`);

  const seen = new Set<string>();
  for (const { pointer, value } of all) {
    const blockId = value.block_id;
    if (typeof blockId !== 'string') continue;
    if (seen.has(blockId)) say(`${pointer}/block_id`, 'duplicate_id', `\`block_id\` "${blockId}" already exists`);
    seen.add(blockId);
  }

  const tables = all.filter(({ value }) => value.type === 'table');
  for (const { pointer } of tables.slice(1)) say(pointer, 'only_one_table_allowed', 'only one table allowed');
  for (const { pointer, value } of tables)
    if (textLength(value.rows) > MAX_TABLE_TEXT)
      say(`${pointer}/rows`, 'failed_constraint', `must be less than ${MAX_TABLE_TEXT + 1} characters in all cells`);

  const markdown = all.filter(({ value }) => value.type === 'markdown');
  if (markdown.reduce((sum, { value }) => sum + textLength(value), 0) > MAX_MARKDOWN)
    say('/blocks', 'failed_constraint', `must be less than ${MAX_MARKDOWN + 1} characters in all markdown blocks`);
  return problems;
}

interface Located {
  readonly pointer: string;
  readonly value: Readonly<Record<string, unknown>>;
}

function blocksOf(draft: MessageDraft): readonly Located[] {
  const located = (list: unknown, at: string): readonly Located[] =>
    items(list).map((value, index) => ({ pointer: `${at}/${index}`, value }));
  return [
    ...located(draft.blocks, '/blocks'),
    ...items(draft.attachments).flatMap((each, index) => located(each.blocks, `/attachments/${index}/blocks`)),
  ];
}

function items(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown) => (item !== null && typeof item === 'object' ? { ...item } : {}));
}

function hasItems(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** Characters of every `text` string below a value. */
function textLength(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
    0,
  );
}
