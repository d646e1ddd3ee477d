/**
 * Text from outside (labels, annotations, events, logs) on its way into a message. Two ways lead there: `visible` for
 * `plain_text` and `rich_text`, which Slack does not parse, and `escapeMrkdwn` for `mrkdwn`, which it does. Both make
 * invisible characters visible, and both cut by cost: the bytes a text takes inside the message's JSON. That is never
 * less than Slack's own count of characters, so one number keeps the field limit and the size budget of the message.
 */

/** Made when a text needs it, as few do: the first use of `Intl` takes 12 ms. */
let segmenter: Intl.Segmenter | undefined;
/** Longer clusters are pile-ups of combining marks; an emoji family has about ten code points. */
const MAX_CODE_POINTS = 12;
const ELLIPSIS = '…';
const EMPTY = '(empty)';

/** Controls, bidirectional overrides, zero-width and other characters that show nothing but change what is read. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/**
 * Nothing here is hidden, none of it joins with what stands before it, and nothing but `& < >` means anything to Slack once
 * `quiet` has seen it: ASCII, and the signs our own sentences are written with (· … – — → ≤ ≥ × ° µ ‘ ’ “ ”). As escapes: one
 * letter that is not ASCII makes a whole bundle twice as long in memory, and slower to read.
 */
const plain = /^[ -~\u00b7\u2026\u2013\u2014\u2192\u2264\u2265\u00d7\u00b0\u00b5\u2018\u2019\u201c\u201d]*$/;
const plainLines = /^[\n -~\u00b7\u2026\u2013\u2014\u2192\u2264\u2265\u00d7\u00b0\u00b5\u2018\u2019\u201c\u201d]*$/;
const pictograph = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;

export interface TextLimits {
  /** Bytes in the message's JSON, so at least the number of characters. */
  readonly max: number;
  /** Keep line breaks (code blocks). Otherwise any run of white space becomes one space. */
  readonly lines?: boolean;
}

/** For `plain_text` and `rich_text`: the text as it is, with what cannot be seen written as `\u202e`. Never empty. */
export function visible(text: string, limits: TextLimits): string {
  return clip(text, limits).text;
}

/** Like `visible`, and says whether all of the text is there. */
export function clip(
  text: string,
  { max, lines = false }: TextLimits,
): { readonly text: string; readonly whole: boolean } {
  const { kept, whole } = cut(text, max, lines, asItIs);
  return { text: kept || EMPTY, whole };
}

/**
 * For `mrkdwn`: nothing in the result pings, links or formats. `& < >` become entities. Slack has no escape for `*bold*`
 * and its kin, so such a marker becomes its look-alike where it could open or close something: a name that must be
 * copied belongs into `code` or `rich_text`, which keep it.
 */
export function escapeMrkdwn(text: string, max = 300): string {
  return cut(quiet(text), max, false, entity).kept || EMPTY;
}

/** Inline code. Backticks would end it and have no escape: the look-alike ˋ takes their place. */
export function code(text: string, max = 300): string {
  return `\`${cut(text.replaceAll('`', 'ˋ'), max - 2, false, entity).kept || EMPTY}\``;
}

export function bold(text: string, max = 300): string {
  return `*${escapeMrkdwn(text, max - 2)}*`;
}

/** A link where the URL is a web address; otherwise the label alone. */
export function link(url: string, label: string, max = 3000): string {
  const safe = webUrl(url);
  if (safe === undefined) return escapeMrkdwn(label, max);
  const target = safe.replaceAll('&', '&amp;').replaceAll('|', '%7C');
  const room = max - Buffer.byteLength(target) - 3;
  return room < 1 ? escapeMrkdwn(label, max) : `<${target}|${escapeMrkdwn(label, room)}>`;
}

/** `http` and `https` only, normalised; `undefined` for anything else and for more than Slack's 3,000 characters. */
export function webUrl(url: string): string | undefined {
  const parsed = URL.parse(url.trim());
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return undefined;
  return parsed.href.length <= 3000 ? parsed.href : undefined;
}

/** Slack shows a date in the reader's own time zone; the fallback is for clients that cannot. */
export const DATE_FORMAT = '{date_short_pretty} {time_secs}';

export function date(when: Date, format = DATE_FORMAT): string {
  if (!isDate(when)) return 'an unknown time';
  return `<!date^${unixSeconds(when)}^${format}|${utc(when)}>`;
}

export function isDate(when: Date): boolean {
  return !Number.isNaN(when.getTime());
}

export function unixSeconds(when: Date): number {
  return Math.floor(when.getTime() / 1000);
}

/** `2026-11-21 09:20:31 UTC` */
export function utc(when: Date): string {
  return `${when.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Bytes of a text as a JSON string literal, without its quotes. */
export function cost(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** A marker inside a word or between spaces does nothing in Slack: it stays as it is. */
function quiet(text: string): string {
  return text
    .replace(/[*_~]/g, (marker, at: number) => {
      const sides = [text[at - 1] ?? ' ', text[at + 1] ?? ' '];
      const idle = sides.every((side) => /[\p{L}\p{N}]/u.test(side)) || sides.every((side) => /\s/.test(side));
      return idle ? marker : lookAlike(marker);
    })
    .replaceAll('`', 'ˋ')
    .replace(/^\s*>+/, '›');
}

function lookAlike(marker: string): string {
  return marker === '*' ? '∗' : marker === '_' ? 'ˍ' : '∼';
}

function entity(character: string): string {
  return character === '&' ? '&amp;' : character === '<' ? '&lt;' : character === '>' ? '&gt;' : character;
}

type Guard = (character: string) => string;

function asItIs(character: string): string {
  return character;
}

/** Takes whole graphemes while they fit; what does not fit ends in one `…`, never in half a character or entity. */
function cut(text: string, max: number, lines: boolean, guard: Guard): { kept: string; whole: boolean } {
  const rest = text.length > max + 64;
  const start = rest ? text.slice(0, max + 64).replace(/[\ud800-\udbff]$/, '') : text;
  const flat = lines
    ? start.replace(/\r\n?/g, '\n').trimEnd()
    : start.replace(/[\s--\ufeff]+/gv, ' ').replace(/^ | $/g, '');
  // Nearly all text is plain and fits. To take it apart costs more than the rest of a message together.
  const asOne = !rest && (lines ? plainLines : plain).test(flat) ? flat.replace(/[&<>]/g, guard) : undefined;
  if (asOne !== undefined && cost(asOne) <= max) return { kept: asOne, whole: true };
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const pieces: string[] = [];
  const ends: number[] = [];
  let used = 0;
  for (const { segment } of segmenter.segment(flat)) {
    const piece = shown(segment, lines, guard);
    used += cost(piece);
    pieces.push(piece);
    ends.push(used);
    if (used > max) break;
  }
  if (used <= max && !rest) return { kept: pieces.join(''), whole: true };
  const room = max - cost(ELLIPSIS);
  const fitting = ends.filter((end) => end <= room).length;
  const kept = room < 0 ? '' : `${pieces.slice(0, fitting).join('').trimEnd()}${ELLIPSIS}`;
  return { kept, whole: false };
}

/** One grapheme, with its hidden parts written out. Joiners and variation selectors stay where they make an emoji. */
function shown(grapheme: string, lines: boolean, guard: Guard): string {
  if (grapheme === '\n' && lines) return grapheme;
  if (grapheme === '\t' && lines) return '  ';
  const emoji = pictograph.test(grapheme);
  return [...grapheme]
    .slice(0, MAX_CODE_POINTS)
    .map((character) => {
      if (emoji && (character === '\u200d' || character === '\ufe0f')) return character;
      return hidden.test(character) ? written(character) : guard(character);
    })
    .join('');
}

function written(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
}
