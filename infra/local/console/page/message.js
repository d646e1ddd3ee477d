import { drawAttachment } from './attachments.js';
import { drawBlocks } from './blocks.js';
import { placeOf } from './clicks.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { draw, names } from './inline.js';
import { parseMrkdwn } from './mrkdwn.js';
import { ago, clockTime, dayLabel, fullTime, toDate } from './time.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {{ previous?: Json, inThread: boolean }} Surroundings
 */

/** Slack folds messages of one author that follow each other this closely under one name. */
const togetherMs = 5 * 60_000;

/**
 * Draws one message of a list, with the day above it where a day begins.
 * @param {Json} message
 * @param {Surroundings} surroundings
 */
export function drawMessage(message, { previous, inThread }) {
  const date = toDate(message.ts);
  const newDay = !inThread && (!previous || toDate(previous.ts).toDateString() !== date.toDateString());
  const compact = !newDay && previous !== undefined && belongTogether(previous, message, inThread);
  const classes = [
    'message',
    compact && 'is-compact',
    message.is_ephemeral && 'is-ephemeral',
    isParent(message, inThread) && 'is-parent',
  ];
  return h(
    'li',
    { class: 'row', 'data-ts': message.ts },
    newDay && h('div', { class: 'day' }, h('span', { class: 'day-label' }, dayLabel(date))),
    h(
      'article',
      {
        class: classes.filter(Boolean).join(' '),
        'aria-label': compact ? undefined : `${authorOf(message)} at ${clockTime(date)}`,
      },
      message.is_ephemeral && h('div', { class: 'only-you' }, icon('eye'), 'Only visible to you'),
      h('div', { class: 'gutter' }, compact ? timeLink(date) : avatar(message)),
      h(
        'div',
        { class: 'message-body' },
        !compact && head(message, date),
        ...content(message),
        !inThread && thread(message),
      ),
      toolbar(message, inThread),
    ),
    isParent(message, inThread) &&
      h('div', { class: 'replies-rule' }, h('span', {}, countReplies(message.reply_count ?? 0))),
  );
}

/**
 * @param {Json} message
 * @param {boolean} inThread
 */
function isParent(message, inThread) {
  return inThread && !message.is_ephemeral && (message.thread_ts === undefined || message.thread_ts === message.ts);
}

/**
 * @param {Json} previous
 * @param {Json} message
 * @param {boolean} inThread
 */
function belongTogether(previous, message, inThread) {
  const apart = Number(message.ts) * 1000 - Number(previous.ts) * 1000;
  const plain = [previous, message].every((one) => !one.is_ephemeral && one.subtype === undefined && !one.reply_count);
  return plain && previous.user === message.user && apart < togetherMs && !isParent(previous, inThread);
}

/** @param {Json} message */
export function authorOf(message) {
  return names.people[message.user]?.realName ?? message.user;
}

/** @param {Json} message */
export function avatar(message) {
  if (message.subtype === 'tombstone') return h('span', { class: 'avatar avatar-gone' }, icon('close'));
  if (names.people[message.user]?.name === 'console')
    return h('span', { class: 'avatar avatar-console' }, icon('screen'));
  if (names.people[message.user]?.name === 'nightshift')
    return h('img', { class: 'avatar', src: '/console/page/moon.svg', alt: '', width: 36, height: 36 });
  const colour = Math.max(0, Object.keys(names.people).indexOf(message.user)) % 6;
  return h(
    'span',
    { class: `avatar avatar-person person-${colour}`, 'aria-hidden': 'true' },
    authorOf(message).charAt(0),
  );
}

/**
 * @param {Json} message
 * @param {Date} date
 */
function head(message, date) {
  if (message.subtype === 'tombstone') return false;
  return h(
    'div',
    { class: 'message-head' },
    h('span', { class: 'author' }, authorOf(message)),
    names.people[message.user]?.isBot && h('span', { class: 'app-badge' }, 'APP'),
    timeLink(date),
  );
}

/**
 * @param {Date} date
 */
function timeLink(date) {
  return h('time', { class: 'message-time', datetime: date.toISOString(), title: fullTime(date) }, clockTime(date));
}

/** @param {Json} message */
function content(message) {
  const place = placeOf(message.ts);
  const blocks = message.blocks ? drawBlocks(message.blocks, place) : [];
  // With blocks the text is only for notifications; beside attachments Slack shows it.
  const text = !message.blocks && message.text !== '';
  return [
    message.subtype === 'thread_broadcast' && h('div', { class: 'broadcast' }, 'replied to a thread'),
    text &&
      h(
        'div',
        { class: message.subtype === 'tombstone' ? 'text is-gone' : 'text' },
        ...draw(parseMrkdwn(message.text)),
        message.edited && h('span', { class: 'edited' }, ' (edited)'),
      ),
    ...blocks,
    ...(message.attachments ?? []).map((/** @type {Json} */ attachment) => drawAttachment(attachment, place)),
    message.is_ephemeral &&
      h(
        'div',
        { class: 'dismiss' },
        h('button', { type: 'button', class: 'text-button', 'data-act': 'dismiss' }, 'Dismiss message'),
      ),
  ];
}

/** @param {Json} message */
function thread(message) {
  if (!message.reply_count) return false;
  const faces = (message.reply_users ?? [])
    .slice(0, 3)
    .map((/** @type {string} */ user) => h('span', { class: 'face' }, avatar({ user })));
  return h(
    'button',
    { type: 'button', class: 'thread-link', 'data-act': 'thread' },
    ...faces,
    h('span', { class: 'thread-count' }, countReplies(message.reply_count)),
    h('span', { class: 'thread-latest' }, `Last reply ${ago(toDate(message.latest_reply))}`),
    h('span', { class: 'thread-view' }, 'View thread'),
    icon('chevron'),
  );
}

/** @param {number} count */
function countReplies(count) {
  return count === 1 ? '1 reply' : `${count} replies`;
}

/**
 * @param {Json} message
 * @param {boolean} inThread
 */
function toolbar(message, inThread) {
  if (message.is_ephemeral || message.subtype === 'tombstone') return false;
  const tool = (/** @type {'reply' | 'link'} */ name, /** @type {string} */ act, /** @type {string} */ label) =>
    h('button', { type: 'button', class: 'tool', 'data-act': act, 'aria-label': label, title: label }, icon(name));
  return h(
    'div',
    { class: 'toolbar' },
    !inThread && tool('reply', 'thread', 'Reply in thread'),
    tool('link', 'copy', 'Copy link'),
  );
}
