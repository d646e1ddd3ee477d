import { morph } from './dom.js';
import { drawMessage } from './message.js';
import { createReading } from './reading.js';

/** @typedef {Record<string, any>} Json */

/**
 * A list of messages that is edited in place.
 * @param {{ scroller: HTMLElement, list: HTMLElement, inThread: boolean }} parts
 */
export function createList({ scroller, list, inThread }) {
  /** Sorted by ts. @type {Json[]} */
  let messages = [];
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  const { steadily, isFollowing, toNewest, reveal } = createReading(scroller, list);

  /** Draws the rows of these positions again; grouping makes a row depend on the one before it. */
  const redraw = (/** @type {number[]} */ positions) => {
    for (const position of new Set(positions)) {
      const message = messages[position];
      if (!message) continue;
      const fresh = drawMessage(message, { previous: messages[position - 1], inThread });
      const old = rows.get(message.ts);
      if (old) morph(old, fresh);
      else {
        rows.set(message.ts, fresh);
        const next = messages.slice(position + 1).find(({ ts }) => rows.has(ts));
        list.insertBefore(fresh, (next && rows.get(next.ts)) ?? null);
      }
    }
  };
  const positionOf = (/** @type {string} */ ts) => messages.findIndex((message) => message.ts === ts);
  const sorted = (/** @type {Json[]} */ unsorted) => unsorted.toSorted((a, b) => (a.ts < b.ts ? -1 : 1));

  return {
    /** Adds a message or replaces an older version of it. @param {Json} message */
    upsert(message) {
      const known = positionOf(message.ts);
      steadily(() => {
        messages = known < 0 ? sorted([...messages, message]) : messages.with(known, message);
        const position = positionOf(message.ts);
        redraw([position, position + 1]);
      });
    },
    /** @param {string} ts */
    remove(ts) {
      const position = positionOf(ts);
      if (position < 0) return;
      steadily(() => {
        rows.get(ts)?.remove();
        rows.delete(ts);
        messages = messages.toSpliced(position, 1);
        redraw([position]);
      });
    },
    /** Makes the list hold exactly these messages. @param {Json[]} all */
    reset(all) {
      const kept = new Set(all.map(({ ts }) => ts));
      steadily(() => {
        for (const [ts, row] of rows) if (!kept.has(ts)) row.remove();
        for (const ts of rows.keys()) if (!kept.has(ts)) rows.delete(ts);
        messages = sorted(all);
        redraw(messages.map((_, index) => index));
      });
    },
    /** Draws everything again: clocks have moved on. */
    refresh() {
      steadily(() => redraw(messages.map((_, index) => index)));
    },
    /** @param {string} ts */
    redraw(ts) {
      steadily(() => redraw([positionOf(ts)]));
    },
    /** @param {string} ts */
    get: (ts) => messages.find((message) => message.ts === ts),
    all: () => messages,
    isFollowing,
    toNewest,
    /** Brings a message into view and marks it for a moment. @param {string} ts */
    reveal(ts) {
      const row = rows.get(ts);
      if (!row) return;
      reveal(row);
      row.classList.add('is-revealed');
      setTimeout(() => row.classList.remove('is-revealed'), 2500);
    },
  };
}
