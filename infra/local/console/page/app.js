import { createActing } from './acting.js';
import { listen, load } from './api.js';
import { createComposer } from './composer.js';
import { byId, h } from './dom.js';
import { icon } from './icons.js';
import { names } from './inline.js';
import { handleInteractions } from './interact.js';
import { createList } from './list.js';
import { authorOf } from './message.js';
import { createModal } from './modal.js';
import { unescapeText } from './mrkdwn.js';
import { announce } from './notices.js';
import { setUpSidebar, showDrills } from './sidebar.js';
import { createThread } from './thread.js';

/** @typedef {Record<string, any>} Json */

const scroller = byId('scroller');
const jump = byId('jump');
const channel = createList({ scroller, list: byId('messages'), inThread: false });
const thread = createThread();
const modal = createModal();
const acting = createActing((id) => live.become(id));
/** @type {import('./composer.js').Hint[]} */
let hints = [];
let hasMore = false;
let loadingMore = false;
/** New messages below what is being read, and those that came while the page was hidden. */
let unseen = 0;
let unread = 0;
let started = false;

setUpSidebar();
handleInteractions(channel, thread);
jump.addEventListener('click', channel.toNewest);

const live = listen({
  snapshot(data) {
    const { people, groups, you } = data;
    Object.assign(names, { people, groups, you, channel: data.channel });
    acting.show(data.users);
    hints = data.hints;
    showDrills(data.drills);
    const oldest = data.messages[0]?.ts ?? '';
    const known = channel.all().filter(({ is_ephemeral }) => !is_ephemeral);
    // Older pages stay, unless so much was missed that they no longer join up with the newest one.
    const joinsUp = known.some(({ ts }) => ts >= oldest);
    const earlier = joinsUp ? known.filter(({ ts }) => ts < oldest) : [];
    if (earlier.length === 0) hasMore = data.hasMore;
    channel.reset([...earlier, ...data.messages, ...data.ephemerals.filter(inChannel)]);
    thread.refresh(data.ephemerals);
    modal.show(data.view);
    showIntro();
    if (!started) start(data);
    started = true;
  },
  message({ message }) {
    thread.receive(message);
    if (!inChannel(message)) return;
    const isNew = channel.get(message.ts) === undefined;
    const following = channel.isFollowing();
    channel.upsert(message);
    if (isNew) arrived(message, following);
  },
  view: ({ view }) => modal.show(view),
  removed({ ts }) {
    channel.remove(ts);
    thread.remove(ts);
  },
  connected(connected) {
    byId('connection').textContent = connected ? '' : 'Reconnecting…';
    byId('connection').classList.toggle('is-lost', !connected);
  },
});

/** Whether the channel itself shows a message, not only a thread. @param {Json} message */
function inChannel(message) {
  return message.thread_ts === undefined || message.thread_ts === message.ts || message.subtype === 'thread_broadcast';
}

/** What is done once, when the page knows its channel. @param {Json} data */
function start(data) {
  const { name } = data.channel;
  byId('workspace-name').textContent = data.workspace;
  byId('channel-link').replaceChildren(icon('hash'), name);
  byId('channel-title').replaceChildren(icon('hash'), name);
  byId('thread-channel').textContent = `#${name}`;
  byId('messages').setAttribute('aria-label', `Messages in #${name}`);
  createComposer(byId('composer'), { label: `Message #${name}`, hints: () => hints });
  showTitle();
  void followPermalink();
}

/**
 * A message that was not there before: said aloud, counted while nobody looks, and offered when it is out of sight.
 * @param {Json} message
 * @param {boolean} following
 */
function arrived(message, following) {
  const words = message.text || message.attachments?.[0]?.fallback || 'new message';
  announce(`${authorOf(message)}: ${unescapeText(words)}`);
  if (message.user === names.you || message.is_ephemeral) channel.toNewest();
  else if (!following) unseen += 1;
  if (document.hidden) unread += 1;
  showJump();
  showTitle();
}

function showJump() {
  if (channel.isFollowing()) unseen = 0;
  jump.hidden = channel.isFollowing();
  jump.classList.toggle('has-news', unseen > 0);
  jump.setAttribute('aria-label', unseen > 0 ? `Go to ${unseen} new messages` : 'Go to the newest message');
  jump.replaceChildren(icon('down'), unseen > 0 ? `${unseen} new` : '');
}

function showTitle() {
  document.title = `${unread > 0 ? `(${unread}) ` : ''}#${names.channel.name} · Nightshift`;
}

function showIntro() {
  const beginning = [
    h('img', { src: '/console/page/moon.svg', alt: '', width: 56, height: 56 }),
    h('h2', {}, `This is the beginning of #${names.channel.name}`),
    h(
      'p',
      {},
      'Every incident gets one message here that always shows the present state; its thread keeps the evidence. ',
      'Start a drill from the sidebar, or type ',
      h('code', {}, '/nightshift help'),
      '.',
    ),
  ];
  const more = [h('p', { class: 'intro-more' }, 'Loading earlier messages…')];
  byId('intro').replaceChildren(...(hasMore ? more : beginning));
}

async function loadEarlier() {
  if (!hasMore || loadingMore) return;
  loadingMore = true;
  const oldest = channel.all().find(({ is_ephemeral }) => !is_ephemeral);
  const page = await load(`/console/messages?before=${oldest?.ts ?? ''}`);
  loadingMore = false;
  if (!page.ok) return;
  hasMore = page.hasMore;
  showIntro();
  channel.reset([...page.messages, ...channel.all()]);
}

scroller.addEventListener(
  'scroll',
  () => {
    showJump();
    if (scroller.scrollTop < 400 && !channel.isFollowing()) void loadEarlier();
  },
  { passive: true },
);

/** A link to one message: `/console/archives/<channel>/p<ts>`, with the thread if it is a reply. */
async function followPermalink() {
  const [, seconds, micros] = /\/p(\d+)(\d{6})$/.exec(location.pathname) ?? [];
  if (!seconds) return;
  const ts = `${seconds}.${micros}`;
  const parent = new URLSearchParams(location.search).get('thread_ts');
  history.replaceState(null, '', '/');
  if (parent) return thread.open(parent, ts);
  while (hasMore && ts < (channel.all()[0]?.ts ?? '')) await loadEarlier();
  channel.reveal(ts);
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  unread = 0;
  showTitle();
});
// "Last reply 3 minutes ago" and "Today" grow old.
setInterval(() => {
  channel.refresh();
  thread.redrawAll();
}, 60_000);
