import { byId, h } from './dom.js';

/**
 * A short word at the edge of the page that goes by itself.
 * @param {string} text
 */
export function toast(text) {
  const note = h('div', { class: 'toast' }, text);
  byId('toasts').append(note);
  setTimeout(() => note.remove(), 6000);
}

/**
 * Says something to people who listen to the page instead of looking at it.
 * @param {string} text
 */
export function announce(text) {
  const line = h('p', {}, text);
  byId('announcer').append(line);
  setTimeout(() => line.remove(), 5000);
}
