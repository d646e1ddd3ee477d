import { drawBlocks } from './blocks.js';
import { h } from './dom.js';
import { draw, link } from './inline.js';
import { parseMrkdwn } from './mrkdwn.js';
import { clockTime, toDate } from './time.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {import('./elements.js').Place} Place
 */

/** Slack's named colours (https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments). */
/** @type {Record<string, string>} */
const colors = { good: '#2eb67d', warning: '#e0a530', danger: '#d6455d' };

/**
 * Draws an attachment: a coloured bar beside blocks, or beside the older fields.
 * @param {Json} attachment
 * @param {Place} place
 */
export function drawAttachment(attachment, place) {
  const { color, pretext, blocks } = attachment;
  const body = h(
    'div',
    { class: 'attachment-body' },
    ...(blocks ? drawBlocks(blocks, place) : legacyParts(attachment)),
  );
  const bar = h('div', { class: 'attachment' }, body);
  const shade = colors[color] ?? (/^#?[0-9a-f]{6}$/i.test(color ?? '') ? `#${color.replace('#', '')}` : undefined);
  if (shade) bar.style.setProperty('--bar', shade);
  return h('div', { class: 'attached' }, pretext && h('div', { class: 'text' }, ...draw(parseMrkdwn(pretext))), bar);
}

/**
 * @param {Json} attachment
 * @returns {(HTMLElement | false | undefined)[]}
 */
function legacyParts({ author_name, title, title_link, text, fields, footer, ts, fallback }) {
  const mrkdwn = (/** @type {string} */ value) => draw(parseMrkdwn(value));
  const parts = [
    author_name && h('div', { class: 'attachment-author' }, author_name),
    title && h('div', { class: 'attachment-title' }, title_link ? link(title_link, title) : title),
    text && h('div', { class: 'text' }, ...mrkdwn(text)),
    fields?.length > 0 &&
      h(
        'div',
        { class: 'fields' },
        ...fields.map((/** @type {Json} */ field) =>
          h(
            'div',
            { class: field.short ? 'field' : 'field field-wide' },
            h('strong', {}, field.title ?? ''),
            '\n',
            ...mrkdwn(field.value ?? ''),
          ),
        ),
      ),
    (footer || ts) &&
      h('div', { class: 'block-context' }, [footer, ts && clockTime(toDate(ts))].filter(Boolean).join(' · ')),
  ];
  return parts.some(Boolean) ? parts : [h('div', { class: 'text' }, fallback ?? '')];
}
