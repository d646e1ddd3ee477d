import { h } from './dom.js';
import { emoji, parseEmoji } from './emoji.js';
import { parseMrkdwn } from './mrkdwn.js';
import { fullTime, slackDate, toDate } from './time.js';

/** @typedef {import('./mrkdwn.js').Piece} Piece */

/**
 * Who and what the ids in messages stand for.
 * @type {{ people: Record<string, { name: string, realName: string, isBot: boolean }>, groups: Record<string, string>,
 *   you: string, channel: { id: string, name: string } }}
 */
export const names = { people: {}, groups: {}, you: '', channel: { id: '', name: '' } };

/** @type {Record<string, keyof HTMLElementTagNameMap>} */
const tags = { bold: 'strong', italic: 'em', strike: 's', underline: 'u', quote: 'blockquote' };

/**
 * Draws formatted text.
 * @param {Piece[]} pieces
 * @returns {Node[]}
 */
export function draw(pieces) {
  return pieces.map(drawPiece);
}

/**
 * Draws a text object: mrkdwn is parsed, plain_text at most for emoji.
 * @param {Record<string, any>} object
 */
export function drawText(object) {
  if (object.type === 'mrkdwn') return draw(parseMrkdwn(object.text, object));
  return draw(object.emoji === false ? [{ type: 'text', text: object.text }] : parseEmoji(object.text));
}

/**
 * @param {Piece} piece
 * @returns {Node}
 */
function drawPiece(piece) {
  switch (piece.type) {
    case 'text':
      return document.createTextNode(piece.text);
    case 'code':
      return h('code', {}, piece.text);
    case 'preformatted':
      return h('pre', { tabindex: 0 }, piece.text);
    case 'link':
      return link(piece.url, ...draw(piece.children));
    case 'user': {
      const person = names.people[piece.id];
      const label = piece.label ?? person?.realName ?? piece.id;
      return h('span', { class: `mention${piece.id === names.you ? ' mention-you' : ''}` }, `@${label}`);
    }
    case 'group':
      return h('span', { class: 'mention' }, piece.label ?? `@${names.groups[piece.id] ?? piece.id}`);
    case 'channel': {
      const name = piece.id === names.channel.id ? names.channel.name : piece.label;
      return h('span', { class: 'mention' }, `#${name ?? piece.id}`);
    }
    case 'broadcast':
      return h('span', { class: 'mention mention-you' }, `@${piece.name}`);
    case 'date':
      return drawDate(piece);
    case 'emoji':
      return drawEmoji(piece.name);
    default:
      return h(tags[piece.type] ?? 'span', {}, ...draw(piece.children));
  }
}

/**
 * A link that opens elsewhere. Anything but http, https and mailto stays text.
 * @param {string} url
 * @param {...(Node | string)} children
 */
export function link(url, ...children) {
  const href = URL.parse(url)?.href;
  if (!href || !/^(https?|mailto):/.test(href)) return h('span', {}, ...children);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer', class: 'link' }, ...children);
}

/**
 * @param {string} name
 * @param {string} [character]
 */
export function drawEmoji(name, character = emoji.get(name)) {
  if (!character) return document.createTextNode(`:${name}:`);
  return h(
    'span',
    { class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' '), title: `:${name}:` },
    character,
  );
}

/** @param {Extract<Piece, { type: 'date' }>} piece */
function drawDate({ seconds, format, url }) {
  const date = toDate(String(seconds));
  const time = h('time', { datetime: date.toISOString(), title: fullTime(date) }, slackDate(seconds, format));
  return url ? link(url, time) : time;
}
