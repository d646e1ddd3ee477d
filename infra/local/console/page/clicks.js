import { perform } from './api.js';
import { confirmed } from './confirm.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {import('./elements.js').Progress} Progress
 */

/** How long a failure stays beside its button. */
const failureShownMs = 12_000;

/** What became of the latest click on each element, by place, block and action. @type {Map<string, Progress>} */
const progress = new Map();

/** @param {string} place @param {string} blockId @param {string} actionId */
const keyOf = (place, blockId, actionId) => [place, blockId, actionId].join(' ');

/**
 * @param {string} place The ts of a message or the id of a window.
 * @returns {import('./elements.js').Place}
 */
export function placeOf(place) {
  return { progress: (blockId, actionId) => progress.get(keyOf(place, blockId, actionId)) };
}

/**
 * The element with these ids, wherever in the message or window it is.
 * @param {Json} message
 * @param {string} blockId
 * @param {string} actionId
 * @returns {Json | undefined}
 */
export function findElement(message, blockId, actionId) {
  const attached = (message.attachments ?? []).flatMap((/** @type {Json} */ attachment) => attachment.blocks ?? []);
  const block = [...(message.blocks ?? []), ...attached].find(({ block_id }) => block_id === blockId);
  const elements = [...(block?.elements ?? []), block?.accessory];
  return elements.find((element) => element?.action_id === actionId);
}

/**
 * Presses an element: asks for confirmation if it wants one, shows that it waits, then whether the app acknowledged.
 * @param {Json} message A message, or a window.
 * @param {{ blockId: string, actionId: string, option?: string }} target
 * @param {() => void} redraw
 */
export async function press(message, { blockId, actionId, option }, redraw) {
  const element = findElement(message, blockId, actionId);
  const place = message.ts === undefined ? { view: message.id } : { ts: message.ts };
  const key = keyOf(message.ts ?? message.id, blockId, actionId);
  if (!element || progress.get(key)?.state === 'waiting') return;
  if (element.confirm && !(await confirmed(element.confirm))) return;
  progress.set(key, { state: 'waiting' });
  redraw();
  const { ok, error } = await perform('click', { ...place, blockId, actionId, option });
  if (ok) {
    progress.delete(key);
  } else {
    /** @type {Progress} */
    const failure = { state: 'failed', error: error ?? 'http_error' };
    progress.set(key, failure);
    setTimeout(() => {
      if (progress.get(key) !== failure) return;
      progress.delete(key);
      redraw();
    }, failureShownMs);
  }
  redraw();
}
