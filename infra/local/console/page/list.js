import { morph } from './dom.js';
import { drawMessage } from './message.js';

/** @typedef {Record<string, any>} Json */

/** Closer to the end than this counts as reading the newest. */
const nearPx = 80;

/**
 * A list of messages that is edited in place: what a person is reading stays where it is on the screen, and who reads
 * the newest keeps seeing the newest.
 * @param {{ scroller: HTMLElement, list: HTMLElement, inThread: boolean }} parts
 */
export function createList({ scroller, list, inThread }) {
  /** Sorted by ts. @type {Json[]} */
  let messages = [];
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  let following = true;

  const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearPx;
  // Content that grows moves the end away without anybody scrolling: only a way up means "I am reading".
  let lastTop = 0;
  scroller.addEventListener(
    'scroll',
    () => {
      if (isAtEnd()) following = true;
      else if (scroller.scrollTop < lastTop) following = false;
      lastTop = scroller.scrollTop;
    },
    { passive: true },
  );
  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
    following = true;
  };
  // Whatever changes the height (a late picture, the window, the composer): the reader of the newest stays there.
  const observer = new ResizeObserver(() => following && toEnd());
  observer.observe(list);
  observer.observe(scroller);

  /** Runs a change of the list without moving what is being read. @param {() => void} change */
  const steadily = (change) => {
    const anchor = following ? undefined : firstVisible();
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    if (following) toEnd();
    else if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  };
  const firstVisible = () => {
    const { top } = scroller.getBoundingClientRect();
    return [...rows.values()].find((row) => row.getBoundingClientRect().bottom > top + 1);
  };

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
        const following = messages.slice(position + 1).find(({ ts }) => rows.has(ts));
        list.insertBefore(fresh, (following && rows.get(following.ts)) ?? null);
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
    isFollowing: () => following,
    toEnd,
    /** Brings a message into view and marks it for a moment. @param {string} ts */
    reveal(ts) {
      const row = rows.get(ts);
      if (!row) return;
      following = false;
      row.scrollIntoView({ block: 'center' });
      row.classList.add('is-revealed');
      setTimeout(() => row.classList.remove('is-revealed'), 2500);
    },
  };
}
