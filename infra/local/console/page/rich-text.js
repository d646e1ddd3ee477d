import { h } from './dom.js';
import { draw, drawEmoji } from './inline.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {import('./mrkdwn.js').Piece} Piece
 */

/**
 * Draws a rich_text block (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block).
 * @param {Json} block
 */
export function drawRichText(block) {
  return h('div', { class: 'block-rich-text' }, ...list(block.elements).map(drawPart));
}

/** @param {Json} part */
function drawPart(part) {
  const leaves = () => list(part.elements).map(drawLeaf);
  switch (part.type) {
    case 'rich_text_section':
      return h('div', { class: 'rich-section' }, ...leaves());
    case 'rich_text_quote':
      return h('blockquote', {}, ...leaves());
    case 'rich_text_preformatted':
      return h('pre', { tabindex: 0 }, ...leaves());
    case 'rich_text_list': {
      const indent = Math.min(8, Number(part.indent ?? 0));
      const attributes = {
        class: `rich-list indent-${indent} marker-${indent % 3}`,
        start: part.style === 'ordered' ? 1 + Number(part.offset ?? 0) : undefined,
      };
      const items = list(part.elements).map((section) => h('li', {}, ...list(section.elements).map(drawLeaf)));
      return h(part.style === 'ordered' ? 'ol' : 'ul', attributes, ...items);
    }
    default:
      return h('p', { class: 'unsupported' }, `This part is not shown here: ${part.type}`);
  }
}

/**
 * @param {Json} leaf
 * @returns {Node}
 */
function drawLeaf(leaf) {
  const { bold, italic, strike, underline, code } = leaf.style ?? {};
  let node = plainLeaf(leaf);
  if (code) node = h('code', {}, node);
  if (underline) node = h('u', {}, node);
  if (strike) node = h('s', {}, node);
  if (italic) node = h('em', {}, node);
  if (bold) node = h('strong', {}, node);
  return node;
}

/**
 * @param {Json} leaf
 * @returns {Node}
 */
function plainLeaf(leaf) {
  const piece = (/** @type {Piece} */ one) => /** @type {Node} */ (draw([one])[0]);
  switch (leaf.type) {
    case 'text':
      return document.createTextNode(String(leaf.text));
    case 'link':
      return piece({ type: 'link', url: leaf.url, children: [{ type: 'text', text: leaf.text ?? leaf.url }] });
    case 'emoji':
      return drawEmoji(leaf.name, leaf.unicode && fromCodePoints(leaf.unicode));
    case 'user':
      return piece({ type: 'user', id: leaf.user_id });
    case 'usergroup':
      return piece({ type: 'group', id: leaf.usergroup_id });
    case 'channel':
      return piece({ type: 'channel', id: leaf.channel_id });
    case 'broadcast':
      return piece({ type: 'broadcast', name: leaf.range });
    case 'date':
      return piece({
        type: 'date',
        seconds: leaf.timestamp,
        format: leaf.format,
        url: leaf.url,
        fallback: leaf.fallback,
      });
    case 'color':
      return drawColor(String(leaf.value));
    case 'team':
      return document.createTextNode(`@${leaf.team_id}`);
    default:
      return document.createTextNode(leaf.text ?? `[${leaf.type}]`);
  }
}

/** @param {string} value */
function drawColor(value) {
  const swatch = h('span', { class: 'swatch' });
  swatch.style.setProperty('background', value);
  return h('span', {}, swatch, value);
}

/** @param {string} unicode "26a0-fe0f" */
function fromCodePoints(unicode) {
  return String.fromCodePoint(...unicode.split('-').map((point) => Number.parseInt(point, 16)));
}

/**
 * @param {unknown} value
 * @returns {Json[]}
 */
function list(value) {
  return Array.isArray(value) ? value : [];
}
