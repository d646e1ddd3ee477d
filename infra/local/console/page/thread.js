import { load } from './api.js';
import { createComposer } from './composer.js';
import { byId } from './dom.js';
import { icon } from './icons.js';
import { names } from './inline.js';
import { createList } from './list.js';
import { authorOf } from './message.js';
import { unescapeText } from './mrkdwn.js';
import { announce, toast } from './notices.js';

/** @typedef {Record<string, any>} Json */

/** The pane with one thread. The address holds which one is open, so that "back" closes it. */
export function createThread() {
  const pane = byId('thread');
  const list = createList({ scroller: byId('thread-scroller'), list: byId('thread-messages'), inThread: true });
  let open = '';
  /** @type {Element | null} */
  let opener = null;

  byId('close-thread').append(icon('close'), icon('back'));
  const composer = createComposer(byId('thread-composer'), { label: 'Reply…', hints: () => [], threadTs: () => open });

  const belongs = (/** @type {Json} */ message) => message.ts === open || message.thread_ts === open;

  /** What only this person sees is in memory only: it comes with the snapshot. @param {Json[]} ephemerals */
  const fill = async (ephemerals = list.all().filter((message) => message.is_ephemeral)) => {
    const wanted = open;
    const answer = await load(`/console/thread?ts=${wanted}`);
    if (open !== wanted) return false;
    if (!answer.ok) {
      toast('This thread is gone.');
      close();
      return false;
    }
    list.reset([...answer.messages, ...ephemerals.filter(belongs)]);
    return true;
  };

  /** @param {string} ts @param {string} [reply] */
  const show = async (ts, reply) => {
    if (open === ts) return reply && list.reveal(reply);
    open = ts;
    list.reset([]);
    pane.hidden = false;
    byId('app').classList.add('thread-open');
    if (!(await fill())) return;
    list.toNewest();
    if (reply) list.reveal(reply);
    if (matchMedia('(min-width: 761px)').matches) composer.focus();
    else byId('close-thread').focus();
  };
  const hide = () => {
    open = '';
    pane.hidden = true;
    byId('app').classList.remove('thread-open');
    list.reset([]);
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    opener = null;
  };
  const close = () => {
    if (location.hash.startsWith('#thread-')) history.back();
    else hide();
  };
  const follow = () => {
    const ts = /^#thread-(\d+\.\d+)$/.exec(location.hash)?.[1];
    if (ts) void show(ts);
    else hide();
  };
  addEventListener('hashchange', follow);
  byId('close-thread').addEventListener('click', close);
  pane.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) close();
  });
  if (location.hash.startsWith('#thread-')) follow();

  return {
    /** @param {string} ts @param {string} [reply] The reply to bring into view. */
    async open(ts, reply) {
      opener = document.activeElement;
      if (location.hash !== `#thread-${ts}`) location.hash = `#thread-${ts}`;
      await show(ts, reply);
    },
    /** @param {Json} message */
    receive(message) {
      if (!open || !belongs(message)) return;
      const isNew = list.get(message.ts) === undefined;
      list.upsert(message);
      if (isNew && message.user !== names.you) announce(`Reply by ${authorOf(message)}: ${unescapeText(message.text)}`);
      if (isNew && message.user === names.you) list.toNewest();
    },
    /** @param {string} ts */
    remove: (ts) => list.remove(ts),
    /** After a lost connection, or as somebody else: what was missed is fetched. @param {Json[]} ephemerals */
    refresh: (ephemerals) => open && void fill(ephemerals),
    redraw: list.redraw,
    redrawAll: list.refresh,
    get: list.get,
  };
}
