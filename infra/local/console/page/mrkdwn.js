import { emoji } from './emoji.js';

/**
 * A piece of formatted text. Slack's mrkdwn, Markdown and rich text all become these, and are drawn in one place.
 * @typedef {{ type: 'text', text: string }
 *   | { type: 'bold' | 'italic' | 'strike' | 'underline' | 'quote', children: Piece[] }
 *   | { type: 'code' | 'preformatted', text: string }
 *   | { type: 'link', url: string, children: Piece[] }
 *   | { type: 'user' | 'group' | 'channel', id: string, label?: string }
 *   | { type: 'broadcast', name: string }
 *   | { type: 'date', seconds: number, format: string, url?: string, fallback: string }
 *   | { type: 'emoji', name: string }} Piece
 */

/**
 * Parses mrkdwn (https://docs.slack.dev/messaging/formatting-message-text).
 * @param {string} text
 * @param {{ verbatim?: boolean }} [options] `verbatim` leaves bare URLs alone.
 * @returns {Piece[]}
 */
export function parseMrkdwn(text, { verbatim = false } = {}) {
  /** @type {Piece[]} */
  const pieces = [];
  const parts = text.split(/```([\s\S]+?)```/);
  parts.forEach((part, index) => {
    if (index % 2 === 1) pieces.push({ type: 'preformatted', text: unescapeText(part.replace(/^\n|\n$/g, '')) });
    else pieces.push(...withQuotes(trimAround(part, index > 0, index < parts.length - 1), verbatim));
  });
  return pieces;
}

/** The line breaks that only separate a preformatted block from its neighbours. */
function trimAround(/** @type {string} */ part, /** @type {boolean} */ start, /** @type {boolean} */ end) {
  const cut = start ? part.replace(/^\n/, '') : part;
  return end ? cut.replace(/\n$/, '') : cut;
}

/**
 * @param {string} text
 * @param {boolean} verbatim
 * @returns {Piece[]}
 */
function withQuotes(text, verbatim) {
  /** @type {Piece[]} */
  const pieces = [];
  /** @type {{ quoted: boolean, lines: string[] }[]} */
  const runs = [];
  let toTheEnd = false;
  for (const line of text.split('\n')) {
    const mark = toTheEnd ? undefined : /^(?:&gt;&gt;&gt;|>>>|&gt;|>)[ ]?/.exec(line)?.[0];
    if (mark?.replaceAll('&gt;', '>').startsWith('>>>')) toTheEnd = true;
    const quoted = toTheEnd || mark !== undefined;
    const last = runs.at(-1);
    const content = mark ? line.slice(mark.length) : line;
    if (last?.quoted === quoted) last.lines.push(content);
    else runs.push({ quoted, lines: [content] });
  }
  for (const { quoted, lines } of runs) {
    const children = parseInline(lines.join('\n'), verbatim);
    if (quoted) pieces.push({ type: 'quote', children });
    else pieces.push(...children);
  }
  return pieces;
}

/** @type {Record<string, 'bold' | 'italic' | 'strike'>} */
const styles = { '*': 'bold', _: 'italic', '~': 'strike' };

/**
 * @param {string} text
 * @param {boolean} verbatim
 * @returns {Piece[]}
 */
function parseInline(text, verbatim) {
  /** @type {Piece[]} */
  const pieces = [];
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain) pieces.push({ type: 'text', text: unescapeText(plain) });
    plain = '';
  };
  while (at < text.length) {
    const found = pieceAt(text, at, verbatim);
    if (found) {
      flush();
      pieces.push(found.piece);
      at = found.end;
    } else {
      plain += text.charAt(at);
      at += 1;
    }
  }
  flush();
  return pieces;
}

/**
 * @param {string} text
 * @param {number} at
 * @param {boolean} verbatim
 * @returns {{ piece: Piece, end: number } | undefined}
 */
function pieceAt(text, at, verbatim) {
  const rest = text.slice(at);
  const before = text.charAt(at - 1);
  const first = text.charAt(at);
  if (first === '`') {
    const code = /^`([^`\n]+)`/.exec(rest);
    return code ? { piece: { type: 'code', text: unescapeText(code[1] ?? '') }, end: at + code[0].length } : undefined;
  }
  if (first === '<') {
    const control = /^<([^<>\n]+)>/.exec(rest);
    const piece = control && parseControl(control[1] ?? '');
    return piece ? { piece, end: at + control[0].length } : undefined;
  }
  if (first === ':') {
    const code = /^:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/.exec(rest);
    const name = code?.[1] ?? '';
    return code && emoji.has(name) ? { piece: { type: 'emoji', name }, end: at + code[0].length } : undefined;
  }
  if (first === 'h' && !verbatim && !isWordy(before)) {
    const url = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?'")\]}*_~]/.exec(rest)?.[0];
    if (url) {
      const href = unescapeText(url);
      return { piece: { type: 'link', url: href, children: [{ type: 'text', text: href }] }, end: at + url.length };
    }
  }
  const style = styles[first];
  if (!style || isWordy(before) || before === first) return undefined;
  const end = closing(text, at);
  if (end < 0) return undefined;
  return { piece: { type: style, children: parseInline(text.slice(at + 1, end), verbatim) }, end: end + 1 };
}

/**
 * Where the style that opens at `at` closes: on the same line, after something that is no space, before something that
 * is no letter; not inside code or a link. -1 when nowhere.
 * @param {string} text
 * @param {number} at
 */
function closing(text, at) {
  const mark = text.charAt(at);
  if (/^\s?$/.test(text.charAt(at + 1)) || text.charAt(at + 1) === mark) return -1;
  for (let index = at + 1; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === '\n') return -1;
    const skipped = char === '`' ? /^`[^`\n]+`/ : char === '<' ? /^<[^<>\n]+>/ : undefined;
    const span = skipped?.exec(text.slice(index))?.[0];
    if (span) {
      index += span.length - 1;
    } else if (char === mark && !/\s/.test(text.charAt(index - 1)) && !isWordy(text.charAt(index + 1))) {
      return index;
    }
  }
  return -1;
}

/**
 * What stands between angle brackets: a link, a mention, a date.
 * @param {string} control
 * @returns {Piece | undefined}
 */
function parseControl(control) {
  const bar = control.indexOf('|');
  const target = bar < 0 ? control : control.slice(0, bar);
  const label = bar < 0 ? undefined : unescapeText(control.slice(bar + 1));
  const date = /^!date\^(\d+)\^([^^]*)(?:\^(.+))?$/.exec(target);
  if (date)
    return { type: 'date', seconds: Number(date[1]), format: date[2] ?? '', url: date[3], fallback: label ?? '' };
  const group = /^!subteam\^(\w+)$/.exec(target)?.[1];
  if (group) return { type: 'group', id: group, label };
  if (target === '!here' || target === '!channel' || target === '!everyone')
    return { type: 'broadcast', name: target.slice(1) };
  if (/^@[UW]\w+$/.test(target)) return { type: 'user', id: target.slice(1), label };
  if (/^#[CG]\w+$/.test(target)) return { type: 'channel', id: target.slice(1), label };
  if (/^(https?:\/\/|mailto:)/.test(target)) {
    const url = unescapeText(target);
    return { type: 'link', url, children: [{ type: 'text', text: label ?? url.replace(/^mailto:/, '') }] };
  }
  return undefined;
}

/** @param {string} char */
function isWordy(char) {
  return /[\p{L}\p{N}]/u.test(char);
}

/**
 * Slack escapes these three characters and no others.
 * @param {string} text
 */
export function unescapeText(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
