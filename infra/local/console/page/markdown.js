import { parseEmoji } from './emoji.js';

/**
 * @typedef {import('./mrkdwn.js').Piece} Piece
 * @typedef {{ type: 'paragraph', children: Piece[] }
 *   | { type: 'heading', level: number, children: Piece[] }
 *   | { type: 'preformatted', text: string }
 *   | { type: 'quote', blocks: MarkdownBlock[] }
 *   | { type: 'list', ordered: boolean, items: MarkdownBlock[][] }
 *   | { type: 'table', header: Piece[][], rows: Piece[][][] }
 *   | { type: 'rule' }} MarkdownBlock
 */

/**
 * Parses the standard Markdown that Slack's markdown block takes
 * (https://docs.slack.dev/reference/block-kit/blocks/markdown-block).
 * @param {string} text
 * @returns {MarkdownBlock[]}
 */
export function parseMarkdown(text) {
  /** @type {MarkdownBlock[]} */
  const blocks = [];
  const lines = text.replaceAll('\r', '').split('\n');
  let at = 0;
  /** Takes lines as long as they fit. @param {(line: string) => boolean} fits */
  const take = (fits) => {
    const from = at;
    while (at < lines.length && fits(lines[at] ?? '')) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = /^(#{1,6})\s+(.+?)\s*#*$/.exec(line);
    const fence = /^\s*(```|~~~)/.exec(line)?.[1];
    if (line.trim() === '') {
      at += 1;
    } else if (fence) {
      at += 1;
      const code = take((next) => !next.trim().startsWith(fence));
      at += 1;
      blocks.push({ type: 'preformatted', text: code.join('\n') });
    } else if (heading) {
      at += 1;
      blocks.push({ type: 'heading', level: heading[1]?.length ?? 1, children: parseInline(heading[2] ?? '') });
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      at += 1;
      blocks.push({ type: 'rule' });
    } else if (/^\s*>/.test(line)) {
      const quoted = take((next) => /^\s*>/.test(next)).map((next) => next.replace(/^\s*> ?/, ''));
      blocks.push({ type: 'quote', blocks: parseMarkdown(quoted.join('\n')) });
    } else if (item.test(line)) {
      const indent = line.search(/\S/);
      blocks.push(parseList(take((next) => next.trim() !== '' && (item.test(next) || next.search(/\S/) > indent))));
    } else if (line.includes('|') && /^[\s|:-]*-[\s|:-]*$/.test(lines[at + 1] ?? '')) {
      const [header = '', , ...rows] = take((next) => next.includes('|'));
      blocks.push({ type: 'table', header: cells(header), rows: rows.map(cells) });
    } else {
      const first = at;
      const paragraph = take(
        (next) => at === first || (next.trim() !== '' && !/^(#{1,6}\s|\s*(```|~~~|>))/.test(next) && !item.test(next)),
      );
      blocks.push({ type: 'paragraph', children: parseInline(paragraph.join('\n')) });
    }
  }
  return blocks;
}

const item = /^(\s*)([-*+]|\d+[.)])\s+/;

/**
 * @param {string[]} lines
 * @returns {MarkdownBlock}
 */
function parseList(lines) {
  const indent = (lines[0] ?? '').search(/\S/);
  /** @type {string[][]} */
  const items = [];
  for (const line of lines) {
    if (item.test(line) && line.search(/\S/) <= indent) items.push([line.replace(item, '')]);
    else items.at(-1)?.push(line.replace(new RegExp(`^\\s{0,${indent + 2}}`), ''));
  }
  const ordered = /^\s*\d/.test(lines[0] ?? '');
  return { type: 'list', ordered, items: items.map((content) => parseMarkdown(content.join('\n'))) };
}

/** @param {string} row */
function cells(row) {
  const inner = row.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map((cell) => parseInline(cell.trim()));
}

/** The inline forms, tried in this order at each position. */
const forms = [
  { pattern: /^`+([^`]+)`+/, make: (/** @type {RegExpExecArray} */ m) => code(m[1]) },
  { pattern: /^\*\*(?=\S)([\s\S]+?)\*\*/, make: (/** @type {RegExpExecArray} */ m) => styled('bold', m[1]) },
  { pattern: /^__(?=\S)([\s\S]+?)__/, make: (/** @type {RegExpExecArray} */ m) => styled('bold', m[1]) },
  { pattern: /^~~(?=\S)([\s\S]+?)~~/, make: (/** @type {RegExpExecArray} */ m) => styled('strike', m[1]) },
  { pattern: /^\*(?=\S)([^*]+?)\*/, make: (/** @type {RegExpExecArray} */ m) => styled('italic', m[1]) },
  {
    pattern: /^_(?=\S)([^_]+?)_(?!\w)/,
    make: (/** @type {RegExpExecArray} */ m) => styled('italic', m[1]),
    afterWord: false,
  },
  { pattern: /^!?\[([^\]]+)\]\(([^)\s]+)[^)]*\)/, make: (/** @type {RegExpExecArray} */ m) => linked(m[2], m[1]) },
  { pattern: /^<(https?:\/\/[^>\s]+)>/, make: (/** @type {RegExpExecArray} */ m) => linked(m[1], undefined) },
  {
    pattern: /^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?'")\]*_~]/,
    make: (/** @type {RegExpExecArray} */ m) => linked(m[0], undefined),
    afterWord: false,
  },
  { pattern: /^\\([\\`*_{}[\]()#+\-.!|~>])/, make: (/** @type {RegExpExecArray} */ m) => text(m[1]) },
];

/**
 * @param {string} source
 * @returns {Piece[]}
 */
function parseInline(source) {
  /** @type {Piece[]} */
  const pieces = [];
  let plain = '';
  let at = 0;
  while (at < source.length) {
    const afterWord = /\w/.test(source.charAt(at - 1));
    const rest = source.slice(at);
    const form = forms.find(({ pattern, afterWord: allowed = true }) => (allowed || !afterWord) && pattern.test(rest));
    const match = form?.pattern.exec(rest);
    if (form && match) {
      if (plain) pieces.push(...parseEmoji(plain));
      plain = '';
      pieces.push(form.make(match));
      at += match[0].length;
    } else {
      plain += source.charAt(at);
      at += 1;
    }
  }
  if (plain) pieces.push(...parseEmoji(plain));
  return pieces;
}

/** @typedef {string | undefined} Captured */
/** @param {Captured} value @returns {Piece} */
const text = (value) => ({ type: 'text', text: value ?? '' });
/** @param {Captured} value @returns {Piece} */
const code = (value) => ({ type: 'code', text: (value ?? '').trim() });
/** @param {'bold' | 'italic' | 'strike'} type @param {Captured} value @returns {Piece} */
const styled = (type, value) => ({ type, children: parseInline(value ?? '') });
/** @param {Captured} url @param {Captured} label @returns {Piece} */
const linked = (url = '', label) => ({
  type: 'link',
  url,
  children: label === undefined ? [text(url)] : parseInline(label),
});
