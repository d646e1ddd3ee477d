import { perform } from './api.js';
import { findElement, press } from './clicks.js';
import { byId } from './dom.js';
import { names } from './inline.js';
import { openMenu } from './menu.js';
import { toast } from './notices.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {ReturnType<typeof import('./list.js').createList>} List
 * @typedef {ReturnType<typeof import('./thread.js').createThread>} Thread
 */

/**
 * Clicks and choices inside messages. Elements carry only ids: an edit may redraw them at any time, so everything else
 * is looked up in the message as it is when they are used.
 * @param {List} channel
 * @param {Thread} thread
 */
export function handleInteractions(channel, thread) {
  for (const list of [byId('messages'), byId('thread-messages')]) {
    list.addEventListener('click', (event) => {
      const target = event.target instanceof Element ? event.target.closest('[data-act]') : null;
      if (target instanceof HTMLElement && target.dataset.act !== 'select') void act(target);
    });
    list.addEventListener('change', (event) => {
      if (event.target instanceof HTMLSelectElement) void act(event.target);
    });
  }

  /** @param {HTMLElement} target */
  async function act(target) {
    const ts = target.closest('li[data-ts]')?.getAttribute('data-ts') ?? '';
    const message = channel.get(ts) ?? thread.get(ts);
    if (!message) return;
    switch (target.dataset.act) {
      case 'thread':
        return thread.open(message.thread_ts ?? ts);
      case 'dismiss':
        await perform('dismiss', { ts });
        return;
      case 'copy':
        return copyLink(message);
      default:
        return activate(target, message, () => {
          channel.redraw(ts);
          thread.redraw(ts);
        });
    }
  }
}

/**
 * Uses an element of a message or a window as its kind demands.
 * @param {HTMLElement} target
 * @param {Json} holder
 * @param {() => void} redraw
 */
export async function activate(target, holder, redraw) {
  const { block: blockId = '', action: actionId = '' } = target.dataset;
  const pressed = (/** @type {string | undefined} */ option) => press(holder, { blockId, actionId, option }, redraw);
  switch (target.dataset.act) {
    case 'press':
      return pressed(undefined);
    case 'select':
      return pressed(/** @type {HTMLSelectElement} */ (target).value);
    case 'overflow': {
      /** @type {Json[]} */
      const options = findElement(holder, blockId, actionId)?.options ?? [];
      openMenu(
        target,
        options.map(({ text, value, url }) => ({ label: text.text, value: value ?? '', url })),
        pressed,
      );
    }
  }
}

/** @param {Json} message */
async function copyLink({ ts, thread_ts }) {
  const url = new URL(`/console/archives/${names.channel.id}/p${ts.replace('.', '')}`, location.origin);
  if (thread_ts && thread_ts !== ts) url.searchParams.set('thread_ts', thread_ts);
  try {
    await navigator.clipboard.writeText(url.href);
    toast('Link copied');
  } catch {
    toast(url.href);
  }
}
