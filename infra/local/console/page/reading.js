/** Closer to the newest than this counts as reading it. */
const nearPx = 80;

/**
 * Keeps a reader's place in a list that changes under them. What they are reading stays where it is on the screen. Who
 * reads the newest message is taken along to the next one: to its end, or to its beginning when it is taller than the
 * window, so that a card which fills up keeps its headline in view.
 * @param {HTMLElement} scroller
 * @param {HTMLElement} list
 */
export function createReading(scroller, list) {
  let following = true;
  let lastTop = 0;

  const topOf = (/** @type {Element} */ row) =>
    row.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  /** Where one reads the newest message. */
  const newest = () => {
    const end = scroller.scrollHeight - scroller.clientHeight;
    return list.lastElementChild ? Math.min(end, topOf(list.lastElementChild)) : end;
  };
  /** Forwards only: who has read on in a tall message is not taken back to its beginning. */
  const follow = () => {
    if (following) scroller.scrollTop = Math.max(scroller.scrollTop, newest());
  };

  scroller.addEventListener(
    'scroll',
    () => {
      // Content that grows moves the end away without anybody scrolling: only a way up means "I am reading".
      if (scroller.scrollTop >= newest() - nearPx) following = true;
      else if (scroller.scrollTop < lastTop) following = false;
      lastTop = scroller.scrollTop;
    },
    { passive: true },
  );
  // Whatever else changes the height: a late picture, the window, the message box.
  const observer = new ResizeObserver(follow);
  observer.observe(list);
  observer.observe(scroller);

  return {
    isFollowing: () => following,
    toNewest() {
      following = true;
      follow();
    },
    /** @param {Element} row */
    reveal(row) {
      following = false;
      row.scrollIntoView({ block: 'center' });
    },
    /** Runs a change of the list without moving what is being read. @param {() => void} change */
    steadily(change) {
      const { top } = scroller.getBoundingClientRect();
      const anchor = [...list.children].find((row) => row.getBoundingClientRect().bottom > top + 1);
      const before = anchor?.getBoundingClientRect().top ?? 0;
      change();
      if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before;
      follow();
    },
  };
}
