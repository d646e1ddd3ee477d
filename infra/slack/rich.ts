import type {
  KnownBlock,
  RichTextBlock,
  RichTextElement,
  RichTextList,
  RichTextPreformatted,
  RichTextSection,
} from '@slack/types';
import { clip, cost, DATE_FORMAT, isDate, unixSeconds, utc, visible, webUrl } from './escape.ts';

/** What `chat.postMessage` and `chat.update` take. `text` is the notification and what a screen reader reads. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/**
 * Writes raw text from outside into `rich_text`, which Slack does not parse: a label value of `<!channel>` or `*bold*`
 * shows as it is. Everything is cut to the bytes it may cost, and `whole` says whether that took anything away.
 */
export interface Pen {
  readonly whole: boolean;
  /** For `plain_text`. */
  raw(text: string, max: number): string;
  plain(text: string, max?: number): RichTextElement;
  strong(text: string, max?: number): RichTextElement;
  mono(text: string, max?: number): RichTextElement;
  /** For code blocks: spaces stay as they are. The text has no line breaks. */
  exact(text: string, max?: number): string;
  /** A person or a user group by id, who is told of it when the message is new; anything else as it is. */
  mention(id: string): RichTextElement;
  /** The label alone when the URL is no web address or costs more than `max`. */
  link(url: string, label: string, max: number): RichTextElement;
  /** A code block, or `undefined` where it would have to be cut: half a command is worse than none. */
  command(text: string, max: number): RichTextPreformatted | undefined;
  /** The first `count` items. */
  first<T>(items: readonly T[], count: number): readonly T[];
}

export function newPen(usual: number): Pen {
  let whole = true;
  const write = (text: string, max: number, lines = false): string => {
    const clipped = clip(text, { max, lines });
    if (!clipped.whole) whole = false;
    return clipped.text;
  };
  return {
    get whole() {
      return whole;
    },
    raw: write,
    plain: (text, max = usual) => ({ type: 'text', text: write(text, max) }),
    strong: (text, max = usual) => ({ type: 'text', text: write(text, max), style: { bold: true } }),
    mono: (text, max = usual) => ({ type: 'text', text: write(text, max), style: { code: true } }),
    exact: (text, max = usual) => write(text, max, true),
    mention(id) {
      if (/^[UW][A-Z0-9]{2,30}$/.test(id)) return { type: 'user', user_id: id };
      if (/^S[A-Z0-9]{2,30}$/.test(id)) return { type: 'usergroup', usergroup_id: id };
      return { type: 'text', text: write(id, 100) };
    },
    link(url, label, max) {
      const safe = webUrl(url);
      if (safe !== undefined && cost(safe) <= max) return { type: 'link', url: safe, text: write(label, 80) };
      whole = false;
      return { type: 'text', text: write(label, 80) };
    },
    command(text, max) {
      const clipped = clip(text, { max, lines: true });
      if (!clipped.whole) whole = false;
      return clipped.whole ? codeBlock(clipped.text) : undefined;
    },
    first(items, count) {
      if (items.length > count) whole = false;
      return items.slice(0, count);
    },
  };
}

/** Our own words between the others. */
export function words(text: string): RichTextElement {
  return { type: 'text', text };
}

export function title(text: string): RichTextElement {
  return { type: 'text', text, style: { bold: true } };
}

/** Slack shows it in the reader's own time zone. */
export function moment(when: Date, format = DATE_FORMAT): RichTextElement {
  if (!isDate(when)) return words('an unknown time');
  return { type: 'date', timestamp: unixSeconds(when), format, fallback: utc(when) };
}

/** Words beside words of the same kind become one element: Slack counts the bytes around each. */
export function line(...elements: readonly RichTextElement[]): RichTextSection {
  const joined: RichTextElement[] = [];
  for (const element of elements) {
    const last = joined.at(-1);
    const isMore = last?.type === 'text' && element.type === 'text' && styleOf(last) === styleOf(element);
    if (isMore) joined[joined.length - 1] = { ...last, text: last.text + element.text };
    else joined.push(element);
  }
  return { type: 'rich_text_section', elements: joined };
}

function styleOf({ style }: { readonly style?: object }): string {
  return JSON.stringify(style ?? {});
}

export function bullets(items: readonly RichTextSection[]): RichTextList {
  return { type: 'rich_text_list', style: 'bullet', elements: [...items] };
}

export function codeBlock(text: string): RichTextPreformatted {
  return { type: 'rich_text_preformatted', elements: [{ type: 'text', text }] };
}

export function richText(...elements: RichTextBlock['elements']): RichTextBlock {
  return { type: 'rich_text', elements };
}

/**
 * A text as code blocks of at most `max` bytes each: for what must be shown whole, however long it is. Where it can, a
 * block ends with a line or a word; side by side they are the text.
 */
export function codeBlocks(text: string, max: number): RichTextPreformatted[] {
  const whole = visible(text, { max: Number.MAX_SAFE_INTEGER, lines: true });
  if (cost(whole) <= max) return [codeBlock(whole)];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const character of whole) {
    const price = cost(character);
    if (used + price > max) {
      const end = endOf(piece);
      pieces.push(piece.slice(0, end));
      piece = piece.slice(end);
      used = cost(piece);
    }
    piece += character;
    used += price;
  }
  return [...pieces, piece].map(codeBlock);
}

/** Behind its last line, or word, unless too little were left of it. */
function endOf(piece: string): number {
  const ends = [piece.lastIndexOf('\n') + 1, piece.lastIndexOf(' ') + 1];
  return ends.find((end) => end > piece.length / 2) ?? piece.length;
}

/** What Slack adds to a block that has none: `"block_id":"aB3xY",` */
export const ID_SIZE = 20;

/** Bytes of the blocks as JSON: never less than the characters Slack counts. */
export function sizeOf(blocks: readonly KnownBlock[]): number {
  return Buffer.byteLength(JSON.stringify(blocks));
}
